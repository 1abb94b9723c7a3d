import { UserError } from "../errors";
import type { LiveSplit } from "../traffic/liveEndpoint";
import { openRollout, ROLLOUT_TAG } from "../traffic/rolloutTag";
import { describeSplit, sameSplit, type Split } from "../traffic/split";
import { adoptInstanceCounts } from "./adoption";
import type { Context } from "./context";
import { current, unknownRollout, type Current } from "./current";
import { declaredSplit, driftOf } from "./drift";
import { endRollout, finishPending } from "./finish";
import { tagOf, type OpenRollout } from "./state";
import { carryOut } from "./write";

/** The two answers to a change that somebody made outside: to keep it, or to take it back. */

export interface TakeOver {
  /** Whether a rollout whose record is not here may be ended. */
  readonly takeOver: boolean;
}

/** What is live becomes what is declared. A rollout whose split was changed outside ends with that. */
export async function adopt(context: Context, { takeOver }: TakeOver): Promise<void> {
  const { declared, reporter } = context;
  const now = await current(context);
  refuseOthers(context, now, takeOver);
  const { live, open } = now;
  const { instanceCounts } = driftOf(live, declared, context.scaled);
  const lines: string[] = [];
  if (open === undefined || open.situation === "drifted") {
    // First: what is not declared could not be declared after the rollout's end either.
    lines.push(...(await context.declare(live.split)));
  }
  if (open?.situation === "drifted") {
    await endRollout(context, open.rollout, {
      outcome: "adopted",
      reason: "the split was changed outside, and the user keeps it",
      from: { split: live.split, tag: openRollout(live) },
      to: live.split,
      tolerated: [open.progress.expected],
    });
  } else if (isAdopting(open)) {
    await finishPending(context, open);
  } else if (now.unknown !== undefined) {
    await writeSplit(context, live, live.split);
  }
  lines.push(...(await adoptInstanceCounts(declared, instanceCounts)));
  for (const line of lines) reporter.say(`Adopted: ${line}`);
  reporter.say(
    lines.length > 0 ? "Commit this change." : "The YAML matches the endpoint; nothing to adopt.",
  );
}

/** What is on record (during a rollout) or declared (otherwise) is written to the endpoint again. */
export async function restore(context: Context, { takeOver }: TakeOver): Promise<void> {
  const { declared, reporter, endpoint } = context;
  const now = await current(context);
  refuseOthers(context, now, takeOver);
  const { live, open } = now;
  const { split, instanceCounts } = driftOf(live, declared, context.scaled);
  const restored: string[] = [];
  if (open?.situation === "drifted") {
    await restoreRecorded(context, live, open);
    restored.push(`split: ${describeSplit(open.progress.expected.split)}`);
  } else if (open?.progress.kind === "writing") {
    await finishPending(context, open);
    restored.push(`split: ${describeSplit(open.progress.expected.split)}`);
  } else if (open === undefined && (split !== undefined || now.unknown !== undefined)) {
    await writeSplit(context, live, declaredSplit(declared));
    restored.push(`split: ${describeSplit(declaredSplit(declared))}`);
  }
  for (const count of instanceCounts) {
    await endpoint.setInstances?.(count.deployment, count.declared);
    restored.push(`instances of ${count.deployment}: ${count.live} → ${count.declared}`);
  }
  for (const line of restored) reporter.say(`Restored ${line}`);
  if (restored.length === 0)
    reporter.say("The endpoint matches the recorded state; nothing to restore.");
}

/** Whether an earlier command was interrupted while it adopted. */
function isAdopting(open: OpenRollout | undefined): open is OpenRollout {
  if (open?.progress.kind !== "writing") return false;
  const { change } = open.progress.intent;
  return change.kind === "end" && change.outcome === "adopted";
}

/** The step's window begins anew: what came meanwhile came under another split. */
async function restoreRecorded(
  context: Context,
  live: LiveSplit,
  { rollout, progress }: OpenRollout,
): Promise<void> {
  const write = {
    from: { split: live.split, tag: openRollout(live) },
    to: progress.expected.split,
    reason: "the split was changed outside, and the user reverts that",
    tolerated: [progress.expected],
  };
  const change =
    progress.kind === "atStep"
      ? ({ kind: "step", step: progress.step } as const)
      : progress.intent.change;
  if (change.kind === "end") {
    await endRollout(context, rollout, { outcome: change.outcome, ...write });
  } else {
    await carryOut(context, rollout, { change, ...write });
  }
}

async function writeSplit(context: Context, seen: LiveSplit, split: Split): Promise<void> {
  await context.endpoint.write((live) => {
    if (!sameSplit(live.split, seen.split) && !sameSplit(live.split, split)) {
      throw new UserError("the split was changed again meanwhile; check it with status");
    }
    return { split, tags: { [ROLLOUT_TAG]: undefined } };
  });
}

/** Somebody else's rollout is not ended by mistake. */
function refuseOthers(context: Context, { live, open }: Current, takeOver: boolean): void {
  const tag = openRollout(live);
  const own = open === undefined ? undefined : tagOf(open.rollout);
  if (tag !== undefined && tag !== own && !takeOver) throw unknownRollout(context, tag);
}
