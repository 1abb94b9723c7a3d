import type { RolloutStep } from "../config/rollout";
import type { Split, Traffic } from "../traffic/split";

/**
 * The live percents without the canary, scaled to 100: what the canary takes its share from, and what an abort goes back
 * to. Undefined when nothing but the canary has any.
 */
export function baselineOf(live: Traffic, canary: string): Traffic | undefined {
  const others = without(live, canary);
  if (total(others) === 0) return undefined;
  return { ...distributed(others, 100), [canary]: 0 };
}

/** The split in which the canary has exactly `percent` and the others keep their proportions in the rest. */
export function weights(baseline: Traffic, canary: string, percent: number): Traffic {
  return { ...distributed(without(baseline, canary), 100 - percent), [canary]: percent };
}

/** What steps give the canary of the callers' requests. */
export function livePercents(steps: readonly Pick<RolloutStep, "kind" | "percent">[]): number[] {
  return steps.map(({ kind, percent }) => (kind === "live" ? percent : 0));
}

/** The deployment with the largest share: the one that a canary is compared with. */
export function largestOf(baseline: Traffic): string {
  const [largest] = Object.entries(baseline).toSorted(
    ([one, a], [other, b]) => b - a || (one < other ? -1 : 1),
  );
  return largest?.[0] ?? "";
}

/** What the endpoint has during a step. Azure sends a deployment mirrored or live requests, never both. */
export function splitOf(
  { kind, percent }: Pick<RolloutStep, "kind" | "percent">,
  baseline: Traffic,
  canary: string,
): Split {
  return kind === "mirror"
    ? { traffic: weights(baseline, canary, 0), mirrorTraffic: { [canary]: percent } }
    : { traffic: weights(baseline, canary, percent), mirrorTraffic: {} };
}

/**
 * Whole percents in the proportion of the weights by largest remainder. Ties go to the larger weight, then by name, so
 * that every run gives the same.
 */
function distributed(weights: Traffic, amount: number): Record<string, number> {
  const sum = total(weights);
  if (sum === 0) throw new Error("there is nothing to distribute by");
  // Products of whole numbers: nothing is rounded before it is compared.
  const parts = Object.entries(weights).map(([name, weight]) => ({
    name,
    weight,
    whole: Math.floor((weight * amount) / sum),
    rest: (weight * amount) % sum,
  }));
  const left = amount - parts.reduce((given, { whole }) => given + whole, 0);
  const lucky = new Set(
    parts
      .toSorted((a, b) => b.rest - a.rest || b.weight - a.weight || (a.name < b.name ? -1 : 1))
      .slice(0, left)
      .map(({ name }) => name),
  );
  return Object.fromEntries(
    parts.map(({ name, whole }) => [name, whole + (lucky.has(name) ? 1 : 0)]),
  );
}

function without(traffic: Traffic, canary: string): Traffic {
  return Object.fromEntries(Object.entries(traffic).filter(([name]) => name !== canary));
}

function total(traffic: Traffic): number {
  return Object.values(traffic).reduce((sum, percent) => sum + percent, 0);
}
