import { Command } from "commander";
import { runCommand } from "../command";
import { exitCodeOf, reportJson, reportText } from "./report";
import { print, printError } from "../output";

interface Options {
  readonly stack: string;
  readonly azure?: true;
  readonly json?: true;
}

const command = new Command("npm run preflight --")
  .description(
    "Reports what a stack's first update lacks: rights, names, quota, registrations. Changes nothing. Exit code 0: nothing is " +
      "missing; 1: something is missing; 2: a check could not be made.",
  )
  .requiredOption("--stack <name>", "stack, as in Pulumi.<name>.yaml")
  .option(
    "--azure",
    "check in Azure, with the identity that azure-native uses; default: the emulator",
  )
  .option("--json", "print the findings as JSON")
  .allowExcessArguments(false)
  // 1 means that something is missing.
  .exitOverride(({ exitCode }) => process.exit(exitCode === 0 ? 0 : 2))
  .action(async ({ stack, azure, json }: Options) => {
    // Pulumi's SDK is loaded only where a stack is evaluated.
    const { preflightOfStack } = await import("./ofStack");
    const progress = (title: string) => {
      printError(`checking: ${title}`);
    };
    const inAzure = azure === true;
    const result = await preflightOfStack(
      stack,
      inAzure,
      process.stderr.isTTY ? progress : undefined,
    );
    const asked = inAzure ? "Azure" : "the emulator";
    const report = json === true ? reportJson : reportText;
    print(report(stack, asked, result));
    process.exitCode = exitCodeOf(result);
    isReported = true;
  });

let isReported = false;

void runCommand(command).then(() => {
  if (!isReported) process.exitCode = 2;
});
