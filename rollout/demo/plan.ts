import { join } from "node:path";
import { rolloutPlan, type RolloutPlan } from "../../config/rollout";
import { rolloutSettings } from "../../config/rolloutSettings";

/** Requests a second that the demonstration sends: few enough for two cores that others use too. */
export const PER_SECOND = 30;

/**
 * Steps of seconds. By `npm run rollout -- plan` at that rate each gets more requests than it needs to pass, and the second one
 * finds 14 percent of errors. The latency limit is wide, because one machine serves, sends and judges.
 */
export function demoPlan(endpoint: string): RolloutPlan {
  const settings = rolloutSettings.parse({
    steps: [
      { mirror: 20, dwellSeconds: 10 },
      { percent: 20, dwellSeconds: 12 },
      { percent: 100, dwellSeconds: 12 },
    ],
    gate: { minRequests: 10, maxErrorPercent: 2, maxP95Ratio: 4 },
    parity: { absoluteTolerance: 0.2, ignore: ["model"] },
    requestsPerSecond: PER_SECOND,
  });
  return rolloutPlan(settings, join(endpoint, "endpoint.yml"));
}
