/**
 * How many instances a scaled deployment is to have, as Azure Monitor's autoscale evaluates it. Sources: Microsoft Learn,
 * "Understand autoscale settings" (evaluation, cooldown, default), "Autoscale flapping", "Best practices for autoscale". What
 * they leave open is said at the assumptions autoscale-evaluation, autoscale-flapping and autoscale-missing-metrics.
 */
import type { AutoscaleSpec, ScaleMetric, ScaleRule } from "../spec";

/** The value of a metric in the minute that ended then (milliseconds). */
export interface MetricValue {
  readonly at: number;
  readonly value: number;
}

/** Values by metric, in any order; a minute without a value has no entry. */
export type MetricHistory = Readonly<Partial<Record<ScaleMetric, readonly MetricValue[]>>>;

export interface ScaleState {
  readonly count: number;
  /** The last change by a rule, and how long nothing is to be changed after it (milliseconds). */
  readonly lastAction?: { readonly at: number; readonly cooldownMs: number };
}

export type ScaleReason =
  /** The number was outside the limits. */
  | "limits"
  /** No rule has a value, and the number was below the default. */
  | "no-metrics"
  | "scale-out"
  | "scale-in"
  /** What else would have been done waits for the cooldown. */
  | "cooldown"
  /** Fewer instances would have to become more again at once. */
  | "flapping"
  | "steady";

export interface Decision {
  readonly count: number;
  readonly reason: ScaleReason;
  /** Milliseconds without a change from now on; 0 where no rule acted. */
  readonly cooldownMs: number;
}

/** A rule with the average of its metric over its window; without a value where there was none. */
interface Measured extends ScaleRule {
  readonly value: number | undefined;
}

export function decide(
  spec: AutoscaleSpec,
  { count, lastAction }: ScaleState,
  history: MetricHistory,
  now: number,
): Decision {
  const { minimum, maximum } = spec;
  const bounded = Math.min(Math.max(count, minimum), maximum);
  if (bounded !== count) return { count: bounded, reason: "limits", cooldownMs: 0 };
  const stay = (reason: ScaleReason): Decision => ({ count, reason, cooldownMs: 0 });
  if (lastAction !== undefined && now < lastAction.at + lastAction.cooldownMs) {
    return stay("cooldown");
  }
  const rules = spec.rules.map((rule) => ({ ...rule, value: averageOf(rule, history, now) }));
  const out = rules.filter((rule) => rule.direction === "Increase" && holds(rule, rule.value));
  if (out.length > 0) {
    const target = Math.min(maximum, count + Math.max(...out.map(({ instances }) => instances)));
    return target === count
      ? stay("steady")
      : { count: target, reason: "scale-out", cooldownMs: cooldownOf(out, count, target) };
  }
  if (rules.every(({ value }) => value === undefined)) {
    return count < spec.default
      ? { count: spec.default, reason: "no-metrics", cooldownMs: 0 }
      : stay("steady");
  }
  return scaledIn(rules, count, minimum, stay);
}

function scaledIn(
  rules: readonly Measured[],
  count: number,
  minimum: number,
  stay: (reason: ScaleReason) => Decision,
): Decision {
  const all = rules.filter(({ direction }) => direction === "Decrease");
  if (all.length === 0 || !all.every((rule) => holds(rule, rule.value))) return stay("steady");
  const target = Math.max(minimum, count - Math.min(...all.map(({ instances }) => instances)));
  if (target >= count) return stay("steady");
  // Fewer than the rule says, but not so few that the rest would have to scale out again.
  for (let fewer = target; fewer < count; fewer += 1) {
    if (wouldScaleOut(rules, count, fewer)) continue;
    return { count: fewer, reason: "scale-in", cooldownMs: cooldownOf(all, count, target) };
  }
  return stay("flapping");
}

/** The load of `count` instances, spread over `fewer`. */
function wouldScaleOut(rules: readonly Measured[], count: number, fewer: number): boolean {
  return rules.some(
    (rule) =>
      rule.direction === "Increase" &&
      rule.value !== undefined &&
      holds(rule, (rule.value * count) / fewer),
  );
}

function holds({ operator, threshold }: ScaleRule, value: number | undefined): boolean {
  if (value === undefined) return false;
  return operator === "GreaterThan" ? value > threshold : value < threshold;
}

function averageOf(rule: ScaleRule, history: MetricHistory, now: number): number | undefined {
  const values = (history[rule.metric] ?? []).filter(
    ({ at }) => at > now - rule.windowMs && at <= now,
  );
  if (values.length === 0) return undefined;
  return values.reduce((sum, { value }) => sum + value, 0) / values.length;
}

/** Of the rule that gave the number; the longest, where several did or the limits cut it. */
function cooldownOf(fired: readonly ScaleRule[], count: number, target: number): number {
  const exact = fired.filter(({ instances }) => instances === Math.abs(target - count));
  return Math.max(...(exact.length > 0 ? exact : fired).map(({ cooldownMs }) => cooldownMs));
}
