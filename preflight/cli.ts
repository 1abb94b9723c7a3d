import { Command } from "commander";
import { runCommand } from "../command";
import { exitCodeOf, reportJson, reportText } from "./report";

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
  .action(async ({ stack, azure, json }: Options) => {
    // Pulumi's SDK is loaded only where a stack is evaluated.
    const { preflightOfStack } = await import("./ofStack");
    const progress = (title: string) => process.stderr.write(`checking: ${title}\n`);
    const inAzure = azure === true;
    const result = await preflightOfStack(
      stack,
      inAzure,
      process.stderr.isTTY ? progress : undefined,
    );
    const asked = inAzure ? "Azure" : "the emulator";
    const report = json === true ? reportJson : reportText;
    console.log(report(stack, asked, result));
    process.exitCode = exitCodeOf(result);
    isReported = true;
  });

let isReported = false;

void runCommand(command).then(() => {
  if (!isReported) process.exitCode = 2;
});
