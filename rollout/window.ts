import { z } from "zod";
import { lowerBound, percentile, type Histogram } from "../local/endpoint/metrics";
import type { Bucket } from "../statistics/quantile";

const whole = z.number().min(0);

/** What came to one deployment in a window of time, as it is shown and kept on record. */
export const windowTotalsSchema = z.strictObject({
  requests: whole,
  /** Those of them that are the deployment's fault; see `errorsIn`. */
  errors: whole,
  byStatus: z.record(z.string(), whole),
  /** Missing where there was no request. */
  p95Ms: whole.exactOptional(),
});

export type WindowTotals = Readonly<z.output<typeof windowTotalsSchema>>;

/** The p95 of one minute, and how many requests it is of. */
export interface Minute {
  readonly p95Ms: number;
  readonly requests: number;
}

/** How long the requests took: each one, within the bounds of its bucket, or no more than each minute's p95. */
export type Latency =
  | { readonly kind: "histogram"; readonly buckets: readonly Bucket[] }
  | { readonly kind: "minutes"; readonly minutes: ReadonlyMap<string, Minute> };

/** The same with what the latency limits are tested by. */
export interface WindowMetrics extends WindowTotals {
  readonly latency?: Latency;
}

/** Answers to mirrored requests, compared with those to the live ones. */
export const comparedSchema = z.strictObject({
  compared: whole,
  different: whole,
  /** Pairs of which one failed, or that are too large. */
  uncompared: whole,
  /** Differing fields, each with the number of pairs. */
  fields: z.array(z.tuple([z.string(), whole])),
});

export type Compared = z.output<typeof comparedSchema>;

export const NOTHING_COMPARED: Compared = {
  compared: 0,
  different: 0,
  uncompared: 0,
  fields: [],
};

/** Requests that were answered, and mirrored requests, whose answer no caller gets. */
export interface DeploymentWindow {
  readonly live: WindowMetrics;
  readonly mirrored: WindowMetrics;
  /** Missing where the answers to mirrored requests cannot be had. */
  readonly comparison?: Compared;
}

/** By name of deployment. */
export type Window = ReadonlyMap<string, DeploymentWindow>;

/** Counters at one moment; two of them can be subtracted. */
export interface Counters {
  readonly requests: number;
  readonly byStatus: Readonly<Record<string, number>>;
  readonly histogram: Histogram;
}

export const NO_REQUESTS: Counters = { requests: 0, byStatus: {}, histogram: [] };

/**
 * Requests that failed by the deployment's fault: 5xx, 424 (the model answered something else than 200), 429 (too many
 * requests waiting) and 408 (slower than its limit). Other 4xx are the caller's (Microsoft Learn "Troubleshoot online
 * endpoints", HTTP status codes).
 */
export function errorsIn(byStatus: Readonly<Record<string, number>>): number {
  return Object.entries(byStatus)
    .filter(([status]) => /^(?:5\d\d|424|429|408)$/.test(status))
    .reduce((sum, [, count]) => sum + count, 0);
}

/**
 * What came between two polls. A counter that has become smaller was restarted: then all of it is new.
 *
 * @param below bound of the bucket before; @default that of the router's buckets
 */
export function difference(
  before: Counters,
  after: Counters,
  below: (bound: number) => number = lowerBound,
): WindowMetrics {
  const former = isFresh(before, after) ? NO_REQUESTS : before;
  const byStatus = subtract(Object.entries(former.byStatus), Object.entries(after.byStatus));
  const histogram = [...subtract(former.histogram, after.histogram)];
  const buckets = bucketsOf(histogram, below);
  const p95 = percentile(histogram, 95);
  const statuses = Object.fromEntries([...byStatus].filter(([, count]) => count > 0));
  return {
    requests: after.requests - former.requests,
    errors: errorsIn(statuses),
    byStatus: statuses,
    ...(p95 === undefined ? {} : { p95Ms: p95 }),
    ...(buckets.length === 0 ? {} : { latency: { kind: "histogram", buckets } }),
  };
}

/** The same of compared answers; the most frequent field comes first. */
export function newlyCompared(before: Compared, after: Compared): Compared {
  const isRestarted =
    after.compared < before.compared ||
    after.different < before.different ||
    after.uncompared < before.uncompared;
  const former = isRestarted ? NOTHING_COMPARED : before;
  return {
    compared: after.compared - former.compared,
    different: after.different - former.different,
    uncompared: after.uncompared - former.uncompared,
    fields: [...subtract(former.fields, after.fields)]
      .filter(([, pairs]) => pairs > 0)
      .toSorted(([, a], [, b]) => b - a),
  };
}

/** What is shown of a window; the rest is only to test by. */
export function totalsOf({ latency: _latency, ...totals }: WindowMetrics): WindowTotals {
  return totals;
}

function bucketsOf(histogram: Histogram, below: (bound: number) => number): Bucket[] {
  return histogram
    .filter(([, count]) => count > 0)
    .toSorted(([a], [b]) => a - b)
    .map(([to, count]) => ({ from: below(to), to, count }));
}

function isFresh(before: Counters, after: Counters): boolean {
  const less = (one: Map<unknown, number>) => [...one.values()].some((count) => count < 0);
  return (
    after.requests < before.requests ||
    less(subtract(Object.entries(before.byStatus), Object.entries(after.byStatus))) ||
    less(subtract(before.histogram, after.histogram))
  );
}

function subtract<K>(
  before: readonly (readonly [K, number])[],
  after: readonly (readonly [K, number])[],
): Map<K, number> {
  const left = new Map(after);
  for (const [key, count] of before) left.set(key, (left.get(key) ?? 0) - count);
  return left;
}

/** To the thousandth; undefined when there is no weight. */
export function weightedMean(
  values: readonly (readonly [value: number, weight: number])[],
): number | undefined {
  const weight = values.reduce((sum, [, one]) => sum + one, 0);
  if (weight === 0) return undefined;
  const mean = values.reduce((sum, [value, one]) => sum + value * one, 0) / weight;
  return Math.round(mean * 1000) / 1000;
}
