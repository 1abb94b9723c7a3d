import { Command } from "commander";
import type { Environment } from "../azure/credential";
import { runCommand } from "../local/command";
import { graphOf } from "../local/graph";
import { readStackSettings } from "../local/settings";
import { runOnStandIn } from "../local/standIn";
import { azure } from "../traffic/arm";
import { declaredOf } from "./declared";
import { emulatedArm, soundSubscription } from "./emulator";
import { readerOf } from "./reader";
import { exitCodeOf, reportJson, reportText } from "./report";
import { preflight } from "./run";

interface Options {
  readonly stack: string;
  readonly azure?: true;
  readonly json?: true;
}

const command = new Command("npm run preflight --")
  .description(
    "Asks what a stack's first update would lack: rights, names, quota, registrations. Changes nothing. Ends with 0 where " +
      "nothing is missing, 1 where something is, 2 where it could not be asked.",
  )
  .requiredOption("--stack <name>", "stack, as in Pulumi.<name>.yaml")
  .option("--azure", "asks Azure itself, as whoever azure-native would be; otherwise the emulator")
  .option("--json", "findings as JSON")
  .allowExcessArguments(false)
  // 1 means that something is missing.
  .exitOverride(({ exitCode }) => process.exit(exitCode === 0 ? 0 : 2))
  .action(async ({ stack, azure: inAzure, json }: Options) => {
    const settings = readStackSettings(stack);
    const run = await runOnStandIn(stack, settings, []);
    const environment: Environment = inAzure === true ? process.env : {};
    const declared = declaredOf(stack, settings, graphOf(run), {
      tenantId: run.tenantId,
      wantedTenantId: environment["ARM_TENANT_ID"],
    });
    const arm =
      inAzure === true
        ? await azure(declared)
        : emulatedArm(soundSubscription(declared, run.tenantId)).arm;
    const result = await preflight(declared, {
      reader: readerOf(arm),
      now: new Date(),
      ...(process.stderr.isTTY
        ? { progress: (title: string) => process.stderr.write(`checking: ${title}\n`) }
        : {}),
    });
    const asked = inAzure === true ? "Azure" : "the emulator";
    const report = json === true ? reportJson : reportText;
    console.log(report(stack, asked, result));
    process.exitCode = exitCodeOf(result);
    isReported = true;
  });

let isReported = false;

void runCommand(command).then(() => {
  if (!isReported) process.exitCode = 2;
});
