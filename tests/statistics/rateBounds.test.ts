import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { eValueAbove, eValueBelow, eValueNeeded } from "../../statistics/eValue";
import { rateBounds } from "../../statistics/rateBounds";
import { cases } from "../thorough";

/** That they hold at every look follows from the tests that they invert, which eValue.test.ts checks. */

const RISK = 0.05;
const counts = fc
  .tuple(fc.integer({ min: 0, max: 5000 }), fc.integer({ min: 1, max: 5000 }))
  .map(([hits, trials]) => ({ hits: Math.min(hits, trials), trials }));

describe("bounds of a rate", () => {
  it("are where the evidence against a rate is exactly enough", () => {
    fc.assert(
      fc.property(counts, (seen) => {
        const { low, high } = rateBounds(seen, RISK);
        if (low > 0) expect(eValueAbove(seen, low)).toBeCloseTo(eValueNeeded(RISK / 2), 4);
        if (high < 1) expect(eValueBelow(seen, high)).toBeCloseTo(eValueNeeded(RISK / 2), 4);
      }),
      { numRuns: cases(50, 500) },
    );
  });

  it("hold the rates that are not refuted, the counted one among them, and no others", () => {
    fc.assert(
      fc.property(counts, fc.double({ min: 0.0001, max: 0.9999, noNaN: true }), (seen, rate) => {
        const { low, high } = rateBounds(seen, RISK);
        const counted = seen.hits / seen.trials;
        expect(low).toBeLessThanOrEqual(counted);
        expect(high).toBeGreaterThanOrEqual(counted);
        const isRefuted =
          eValueAbove(seen, rate) >= eValueNeeded(RISK / 2) ||
          eValueBelow(seen, rate) >= eValueNeeded(RISK / 2);
        if (Math.min(Math.abs(rate - low), Math.abs(rate - high)) > 1e-9) {
          expect(isRefuted).toBe(rate < low || rate > high);
        }
      }),
      { numRuns: cases(100, 1000) },
    );
  });

  it("are everything without requests, and reach the end where all requests are alike", () => {
    expect(rateBounds({ hits: 0, trials: 0 }, RISK)).toEqual({ low: 0, high: 1 });
    expect(rateBounds({ hits: 0, trials: 1000 }, RISK).low).toBe(0);
    expect(rateBounds({ hits: 1000, trials: 1000 }, RISK).high).toBe(1);
  });

  it("become narrower with more requests alike", () => {
    const widths = [1, 10, 100, 1000].map((times) => {
      const { low, high } = rateBounds({ hits: 2 * times, trials: 40 * times }, RISK);
      return high - low;
    });
    expect(widths).toEqual(widths.toSorted((a, b) => b - a));
  });
});
