import { z } from "zod";
import { promotionOf } from "../traffic/promotedTag";
import { openRolloutIn } from "../traffic/rolloutTag";
import { namesWithTraffic, sameSplit, type Split } from "../traffic/split";

const date = z.iso.datetime({ offset: true });

/** A release that a sandbox runs. */
export const release = z.object({
  /** Release id, 64 hex digits. */
  id: z.string(),
  /** Since when all of it is there, ISO 8601. */
  since: date,
  /** Since when it has had live or mirrored traffic without a break; missing while it has none. */
  trafficSince: date.optional(),
});

export type Release = z.output<typeof release>;

/** An endpoint's split as it is live before an update, with the tags that a rollout leaves. */
export interface LiveTraffic {
  readonly split: Split;
  readonly tags: Readonly<Record<string, string>>;
}

/** What is known about traffic when an update begins. */
export interface TrafficEvidence {
  /** Releases by deployment, as the last update left them. */
  readonly before: Readonly<Record<string, Release>>;
  /** The split that the last update declared; undefined where none is on record. */
  readonly declaredBefore: Split | undefined;
  /** Undefined while there is no endpoint. */
  readonly live: LiveTraffic | undefined;
  readonly declared: Split;
  readonly now: Date;
}

/**
 * Since when a release has had live or mirrored traffic without a break, ISO 8601; undefined when it has none.
 *
 * Updates are what sees traffic. It counts from the update that gave it, from the first update that found it, or from the
 * end of the rollout that promoted the release, whichever is known first. Where it is not certain that the release has
 * traffic after this update, it counts as having none.
 *
 * @param deployments names of the deployments that run the release from this update on
 */
export function trafficSince(
  id: string,
  deployments: readonly string[],
  evidence: TrafficEvidence,
): string | undefined {
  const { before, live, now } = evidence;
  const receiving = receivingAfter(evidence);
  if (!deployments.some((name) => receiving.has(name))) return undefined;
  const serving = live === undefined ? [] : namesWithTraffic(live.split);
  const running = serving.flatMap((name) => {
    const found = Object.hasOwn(before, name) ? before[name] : undefined;
    return found?.id === id ? [{ name, release: found }] : [];
  });
  const dates = running.flatMap(({ name, release }) => [
    ...(release.trafficSince === undefined ? [] : [release.trafficSince]),
    ...promotedAt(name, release, live),
  ]);
  return earliest(dates) ?? now.toISOString();
}

/** The earliest of some dates, as it is written. */
export function earliest(dates: readonly string[]): string | undefined {
  return [...dates].sort((a, b) => Date.parse(a) - Date.parse(b))[0];
}

/**
 * Deployments that certainly have traffic after the update. A split that is declared anew is written. One that is declared
 * as before leaves in place what was changed outside, unless the state was refreshed: then only what is in both counts, and
 * during a rollout what is live, since no update changes that.
 */
function receivingAfter({ declaredBefore, live, declared }: TrafficEvidence): Set<string> {
  const changesSplit = declaredBefore === undefined || !sameSplit(declaredBefore, declared);
  if (live === undefined || changesSplit) return new Set(namesWithTraffic(declared));
  const both = namesWithTraffic(live.split).filter((name) =>
    namesWithTraffic(declared).includes(name),
  );
  return new Set(openRolloutIn(live.tags) === undefined ? both : namesWithTraffic(live.split));
}

/** When a rollout promoted this very release: later than it came into the deployment. */
function promotedAt(name: string, { since }: Release, live: LiveTraffic | undefined): string[] {
  const promotion = promotionOf(live?.tags ?? {});
  if (promotion?.deployment !== name) return [];
  return Date.parse(promotion.at) >= Date.parse(since) ? [promotion.at] : [];
}
