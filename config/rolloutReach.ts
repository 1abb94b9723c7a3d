import { eValueBelow, isEnough } from "../statistics/eValue";
import type { Report } from "./azureml/issues";
import type { Replay, RolloutPlan, RolloutStep } from "./rollout";

/** A step that lacks requests is watched for as long again as it dwells (rollout/watch.ts). */
const TIMES_THE_DWELL = 2;

/** Requests to the canary in so many seconds of a step. */
export function requestsIn(
  { percent, replay }: Pick<RolloutStep, "percent" | "replay">,
  seconds: number,
  perSecond: number,
): number {
  if (replay !== undefined) return Math.min(replay.requests, replay.perSecond * seconds);
  return (perSecond * seconds * percent) / 100;
}

/**
 * Requests that a canary without a single error or difference needs to pass a step: `minRequests`, and for `proven` as many
 * as show that it keeps `maxErrorPercent` and `maxDifferentPercent`. The limits on latency need fewer where that is below 5 %, which is what p95 means.
 *
 * @param confidence of the plan, in percent
 */
export function requestsNeeded({ gate }: RolloutStep, confidence: number): number {
  const { minRequests, maxErrorPercent, maxDifferentPercent = 100, passWhen } = gate;
  if (passWhen === "noBreach") return minRequests;
  const risk = 1 - confidence / 100;
  return Math.max(
    minRequests,
    requestsToShow(maxErrorPercent, risk),
    requestsToShow(maxDifferentPercent, risk),
  );
}

/** Without a hit among them. Below a limit of 0 there is nothing to show, and one of 100 is kept by anything. */
function requestsToShow(limitPercent: number, risk: number): number {
  if (limitPercent === 0 || limitPercent === 100) return 1;
  const isShown = (trials: number) =>
    isEnough(eValueBelow({ hits: 0, trials }, limitPercent / 100), risk);
  let most = 1;
  while (!isShown(most)) most *= 2;
  let least = Math.floor(most / 2);
  while (most - least > 1) {
    const middle = Math.floor((most + least) / 2);
    if (isShown(middle)) most = middle;
    else least = middle;
  }
  return most;
}

/** Requests to the canary that a step gets at most and needs at least; it ends as inconclusive when it gets fewer. */
export interface Reach {
  readonly gets: number;
  readonly needs: number;
}

/** @param perSecond requests to the endpoint */
export function reachOf(step: RolloutStep, confidence: number, perSecond: number): Reach {
  return {
    gets: requestsIn(step, TIMES_THE_DWELL * step.dwellSeconds, perSecond),
    needs: requestsNeeded(step, confidence),
  };
}

/** Warns of steps that the expected requests (`requestsPerSecond`) do not bring to an end. */
export function checkRolloutReach(
  { steps, confidence, requestsPerSecond }: RolloutPlan,
  report: Report,
): void {
  for (const [index, step] of steps.entries()) {
    if (step.replay !== undefined) checkReplay(step.replay, index);
    if (requestsPerSecond === undefined || step.replay !== undefined) continue;
    const { gets, needs } = reachOf(step, confidence, requestsPerSecond);
    if (gets >= needs) continue;
    report.warning(
      ["rollout", "steps", index],
      `gives the canary ${Math.floor(gets)} requests in twice its time at ${requestsPerSecond} requests a second, and needs ` +
        `${needs}: it would end as inconclusive. Raise dwellSeconds or percent, or lower what its gate asks for`,
    );
  }

  /** What it sends does not depend on the endpoint's requests. */
  function checkReplay({ perSecond, requests }: Replay, index: number): void {
    const step = steps[index];
    if (step === undefined) return;
    const { gets, needs } = reachOf(step, confidence, 0);
    if (gets >= needs) return;
    report.warning(
      ["rollout", "steps", index],
      `sends ${Math.floor(gets)} of ${requests} sampled requests in twice its time at ${perSecond} a second, and needs ${needs}: ` +
        "it would end as inconclusive. Put more files into samples, raise dwellSeconds or shadow, or lower what its gate asks for",
    );
  }
}
