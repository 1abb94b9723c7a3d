import { UserError } from "../errors";
import type { LiveSplit } from "../traffic/liveEndpoint";
import { PROMOTED_TAG, promotedTag } from "../traffic/promotedTag";
import { openRollout, ROLLOUT_TAG } from "../traffic/rolloutTag";
import { describeSplit, type Split } from "../traffic/split";
import { timeOf, type Context } from "./context";
import type { Change, Analysis, Intent, Started } from "./record";
import { mirrorRulesAt, shows, tagOf, type Expected, type Rollout } from "./state";

/** A write to come, and what the endpoint may show before it. */
export interface Write {
  readonly change: Change;
  /** What is live. */
  readonly from: Expected;
  readonly to: Split;
  readonly reason: string;
  readonly analysis?: Analysis;
  /** What else may show meanwhile: a write of a killed process may still be under way. */
  readonly tolerated?: readonly Expected[];
}

/** Announces a write in the record, does it, and puts down that it was done. */
export async function carryOut(context: Context, rollout: Rollout, write: Write): Promise<void> {
  const { change, from, to, reason, analysis, tolerated = [] } = write;
  await announce(
    context,
    rollout,
    {
      time: timeOf(context),
      rollout: rollout.id,
      event: "intent",
      change,
      from: from.split,
      to,
      reason,
      ...(analysis === undefined ? {} : { analysis }),
    },
    [from, ...tolerated],
  );
}

/** The same for a line that is made already. */
export async function announce(
  context: Context,
  rollout: Rollout,
  line: Started | Intent,
  known: readonly Expected[],
): Promise<void> {
  await context.record.append(line);
  await bringAbout(context, rollout, { ...line, known }, false);
}

/** Does what an earlier command announced, or finds it done, and puts that down. */
export async function finish(
  context: Context,
  rollout: Rollout,
  intent: Started | Intent,
  before: readonly Expected[],
): Promise<void> {
  await bringAbout(context, rollout, { ...intent, known: before }, true);
}

interface Announced {
  readonly change: Change;
  readonly to: Split;
  /** Any other thing that is live was written by somebody else, and is not overwritten. */
  readonly known: readonly Expected[];
}

async function bringAbout(
  context: Context,
  rollout: Rollout,
  { change, to, known }: Announced,
  recovered: boolean,
): Promise<void> {
  const { endpoint, meter, record } = context;
  const tag = change.kind === "end" ? undefined : tagOf(rollout);
  const promoted =
    change.kind === "end" && change.outcome === "promoted"
      ? { [PROMOTED_TAG]: promotedTag({ deployment: rollout.canary, at: timeOf(context) }) }
      : {};
  const live = await endpoint.write((now) => {
    const split = onlyThere(to, now);
    assertKnown(now, [...known, { split, tag }]);
    return { split, tags: { [ROLLOUT_TAG]: tag, ...promoted } };
  });
  // After the write: what came before it is not the step's.
  await meter.compare?.(change.kind === "end" ? undefined : mirrorRulesAt(rollout, change.step));
  await record.append({
    time: timeOf(context),
    rollout: rollout.id,
    event: "done",
    change,
    split: onlyThere(to, live),
    ...(change.kind === "end" ? {} : { marker: await meter.begin() }),
    recovered,
  });
}

/** Without zeros for deployments that are gone: Azure takes no split that names one. */
function onlyThere({ traffic, mirrorTraffic }: Split, { deployments }: LiveSplit): Split {
  const names = new Set(deployments.map(({ name }) => name));
  const there = Object.entries(traffic).filter(([name, percent]) => percent > 0 || names.has(name));
  return { traffic: Object.fromEntries(there), mirrorTraffic };
}

function assertKnown(live: LiveSplit, known: readonly Expected[]): void {
  if (!known.some((expected) => shows(live, expected))) throw changedOutside(live, known[0]);
}

/** For changes that must not be overwritten silently. */
export function changedOutside(live: LiveSplit, expected: Expected | undefined): UserError {
  const tag = openRollout(live);
  const tags =
    tag === expected?.tag
      ? []
      : [`  its rollout tag is ${tag ?? "gone"}, and should be ${expected?.tag ?? "gone"}`];
  return new UserError(
    [
      "the endpoint was changed outside of this rollout and is not overwritten.",
      `  live      ${describeSplit(live.split)}`,
      `  recorded  ${expected === undefined ? "nothing" : describeSplit(expected.split)}`,
      ...tags,
      "Choose: `restore` writes the recorded split, and the rollout continues; `adopt` keeps what is live and ends the rollout.",
    ].join("\n"),
  );
}
