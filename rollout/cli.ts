import { Command, InvalidArgumentError, Option } from "commander";
import { runCommand } from "../command";
import { advance, promote } from "./advance";
import { adopt, restore } from "./reconcile";
import { backgroundLines, backgroundOf, refuseBesideBackground, withHeartbeat } from "./background";
import type { Context } from "./context";
import { endBackground, promoteInBackground, type PromoteOptions } from "./detach";
import { abort } from "./finish";
import { explained } from "./errorText";
import { reportInterruption, type Changes } from "./interruption";
import { whileAlone } from "./recordFile";
import { retire } from "./retire";
import { reporterOn } from "./reporter";
import { start } from "./start";
import { status } from "./status";
import { print, printError } from "../output";

interface Options {
  readonly stack: string;
  readonly azure?: boolean;
  readonly endpoint?: string;
  readonly kubeconfig?: string;
  readonly context?: string;
}

const ENDPOINT = "folder with endpoint YAML, instead of the stack's own";
const stackOption = () =>
  new Option("--stack <name>", "stack, as in Pulumi.<name>.yaml").default("sandbox");

const program = new Command("npm run rollout --")
  .description(
    "Shifts an endpoint's requests to a new deployment step by step, by the plan in the stack's settings.",
  )
  .showHelpAfterError("(--help lists commands and options)");

command("start", "test a deployment and give it the traffic of the first step")
  .requiredOption("--canary <name>", "deployment that receives the traffic; of a cluster: canary")
  .action((options: Options & { canary: string }) =>
    changing(options, "split", (context) => start(context, options.canary)),
  );

command("status", "show the current step, the gate's result, and changes made outside the rollout")
  .option("--json", "print the status as JSON")
  .action(({ json, ...options }: Options & { json?: boolean }) =>
    reading(options, json === true, async (context, lockFile) => {
      const { lines: own, ...known } = await status(context);
      const background = backgroundOf(lockFile);
      const lines = [...own, ...backgroundLines(background)];
      if (json === true) print(JSON.stringify({ ...known, background, lines }, null, 2));
      else for (const line of lines) context.reporter.say(line);
    }),
  );

const inconclusive = () =>
  new Option(
    "--inconclusive",
    "continue at the end of a step even with too few requests for its gate",
  );

command("advance", "watch the current step to its end, then start the next one")
  .addOption(inconclusive())
  .action((options: Options & { inconclusive?: boolean }) =>
    changing(options, "split", (context) =>
      advance(context, { inconclusive: options.inconclusive === true }),
    ),
  );

command("promote", "advance to the last step, and write the final split into the YAML")
  .addOption(inconclusive())
  .option("--detach", "go on in the background; status shows whether it is alive")
  .addOption(new Option("--in-background", "write a sign of life every few seconds").hideHelp())
  .action((options: PromoteOptions & { detach?: boolean; inBackground?: boolean }) => {
    const work = (context: Context) =>
      promote(context, { inconclusive: options.inconclusive === true });
    if (options.detach === true) {
      return reading(options, false, (context, lockFile) =>
        promoteInBackground(context, lockFile, options),
      );
    }
    if (options.inBackground !== true) return changing(options, "split", work);
    return changing(options, "split", (context, lockFile) =>
      withHeartbeat(lockFile, () => work(context)),
    );
  });

command("abort", "return all traffic to the old deployments")
  .option("--former-share", "give the canary the share back that it had before the rollout")
  .action((options: Options & { formerShare?: boolean }) =>
    reading(options, false, async (context, lockFile) => {
      await endBackground(context, lockFile);
      const formerShare = options.formerShare === true;
      await alone(context, lockFile, "split", () => abort(context, { formerShare }));
    }),
  );

const takeOver = () =>
  new Option(
    "--take-over",
    "also for a rollout whose record is lost: its tag is still on the endpoint",
  );

command("adopt", "write the live split and instance counts into the YAML")
  .addOption(takeOver())
  .action((options: Options & { takeOver?: boolean }) =>
    changing(options, "declaration", (context) =>
      adopt(context, { takeOver: options.takeOver === true }),
    ),
  );

command("restore", "write the recorded or declared split and instance counts to the endpoint")
  .addOption(takeOver())
  .action((options: Options & { takeOver?: boolean }) =>
    changing(options, "declaration", (context) =>
      restore(context, { takeOver: options.takeOver === true }),
    ),
  );

command("retire", "remove a deployment without traffic from the YAML")
  .requiredOption("--deployment <name>", "deployment to remove")
  .option("--yes", "delete its YAML although no commit has it")
  .action((options: Options & { deployment: string; yes?: boolean }) =>
    changing(options, "declaration", (context) =>
      retire(context, options.deployment, { yes: options.yes === true }),
    ),
  );

program
  .command("plan")
  .description("simulate the plan: how long each step takes, and which canaries it stops")
  .addOption(stackOption())
  .option("--endpoint <dir>", ENDPOINT)
  .option("--rps <number>", "requests a second (default: requestsPerSecond of the plan)", rate)
  .action(async (options: Options & { rps?: number }) => {
    const { printPlan } = await import("./printPlan");
    await printPlan({ ...options, azure: false });
  });

command("page", "write the newest rollout on record as an HTML page, drawn")
  .requiredOption("--out <file>", "file to write")
  .action(async ({ stack, azure = false, endpoint, out }: Options & { out: string }) => {
    const { writePage } = await import("./picture/write");
    await writePage({ stack, azure, ...(endpoint === undefined ? {} : { endpoint }) }, out);
  });

/** A command with the options that all have. */
function command(name: string, description: string): Command {
  return program
    .command(name)
    .description(description)
    .addOption(stackOption())
    .option("--azure", "use the endpoint in Azure instead of the one on this machine")
    .option("--endpoint <dir>", ENDPOINT)
    .option("--kubeconfig <file>", "of the cluster of a production stack (default: kubectl's own)")
    .option("--context <name>", "context in the kubeconfig (default: its current one)");
}

function rate(text: string): number {
  const value = Number(text);
  if (value > 0 && Number.isFinite(value)) return value;
  throw new InvalidArgumentError("It must be a number above 0.");
}

async function reading(
  { stack, azure = false, endpoint, kubeconfig, context: kubeContext }: Options,
  isTitleApart: boolean,
  work: (context: Context, lockFile: string) => Promise<void>,
): Promise<void> {
  try {
    const options = {
      stack,
      azure,
      ...(endpoint === undefined ? {} : { endpoint }),
      ...(kubeconfig === undefined ? {} : { kubeconfig }),
      ...(kubeContext === undefined ? {} : { kubeContext }),
    };
    // Loaded only here: a slip on the command line is told at once.
    const { rolloutTargetOf } = await import("./rolloutTarget");
    const { title, lockFile, context } = await rolloutTargetOf(options, reporterOn());
    // What is read by programs has nothing else on standard output.
    if (isTitleApart) printError(title);
    else context.reporter.say(title);
    await work(context, lockFile);
  } catch (error) {
    throw explained(error);
  }
}

/** One at a time: two would each work from a record that the other has added to. */
function changing(
  options: Options,
  changes: Changes,
  work: (context: Context, lockFile: string) => Promise<void>,
): Promise<void> {
  return reading(options, false, async (context, lockFile) => {
    refuseBesideBackground(lockFile);
    await alone(context, lockFile, changes, work);
  });
}

function alone(
  context: Context,
  lockFile: string,
  changes: Changes,
  work: (context: Context, lockFile: string) => Promise<void>,
): Promise<void> {
  return whileAlone(lockFile, () =>
    reportInterruption(context, changes, () => work(context, lockFile)),
  );
}

void runCommand(program);
