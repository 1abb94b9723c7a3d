import { describeSplit, type Split } from "../../traffic/split";
import { UserError } from "../../errors";
import type { Supervisor } from "../../local/endpoint";
import { advance, promote } from "../advance";
import type { Context } from "../context";
import { duration } from "../format";
import type { Done } from "../record";
import { rolloutTargetOf } from "../rolloutTarget";
import { start } from "../start";
import { callersText, whileCalled } from "./load";
import { demoPlan } from "./plan";
import { NEW, OLD, type Scratch } from "./scratch";
import { command, narrowReporter, tell, title } from "./narrowReporter";

export const STACK = "sandbox";
const ERROR_PERCENT = 20;

/** What came of an act, for the summary at the end. */
export interface Outcome {
  readonly canary: string;
  readonly before: Split;
  /** The canary's highest share, where that was not the last one. */
  readonly reached?: Split;
  readonly after: Split;
  readonly verdict: string;
  readonly callers: string;
}

/** A canary that is as good as the old deployment gets all requests. @throws UserError when its gate stops it */
export async function goodCanary(supervisor: Supervisor, scratch: Scratch): Promise<Outcome> {
  title(`1 of 2: a good model, ${NEW} after ${OLD}`);
  const context = await contextOf(scratch);
  tellPlan(context);
  return act(supervisor, scratch, NEW, async () => {
    command(`rollout -- start --canary ${NEW}`);
    await start(context, NEW);
    command("rollout -- promote");
    await promote(context, { inconclusive: false });
    return { verdict: "promoted: it passed the gate of each step" };
  });
}

/** A canary that begins to fail under live requests gets none any more. @throws UserError when no gate stops it */
export async function badCanary(supervisor: Supervisor, scratch: Scratch): Promise<Outcome> {
  title(`2 of 2: a model that breaks, ${OLD} after ${NEW}`);
  // Its YAML has the split that the first rollout has ended with.
  const context = await contextOf(scratch);
  return act(supervisor, scratch, OLD, async () => {
    command(`rollout -- start --canary ${OLD}`);
    await start(context, OLD);
    command("rollout -- advance");
    await advance(context, { inconclusive: false });
    command(`local -- fault ${OLD} errors=${ERROR_PERCENT}%`);
    const fault = { errorPercent: ERROR_PERCENT };
    await supervisor.fault({ kind: "set", deployment: OLD, fault });
    tell(`From now on, ${ERROR_PERCENT} % of the answers of ${OLD} fail.`);
    command("rollout -- promote");
    const why = await stopReason(context);
    tell(why);
    const steps = (await context.record.lines()).filter(
      (line): line is Done => line.event === "done" && line.change.kind === "step",
    );
    const reached = steps.at(-1)?.split ?? splitOf(supervisor);
    return { reached, verdict: `rolled back: ${why.split("\n")[0]?.replace(/\.$/, "") ?? ""}` };
  });
}

async function stopReason(context: Context): Promise<string> {
  try {
    await promote(context, { inconclusive: false });
  } catch (error) {
    if (error instanceof UserError) return error.message;
    throw error;
  }
  throw new UserError(`the gate did not stop ${OLD}, although its answers fail`);
}

async function act(
  supervisor: Supervisor,
  scratch: Scratch,
  canary: string,
  work: () => Promise<Pick<Outcome, "verdict" | "reached">>,
): Promise<Outcome> {
  const before = splitOf(supervisor);
  const { done, load } = await whileCalled(supervisor, STACK, scratch.endpoint, work);
  return { canary, before, after: splitOf(supervisor), callers: callersText(load), ...done };
}

function splitOf(supervisor: Supervisor): Split {
  const { traffic, mirrorTraffic } = supervisor.status();
  return { traffic, mirrorTraffic };
}

/** As the commands work, with the plan of seconds. */
async function contextOf({ endpoint }: Scratch): Promise<Context> {
  const options = { stack: STACK, azure: false, endpoint };
  const { context } = await rolloutTargetOf(options, narrowReporter(endpoint));
  return { ...context, plan: demoPlan(endpoint) };
}

function tellPlan({ plan }: Context): void {
  for (const [index, { kind, percent, dwellSeconds }] of (plan?.steps ?? []).entries()) {
    const share =
      kind === "mirror"
        ? `${percent} % of the requests are mirrored to it, its answers compared`
        : `it answers ${percent} % of the requests`;
    tell(`  step ${index + 1}  ${duration(dwellSeconds).padStart(4)}  ${share}`);
  }
}

/** What happened, at the end. */
export function tellSummary(outcomes: readonly Outcome[]): void {
  title("What happened");
  for (const { canary, before, reached, after, verdict, callers } of outcomes) {
    tell(`\n${canary} was ${verdict}.`);
    tell(`  before    ${describeSplit(before)}`);
    if (reached !== undefined) tell(`  reached   ${describeSplit(reached)}`);
    tell(`  after     ${describeSplit(after)}`);
    tell(`  callers   ${callers}`);
  }
}
