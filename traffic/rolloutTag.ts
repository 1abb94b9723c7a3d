import { UserError } from "../errors";
import type { LiveSplit } from "./liveEndpoint";

/**
 * Tag that an endpoint has while a rollout is under way; its value names the rollout. It is set and taken away in the same
 * write as the split, so that other writers of splits, on any machine, can see it and wait.
 */
export const ROLLOUT_TAG = "mlscore-rollout";

/** The rollout that is under way. */
export function openRollout({ tags }: Pick<LiveSplit, "tags">): string | undefined {
  return openRolloutIn(tags);
}

/** The same, from an endpoint's tags. */
export function openRolloutIn(tags: Readonly<Record<string, string>>): string | undefined {
  return tags[ROLLOUT_TAG];
}

/** @throws UserError while a rollout is under way */
export function assertNoRollout(live: LiveSplit): void {
  const rollout = openRollout(live);
  if (rollout === undefined) return;
  throw new UserError(rolloutUnderWay(rollout));
}

export function rolloutUnderWay(rollout: string): string {
  return (
    `a rollout is under way (${rollout}), so the split is not changed. ` +
    "See: npm run rollout -- status; finish it with advance, promote or abort"
  );
}
