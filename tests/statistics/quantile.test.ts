import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import {
  lowerBound,
  possiblyAbove,
  sum,
  surelyAbove,
  upperBound,
  type Bucket,
} from "../../statistics/quantile";
import { randomFrom } from "../../statistics/random";
import { cases } from "../thorough";

/** Bounds of a quantile from a histogram. Does not prove that a process measures what it says. */

const EDGES = [0, 100, 105, 110, 116, 122, 200];
const bucketsOf = (counts: readonly number[]): Bucket[] =>
  counts.map((count, index) => ({
    from: EDGES[index] ?? 0,
    to: EDGES[index + 1] ?? 0,
    count,
  }));

describe("values above a threshold", () => {
  it("are counted sure and possible, by where their bucket begins and ends", () => {
    const buckets = bucketsOf([10, 20, 0, 5]);
    expect(surelyAbove(buckets, 100)).toBe(25);
    expect(possiblyAbove(buckets, 100)).toBe(25);
    expect(surelyAbove(buckets, 102)).toBe(5);
    expect(possiblyAbove(buckets, 102)).toBe(25);
    expect(possiblyAbove(buckets, 116)).toBe(0);
  });
});

describe("the bounds of a p95", () => {
  it("are not there for a few values, and close in on it with more", () => {
    // 10 % above 110, 4 % above 116.
    const of = (times: number) => bucketsOf([40, 30, 20, 6, 4].map((count) => count * times));
    const boundsOf = (times: number) => [
      lowerBound(of(times), 0.05, 0.05),
      upperBound(of(times), 0.05, 0.05),
    ];
    expect(boundsOf(1)).toEqual([105, 122]);
    expect(boundsOf(5)).toEqual([110, 122]);
    expect(boundsOf(100)).toEqual([110, 116]);
    expect(upperBound(bucketsOf([40]), 0.05, 0.05)).toBeUndefined();
    expect(lowerBound([], 0.05, 0.05)).toBeUndefined();
  });

  it("are never the wrong way round, and at edges of buckets", () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 0, max: 500 }), { minLength: 6, maxLength: 6 }),
        fc.double({ min: 0.001, max: 0.999, noNaN: true }),
        (counts, beyond) => {
          const buckets = bucketsOf(counts);
          const low = lowerBound(buckets, beyond, 0.05) ?? 0;
          const high = upperBound(buckets, beyond, 0.05) ?? 200;
          expect(low).toBeLessThanOrEqual(high);
          expect(EDGES).toContain(low);
          expect(EDGES).toContain(high);
          // The share above each edge in the counts themselves is on the right side.
          const all = sum(buckets);
          if (high < 200) expect(possiblyAbove(buckets, high)).toBeLessThanOrEqual(beyond * all);
          if (low > 0) expect(surelyAbove(buckets, low)).toBeGreaterThanOrEqual(beyond * all);
        },
      ),
    );
  });

  it("hold at every look together, except with the chance of the risk", () => {
    const runs = cases(40, 1000);
    const risk = 0.05;
    const random = randomFrom(11);
    const wrong = { low: 0, high: 0 };
    for (let run = 0; run < runs; run += 1) {
      const counts = [0, 0, 0, 0, 0, 0];
      const fault = { low: false, high: false };
      for (let value = 1; value <= 1000; value += 1) {
        // The p95 is between 105 and 110: 6 % are above 105, 4 % above 110.
        const at = random() < 0.06 ? (random() < 2 / 3 ? 3 : 2) : 0;
        counts[at] = (counts[at] ?? 0) + 1;
        if (value % 10 > 0) continue;
        fault.low ||= (lowerBound(bucketsOf(counts), 0.05, risk) ?? 0) > 105;
        fault.high ||= (upperBound(bucketsOf(counts), 0.05, risk) ?? 200) < 110;
      }
      wrong.low += Number(fault.low);
      wrong.high += Number(fault.high);
    }
    expect(wrong.low / runs).toBeLessThanOrEqual(risk);
    expect(wrong.high / runs).toBeLessThanOrEqual(risk);
  });
});
