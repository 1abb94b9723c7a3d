/** Counters of one deployment revision: requests by status and a latency histogram with bounded error. */
import type { MetricsSnapshot } from "./status";

/** Each bucket's upper bound is 5 % above the one before, so a percentile is at most 5 % too high. */
const GROWTH = 1.05;
/** Upper bound of the first bucket, in milliseconds. */
const FIRST_BOUND_MS = 0.1;
/** 0.1 ms · 1.05^329 is about 10⁶ ms, above any request timeout. */
const BUCKETS = 330;
/** Parts of a millisecond that are shown. */
const ROUNDING = 1000;

/** Upper bound of a bucket in milliseconds, and how many requests are in it. */
export type Histogram = readonly (readonly [boundMs: number, count: number])[];

export interface Metrics {
  /** `modelStatus` is missing when the model's server gave no answer. */
  record(status: number, modelStatus: number | undefined, durationMs: number): void;
  snapshot(): MetricsSnapshot;
}

export function createMetrics(): Metrics {
  const byStatus = new Map<string, number>();
  const byModelStatus = new Map<string, number>();
  const buckets = new Array<number>(BUCKETS).fill(0);
  let requests = 0;
  let totalMs = 0;
  let maxMs = 0;

  return {
    record(status, modelStatus, durationMs) {
      requests += 1;
      totalMs += durationMs;
      maxMs = Math.max(maxMs, durationMs);
      count(byStatus, String(status));
      if (modelStatus !== undefined) count(byModelStatus, String(modelStatus));
      const index = bucketOf(durationMs);
      buckets[index] = (buckets[index] ?? 0) + 1;
    },
    snapshot() {
      const percentile = (share: number) => Math.min(maxMs, boundAt(buckets, share * requests));
      return {
        requests,
        byStatus: Object.fromEntries(byStatus),
        byModelStatus: Object.fromEntries(byModelStatus),
        latencyMs: {
          p50: round(percentile(0.5)),
          p90: round(percentile(0.9)),
          p95: round(percentile(0.95)),
          p99: round(percentile(0.99)),
          max: round(maxMs),
          mean: round(requests === 0 ? 0 : totalMs / requests),
        },
        latencyHistogram: buckets.flatMap((n, index) =>
          n === 0 ? [] : [[round(upperBound(index)), n] as const],
        ),
      };
    },
  };
}

function bucketOf(durationMs: number): number {
  if (durationMs <= FIRST_BOUND_MS) return 0;
  const index = Math.ceil(Math.log(durationMs / FIRST_BOUND_MS) / Math.log(GROWTH));
  return Math.min(index, BUCKETS - 1);
}

function upperBound(index: number): number {
  return FIRST_BOUND_MS * GROWTH ** index;
}

/** Below every value in the bucket with this upper bound, although that is rounded. */
export function lowerBound(upperBoundMs: number): number {
  return upperBoundMs <= FIRST_BOUND_MS ? 0 : upperBoundMs / GROWTH - 1 / ROUNDING;
}

/** Upper bound of the bucket that holds the rank-th smallest value; 0 when there are no values. */
function boundAt(buckets: readonly number[], rank: number): number {
  let seen = 0;
  for (const [index, n] of buckets.entries()) {
    seen += n;
    if (seen > 0 && seen >= rank) return upperBound(index);
  }
  return 0;
}

function count(counts: Map<string, number>, key: string): void {
  counts.set(key, (counts.get(key) ?? 0) + 1);
}

function round(value: number): number {
  return Math.round(value * ROUNDING) / ROUNDING;
}

/** Upper bound of the bucket in which so many percent of the requests have ended; undefined when there are none. */
export function percentile(histogram: Histogram, percent: number): number | undefined {
  const sum = histogram.reduce((all, [, count]) => all + count, 0);
  let seen = 0;
  for (const [bound, count] of histogram.toSorted(([a], [b]) => a - b)) {
    seen += count;
    if (seen > 0 && seen * 100 >= percent * sum) return bound;
  }
  return undefined;
}
