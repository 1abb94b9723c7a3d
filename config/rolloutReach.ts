import { eValueBelow, eValueNeeded } from "../statistics/eValue";
import type { Report } from "./azureml/issues";
import type { RolloutPlan, RolloutStep } from "./rollout";

/** A step that lacks requests is watched for as long again as it dwells (rollout/watch.ts). */
export const TIMES_THE_DWELL = 2;

/** Requests to the canary in so many seconds of a step. */
export function requestsIn(
  { percent }: Pick<RolloutStep, "percent">,
  seconds: number,
  perSecond: number,
): number {
  return (perSecond * seconds * percent) / 100;
}

/**
 * Requests that a canary without a single error needs to pass a step: `minRequests`, and for `proven` as many as show that
 * it keeps `maxErrorPercent`. The limits on latency need fewer where that is below 5 %, which is what p95 means.
 *
 * @param confidence of the plan, in percent
 */
export function requestsNeeded({ gate }: RolloutStep, confidence: number): number {
  const { minRequests, maxErrorPercent, passWhen } = gate;
  if (passWhen === "noBreach" || maxErrorPercent === 0 || maxErrorPercent === 100) {
    return minRequests;
  }
  const needed = eValueNeeded(1 - confidence / 100);
  const isShown = (trials: number) =>
    eValueBelow({ hits: 0, trials }, maxErrorPercent / 100) >= needed;
  let most = 1;
  while (!isShown(most)) most *= 2;
  let least = Math.floor(most / 2);
  while (most - least > 1) {
    const middle = Math.floor((most + least) / 2);
    if (isShown(middle)) most = middle;
    else least = middle;
  }
  return Math.max(minRequests, most);
}

/** Whether so many requests a second let a step of a healthy canary pass before it ends as inconclusive. */
export function isReachable(step: RolloutStep, confidence: number, perSecond: number): boolean {
  const come = requestsIn(step, TIMES_THE_DWELL * step.dwellSeconds, perSecond);
  return come >= requestsNeeded(step, confidence);
}

/** Warns of steps that the expected requests (`requestsPerSecond`) do not bring to an end. */
export function checkRolloutReach(
  { steps, confidence, requestsPerSecond }: RolloutPlan,
  report: Report,
): void {
  if (requestsPerSecond === undefined) return;
  for (const [index, step] of steps.entries()) {
    if (isReachable(step, confidence, requestsPerSecond)) continue;
    const come = Math.floor(
      requestsIn(step, TIMES_THE_DWELL * step.dwellSeconds, requestsPerSecond),
    );
    report.warning(
      ["rollout", "steps", index],
      `gives the canary ${come} requests in twice its time at ${requestsPerSecond} requests a second, and needs ` +
        `${requestsNeeded(step, confidence)}: it would end as inconclusive. Raise dwellSeconds or percent, or lower what its gate asks for`,
    );
  }
}
