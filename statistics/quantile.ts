/**
 * Bounds of a quantile of latencies from a histogram, which hold at every look at once: whether a given bucket's edge is below
 * the quantile is a question about the rate of values beyond that edge, and those rates fall from edge to edge. So a bound is
 * wrong only when the test at the one edge next to the true quantile is, and the risk is not split over the buckets.
 */
import { eValueAbove, eValueBelow, isEnough } from "./eValue";

/** Values above `from` and up to `to`. */
export interface Bucket {
  readonly from: number;
  readonly to: number;
  readonly count: number;
}

/** Values that are above `threshold` whatever their place in their bucket. */
export function surelyAbove(buckets: readonly Bucket[], threshold: number): number {
  return sum(buckets.filter(({ from }) => from >= threshold));
}

/** Values that may be above `threshold`. */
export function possiblyAbove(buckets: readonly Bucket[], threshold: number): number {
  return sum(buckets.filter(({ to }) => to > threshold));
}

/**
 * An edge that the quantile is shown not to be above, as low as the counts allow; undefined while there are too few.
 *
 * @param beyond share of the values above the quantile: 0.05 for the 95th percentile
 */
export function upperBound(
  buckets: readonly Bucket[],
  beyond: number,
  risk: number,
): number | undefined {
  const trials = sum(buckets);
  return edges(buckets).find((edge) =>
    isEnough(eValueBelow({ hits: possiblyAbove(buckets, edge), trials }, beyond), risk),
  );
}

/** An edge that the quantile is shown to be above, as high as the counts allow; undefined while there are too few. */
export function lowerBound(
  buckets: readonly Bucket[],
  beyond: number,
  risk: number,
): number | undefined {
  const trials = sum(buckets);
  return edges(buckets).findLast((edge) =>
    isEnough(eValueAbove({ hits: surelyAbove(buckets, edge), trials }, beyond), risk),
  );
}

/** Several histograms as one. */
export function merged(histograms: readonly (readonly Bucket[])[]): Bucket[] {
  return histograms.flat().toSorted((a, b) => a.to - b.to);
}

/** As if so many times as many values had come, alike. */
export function multiplied(buckets: readonly Bucket[], factor: number): Bucket[] {
  return buckets.map((one) => ({ ...one, count: one.count * factor }));
}

export function sum(buckets: readonly Bucket[]): number {
  return buckets.reduce((all, { count }) => all + count, 0);
}

function edges(buckets: readonly Bucket[]): number[] {
  return [...new Set(buckets.flatMap(({ from, to }) => [from, to]))].sort((a, b) => a - b);
}
