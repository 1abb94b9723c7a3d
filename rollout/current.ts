import { UserError } from "../errors";
import type { LiveEndpoint } from "../traffic/liveEndpoint";
import { openRollout } from "../traffic/rolloutTag";
import { liveOf, type Context } from "./context";
import { recorded, situationOf, type Ended, type OpenRollout, type Situation } from "./state";
import { changedOutside } from "./write";

/** Where things stand: record and endpoint together. */
export interface Current {
  readonly live: LiveEndpoint;
  readonly open?: OpenRollout & { readonly situation: Situation };
  readonly last?: Ended;
  /** A rollout that the endpoint's tag names and this record does not know. */
  readonly unknown?: string;
}

export async function current(context: Context): Promise<Current> {
  const { open, last } = recorded(await context.record.lines(), context.place.endpointName);
  const live = await liveOf(context);
  const ended = last === undefined ? {} : { last };
  if (open !== undefined) {
    return { live, open: { ...open, situation: situationOf(open.progress, live) }, ...ended };
  }
  const unknown = openRollout(live);
  return { live, ...ended, ...(unknown === undefined ? {} : { unknown }) };
}

/** @throws UserError when no rollout is under way, or the endpoint does not show what the record says */
export async function openOrRefuse(
  context: Context,
): Promise<{ readonly live: LiveEndpoint; readonly open: OpenRollout & { situation: Situation } }> {
  const { live, open, unknown, last } = await current(context);
  if (open === undefined) {
    if (unknown !== undefined) throw unknownRollout(context, unknown);
    const ended = last === undefined ? "" : ` ${endedText(last)}`;
    throw new UserError(`No rollout is under way.${ended} Start one with: start --canary NAME`);
  }
  if (open.situation === "drifted") throw changedOutside(live, open.progress.expected);
  return { live, open };
}

export function unknownRollout({ record }: Context, tag: string): UserError {
  return new UserError(
    `The endpoint has the tag of a rollout (${tag}) that the record ${record.place} does not know: it was started ` +
      "elsewhere. Go on there, or bring its record here. Where that is lost, end it by `restore --take-over` (the " +
      "declared split) or `adopt --take-over` (the live one)",
  );
}

/** `The last one, of green, was aborted: the user aborted it.` */
export function endedText({ rollout, outcome, reason }: Ended): string {
  return `The last one, of ${rollout.canary}, was ${outcomeText(outcome)}: ${reason}.`;
}

export function outcomeText(outcome: Ended["outcome"]): string {
  const words = {
    promoted: "promoted",
    aborted: "aborted",
    rolledBack: "rolled back by its gate",
    adopted: "ended by adopting a split that was changed outside",
  };
  return words[outcome];
}
