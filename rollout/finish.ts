import { UserError } from "../errors";
import { openRollout } from "../traffic/rolloutTag";
import { describeSplit, type Split } from "../traffic/split";
import { declareFinalSplit } from "./adoption";
import type { Context } from "./context";
import { openOrRefuse } from "./current";
import { outcomeText } from "./format";
import type { Change, Analysis } from "./record";
import { weights } from "./weights";
import type { Expected, OpenRollout, Rollout } from "./state";
import type { AtStep } from "./watch";
import { carryOut, finish } from "./write";

type Outcome = Extract<Change, { kind: "end" }>["outcome"];

/** Why and from where a rollout ends. */
export interface Ending {
  readonly outcome: Outcome;
  readonly reason: string;
  readonly from: Expected;
  readonly to: Split;
  readonly analysis?: Analysis;
  readonly tolerated?: readonly Expected[];
}

/** Writes the final split and takes the tag away in one, and then declares that split. */
export async function endRollout(
  context: Context,
  rollout: Rollout,
  { outcome, ...write }: Ending,
): Promise<void> {
  await carryOut(context, rollout, { change: { kind: "end", outcome }, ...write });
  await sayEnded(context, rollout, outcome, write.to);
}

async function sayEnded(
  context: Context,
  { canary }: Rollout,
  outcome: Outcome,
  split: Split,
): Promise<void> {
  context.reporter.say(
    `The rollout of ${canary} is ${outcomeText(outcome)}: ${describeSplit(split)}.`,
  );
  await declareFinalSplit(context, split);
}

/** The deployments that had the requests before have all of them, and the canary none unless it is said. */
function formerSplit({ baseline, canary }: Rollout, percent = 0): Split {
  return { traffic: weights(baseline, canary, percent), mirrorTraffic: {} };
}

/** Ends a rollout wherever it is. One whose end was interrupted is ended as it was meant to be, unless nothing shows of it. */
export async function abort(
  context: Context,
  { formerShare }: { readonly formerShare: boolean } = { formerShare: false },
): Promise<void> {
  const target = ({ rollout }: OpenRollout) =>
    formerSplit(rollout, formerShare ? rollout.formerPercent : 0);
  const { live, open } = await openOrRefuse(context, target);
  const { rollout, progress, situation } = open;
  // Somebody else may have given the requests back already: then only the tag is left to take away.
  if (
    situation !== "drifted" &&
    progress.kind === "writing" &&
    progress.intent.change.kind === "end"
  ) {
    const { outcome } = progress.intent.change;
    if (situation === "written" || outcome !== "promoted") {
      await finishEnd(context, open);
      return;
    }
  }
  await endRollout(context, rollout, {
    outcome: "aborted",
    reason: "the user aborted it",
    from: { split: live.split, tag: openRollout(live) },
    to: target(open),
    tolerated:
      progress.kind === "writing" ? [...progress.before, progress.expected] : [progress.expected],
  });
}

/**
 * @returns whether the interrupted write was the rollout's promotion
 * @throws UserError when it was another end, after that was brought about
 */
export async function finishInterrupted(context: Context, open: OpenRollout): Promise<boolean> {
  const { rollout, progress } = open;
  if (progress.kind !== "writing") return false;
  const { intent, before } = progress;
  context.reporter.say(
    `An earlier command was interrupted, and is finished first: ${intent.reason}.`,
  );
  if (intent.change.kind === "end") {
    await finishEnd(context, open);
    const { outcome } = intent.change;
    if (outcome === "promoted") return true;
    throw new UserError(
      `The rollout of ${rollout.canary} was ${outcomeText(outcome)}: ${intent.reason}.`,
    );
  }
  await finish(context, rollout, intent, before);
  return false;
}

/** Brings about what is announced, and says nothing of it but an end. */
export async function finishPending(context: Context, open: OpenRollout): Promise<void> {
  const { rollout, progress } = open;
  if (progress.kind !== "writing") return;
  if (progress.intent.change.kind === "end") await finishEnd(context, open);
  else await finish(context, rollout, progress.intent, progress.before);
}

async function finishEnd(context: Context, { rollout, progress }: OpenRollout): Promise<void> {
  if (progress.kind !== "writing" || progress.intent.change.kind !== "end") return;
  const { intent, before } = progress;
  await finish(context, rollout, intent, before);
  await sayEnded(context, rollout, progress.intent.change.outcome, intent.to);
}

/** Rolls back after a gate failed. */
export async function rollBack(
  context: Context,
  rollout: Rollout,
  at: AtStep,
  reason: string,
  analysis: Analysis,
): Promise<void> {
  await endRollout(context, rollout, {
    outcome: "rolledBack",
    reason,
    from: at.expected,
    to: formerSplit(rollout),
    analysis,
  });
}
