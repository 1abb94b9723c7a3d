/** Which release a canary is, and whether it is still the one that its rollout began with. */
import { digestOf } from "../config/production/imageNames";
import { UserError } from "../errors";
import type { LiveSplit } from "../traffic/liveEndpoint";
import type { Context } from "./context";
import type { Rollout } from "./state";

/**
 * What goes on record of a rollout that begins; undefined where a release has no image of its own.
 * @throws UserError when the endpoint and the user's files have different ones
 */
export async function imageAtStart(
  { declaredImage, declared, bringUpCommand }: Context,
  live: LiveSplit,
  canary: string,
): Promise<string | undefined> {
  const running = imageOf(live, canary);
  if (declaredImage === undefined || running === undefined) return undefined;
  const wanted = await declaredImage();
  if (wanted !== undefined && isSame(running, wanted)) return wanted;
  throw new UserError(
    `${canary} runs ${running}, and ${declared.file} names ${wanted ?? "no canary"}; run ${bringUpCommand} first`,
  );
}

/**
 * Numbers of two releases would be judged as those of one, and the promotion would declare one that nobody has watched. Files
 * that cannot be read now (somebody is editing them) say nothing, and are read again at the next check.
 *
 * @returns what has changed, and what to do; undefined when nothing has
 */
export async function changedImage(
  { declaredImage, declared, bringUpCommand }: Context,
  { canary, image }: Rollout,
  live: LiveSplit,
): Promise<string | undefined> {
  if (image === undefined || declaredImage === undefined) return undefined;
  const running = imageOf(live, canary);
  const wanted = await declaredImage().catch((error: unknown) => {
    if (error instanceof UserError) return image;
    throw error;
  });
  const isRunning = running === undefined || isSame(running, image);
  if (isRunning && wanted !== undefined && isSame(wanted, image)) return undefined;
  return [
    `${canary} is another release than the one that this rollout began with.`,
    `  at the start  ${image}`,
    `  live          ${running ?? "nothing"}`,
    `  declared      ${wanted ?? "no canary"} (${declared.file})`,
    `Choose: abort ends this rollout, and start begins one of the other release; or declare the former image again, run ${bringUpCommand}, and promote goes on.`,
  ].join("\n");
}

function imageOf({ deployments }: LiveSplit, canary: string): string | undefined {
  return deployments.find(({ name }) => name === canary)?.image;
}

/** The registry's host is in what runs, and not in the settings. */
function isSame(one: string, other: string): boolean {
  return one === other || (digestOf(one) !== undefined && digestOf(one) === digestOf(other));
}
