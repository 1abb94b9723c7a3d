import { Command } from "commander";
import { runCommand } from "../command";
import { isPlaceholder } from "../config/guard";
import { WORKLOAD_PATTERN } from "../config/names";
import { SUBSCRIPTION_KEY } from "../config/settingsFile";
import { UserError } from "../errors";
import { readStackSettings } from "../graph/settings";
import { print } from "../output";
import { azure } from "../traffic/arm";
import { adopt } from "./adopt";
import { reportText } from "./report";
import { workloadFor } from "./settings";

interface Options {
  readonly azure: true;
  readonly workspace: string;
  readonly endpoint: string;
  readonly out: string;
  readonly resourceGroup?: string;
  readonly subscription?: string;
  readonly stack: string;
  readonly workload?: string;
}

const command = new Command("npm run adopt --")
  .description(
    "Reads a running endpoint in Azure and writes its YAML, the settings of a stack and a file for pulumi import, so that the " +
      "stack takes the endpoint over as it is. Changes nothing in Azure.",
  )
  .requiredOption("--azure", "read from Azure, with the identity that azure-native uses")
  .requiredOption("--workspace <name>", "workspace of the endpoint")
  .requiredOption("--endpoint <name>", "managed online endpoint")
  .requiredOption("--out <dir>", "folder to write; empty, or not there yet")
  .option("--resource-group <name>", "group of the workspace; default: looked up by its name")
  .option("--subscription <id>", "default: the one in the stack's settings")
  .option("--stack <name>", "stack that is to own the endpoint", "sandbox")
  .option("--workload <word>", "begins the stack's names; default: from the endpoint's name")
  .allowExcessArguments(false)
  .action(async ({ resourceGroup, subscription, workload, ...options }: Options) => {
    const subscriptionId = subscription ?? subscriptionOf(options.stack);
    const wanted = {
      ...options,
      subscriptionId,
      workload: workloadOf(workload, options.endpoint),
      ...(resourceGroup === undefined ? {} : { resourceGroup }),
    };
    // Pulumi's SDK is loaded only where a stack is evaluated.
    const { runOnEmulator } = await import("../emulator/onEmulator");
    const adoption = await adopt(wanted, await azure({ subscriptionId }), (stack, settings) =>
      runOnEmulator(stack, settings, []),
    );
    print(reportText(adoption, wanted));
  });

function subscriptionOf(stack: string): string {
  let id: string | undefined;
  try {
    id = readStackSettings(stack)[SUBSCRIPTION_KEY];
  } catch (error) {
    // Most often there is no such stack yet.
    if (!(error instanceof UserError)) throw error;
  }
  if (id !== undefined && !isPlaceholder({ id })) return id;
  throw new UserError(
    `Name the subscription of the workspace: --subscription ID. The settings of stack ${stack} have none.`,
  );
}

function workloadOf(given: string | undefined, endpoint: string): string {
  const workload = given ?? workloadFor(endpoint);
  if (WORKLOAD_PATTERN.test(workload)) return workload;
  throw new UserError(
    `"${workload}" cannot begin the stack's names; give --workload with 2 to 12 lower-case letters and digits, a letter first.`,
  );
}

void runCommand(command);
