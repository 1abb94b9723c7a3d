/** A setting of a gate that is tested. */
export type Limit = "maxErrorPercent" | "maxP95Ratio" | "maxP95Ms" | "maxDifferentPercent";

/** What the requests so far say about one limit. */
export interface LimitResult {
  /** A setting of the gate, or the name and the limit of an own metric. */
  readonly limit: string;
  /** Odds that the limit is exceeded, and what they must reach; missing while nothing can be tested. */
  readonly eValue?: number;
  readonly needed?: number;
  /** How the limit is exceeded, where that is shown. */
  readonly breach?: string;
  /** Whether it is shown to be kept. */
  readonly isShown: boolean;
  /** What is to be known about it. */
  readonly note?: string;
}

/** Largest that is put down; above it the number does not matter. */
const MOST = 1e9;

/** Logarithms of an e-value, and of what it must reach, as odds. */
export function odds(eValue: number, needed: number): { eValue: number; needed: number } {
  const rounded = (log: number) => Number(Math.min(MOST, Math.exp(log)).toPrecision(3));
  return { eValue: rounded(eValue), needed: rounded(needed) };
}
