import {
  eValueAbove,
  eValueBelow,
  eValueNeeded,
  isEnough,
  type Counts,
} from "../statistics/eValue";
import {
  lowerBound,
  multiplied,
  possiblyAbove,
  sum,
  surelyAbove,
  upperBound,
  type Bucket,
} from "../statistics/quantile";
import { counted, shortNumber } from "./format";
import { odds, type LimitResult } from "./limitResult";
import type { Sample } from "./sample";
import type { Minute } from "./window";

/**
 * A p95 is above a time exactly when more than 5 % of the requests take longer than that. So the limits on the p95 are tests
 * of a rate: of requests in a histogram or, where there is no more than a p95 a minute, of minutes in which it is above.
 */

/** Part of the requests that may take longer than the p95. */
const BEYOND = 0.05;
/** Part of the minutes whose own p95 may be above the limit: each is about as often above the true one as below. */
const MINUTES = 0.5;
/** The p95 of fewer requests to the old deployments in a minute is no measure for the canary's. */
const MIN_PER_MINUTE = 20;

/** Requests or minutes that are over a limit, and the part that may be. */
interface Test {
  readonly counts: Counts;
  readonly allowed: number;
  readonly risk: number;
  /** In milliseconds, where it is one number. */
  readonly threshold?: number;
}

/** Tests `maxP95Ms`. */
export function absoluteResult(
  canary: string,
  sample: Sample,
  maxMs: number,
  risk: number,
): LimitResult {
  const test = absoluteTest(sample, maxMs, risk, surelyAbove);
  return resultOf(
    "maxP95Ms",
    test,
    () => `${p95Text(canary, sample)}, more than maxP95Ms ${maxMs}`,
  );
}

/** Tests `maxP95Ratio` against the old deployments in the same time. */
export function ratioResult(
  canary: string,
  sample: Sample,
  ratio: number,
  risk: number,
): LimitResult {
  const test = ratioTest(sample, ratio, risk, "exceeded");
  if (test === undefined) {
    const came = counted(sample.old.requests, "request", "requests");
    const note = `maxP95Ratio is not checked: ${came} came to the old deployments, too few to know their p95`;
    return { limit: "maxP95Ratio", isShown: false, note };
  }
  return resultOf("maxP95Ratio", test, () => {
    const old = test.threshold ?? (sample.old.p95Ms ?? 0) * ratio;
    return `${p95Text(canary, sample)}, more than maxP95Ratio ${ratio} times the old deployments' ${shortNumber(old / ratio)} ms`;
  });
}

function resultOf(
  limit: LimitResult["limit"],
  { counts, allowed, risk, threshold }: Test,
  text: () => string,
): LimitResult {
  const eValue = eValueAbove(counts, allowed);
  const result = { limit, ...odds(eValue, eValueNeeded(risk)), isShown: false };
  if (!isEnough(eValue, risk)) return result;
  const over =
    threshold === undefined
      ? `in ${counts.hits} of ${counts.trials} minutes`
      : `${shortNumber((100 * counts.hits) / counts.trials)} % took longer than ${shortNumber(threshold)} ms`;
  return { ...result, breach: `${text()} (${over})` };
}

function p95Text(canary: string, { canary: { p95Ms = 0 } }: Sample): string {
  return `p95 of ${canary} is ${shortNumber(p95Ms)} ms`;
}

export function isAbsoluteLimitKept(
  sample: Sample,
  maxMs: number,
  risk: number,
  factor = 1,
): boolean {
  return isKept(absoluteTest(sample, maxMs, risk, possiblyAbove), factor);
}

export function isRatioKept(sample: Sample, ratio: number, risk: number, factor = 1): boolean {
  const test = ratioTest(sample, ratio, risk, "kept", factor);
  return test !== undefined && isKept(test, factor);
}

function isKept({ counts: { hits, trials }, allowed, risk }: Test, factor: number): boolean {
  return isEnough(eValueBelow({ hits: hits * factor, trials: trials * factor }, allowed), risk);
}

function absoluteTest(
  { canary: { latency } }: Sample,
  maxMs: number,
  risk: number,
  above: typeof surelyAbove,
): Test {
  if (latency?.kind === "minutes") {
    const all = [...latency.minutes.values()];
    const hits = all.filter(({ p95Ms }) => p95Ms > maxMs).length;
    return { counts: { hits, trials: all.length }, allowed: MINUTES, risk };
  }
  const buckets = latency?.buckets ?? [];
  return { ...requestsAbove(buckets, maxMs, above), risk };
}

/** Half of the risk is for the bound of the old p95. Undefined while that is not known. */
function ratioTest(
  { canary, old }: Sample,
  ratio: number,
  risk: number,
  about: "exceeded" | "kept",
  factor = 1,
): Test | undefined {
  if (old.latency === undefined) return undefined;
  if (old.latency.kind === "minutes") {
    const minutes =
      canary.latency?.kind === "minutes" ? canary.latency.minutes : new Map<string, Minute>();
    const counts = minutesAbove(minutes, old.latency.minutes, ratio);
    return counts.trials === 0 ? undefined : { counts, allowed: MINUTES, risk };
  }
  const half = risk / 2;
  const buckets = multiplied(old.latency.buckets, factor);
  const bound =
    about === "exceeded" ? upperBound(buckets, BEYOND, half) : lowerBound(buckets, BEYOND, half);
  if (bound === undefined) return undefined;
  const own = canary.latency?.kind === "histogram" ? canary.latency.buckets : [];
  const above = about === "exceeded" ? surelyAbove : possiblyAbove;
  return { ...requestsAbove(own, ratio * bound, above), risk: half };
}

function requestsAbove(buckets: readonly Bucket[], threshold: number, above: typeof surelyAbove) {
  const counts = { hits: above(buckets, threshold), trials: sum(buckets) };
  return { counts, allowed: BEYOND, threshold };
}

/** Minutes in which both had requests. */
function minutesAbove(
  canary: ReadonlyMap<string, Minute>,
  old: ReadonlyMap<string, Minute>,
  ratio: number,
): Counts {
  const pairs = [...canary].flatMap(([name, { p95Ms }]) => {
    const other = old.get(name);
    return other === undefined || other.requests < MIN_PER_MINUTE ? [] : [[p95Ms, other.p95Ms]];
  });
  const hits = pairs.filter(([own = 0, other = 0]) => own > ratio * other).length;
  return { hits, trials: pairs.length };
}
