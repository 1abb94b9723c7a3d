import { UserError } from "../errors";
import type { LiveSplit } from "../traffic/liveEndpoint";
import { openRollout } from "../traffic/rolloutTag";
import { sameSplit, type Split } from "../traffic/split";
import { liveOf, type Context } from "./context";
import {
  recorded,
  situationOf,
  tagOf,
  type Ended,
  type OpenRollout,
  type Situation,
} from "./state";
import { outcomeText } from "./format";
import { changedOutside } from "./write";

/** Where things stand: record and endpoint together. */
export interface Current {
  readonly live: LiveSplit;
  readonly open?: OpenRollout & { readonly situation: Situation };
  readonly last?: Ended;
  /** A rollout that the endpoint's tag names and this record does not know. */
  readonly unknown?: string;
}

export async function current(context: Context): Promise<Current> {
  const { open, last } = recorded(await context.record.lines(), context.endpoint.name);
  const live = await liveOf(context);
  const ended = last === undefined ? {} : { last };
  if (open !== undefined) {
    return { live, open: { ...open, situation: situationOf(open.progress, live) }, ...ended };
  }
  const unknown = openRollout(live);
  return { live, ...ended, ...(unknown === undefined ? {} : { unknown }) };
}

/**
 * @param wanted split that is accepted although the record does not know it, unless another rollout has written it
 * @throws UserError when no rollout is under way, or the endpoint does not show what the record says
 */
export async function openOrRefuse(
  context: Context,
  wanted?: (open: OpenRollout) => Split,
): Promise<{ readonly live: LiveSplit; readonly open: OpenRollout & { situation: Situation } }> {
  const { live, open, unknown, last } = await current(context);
  if (open === undefined) {
    if (unknown !== undefined) throw unknownRollout(context, unknown);
    const ended = last === undefined ? "" : ` ${endedText(last)}`;
    throw new UserError(`No rollout is under way.${ended} Start one with: start --canary NAME`);
  }
  const tag = openRollout(live);
  const accepted =
    wanted !== undefined &&
    sameSplit(live.split, wanted(open)) &&
    (tag === undefined || tag === tagOf(open.rollout));
  if (open.situation === "drifted" && !accepted) throw changedOutside(live, open.progress.expected);
  return { live, open };
}

export function unknownRollout({ record }: Context, tag: string): UserError {
  return new UserError(
    `The endpoint has the tag of a rollout (${tag}) that the record ${record.place} does not know: it was started ` +
      "elsewhere. Continue there, or copy its record here. If the record is lost, end the rollout by `restore --take-over` (the " +
      "declared split) or `adopt --take-over` (the live one)",
  );
}

/** `The last one, of green, was aborted: the user aborted it.` */
export function endedText({ rollout, outcome, reason }: Ended): string {
  return `The last one, of ${rollout.canary}, was ${outcomeText(outcome)}: ${reason}.`;
}
