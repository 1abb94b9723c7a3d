import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { eValueAbove, eValueBelow, eValueNeeded, type Counts } from "../../statistics/eValue";
import { cases } from "../thorough";
import { alarmChance, logBinomial } from "./exact";

/**
 * The evidence about a rate against exact computations that share no code with it: sums over all outcomes, whole numbers, and the chance
 * of a false alarm at every look by going through all paths. Does not prove that requests fail as is assumed.
 */

const TESTS: [string, (counts: Counts, limit: number) => number, (limit: number) => number[]][] = [
  ["above", eValueAbove, (limit) => [limit, limit * 0.9, limit / 2, 0]],
  ["below", eValueBelow, (limit) => [limit, (limit + 1) / 2, 1]],
];

describe.each(TESTS)("evidence that a rate is %s a limit", (_side, evidence, kept) => {
  it.each([0.001, 0.01, 0.05, 0.5, 0.9])(
    "is expected to be 1 at the limit %d and at most 1 on the other side of it, after any number of requests",
    (limit) => {
      for (const trials of [1, 2, 10, 100, 1000]) {
        const expectations = kept(limit).map((rate) =>
          logBinomial(trials, rate).reduce(
            (all, chance, hits) => all + Math.exp(chance + evidence({ hits, trials }, limit)),
            0,
          ),
        );
        expect(expectations[0]).toBeCloseTo(1, 8);
        for (const one of expectations) expect(one).toBeLessThanOrEqual(1 + 1e-8);
      }
    },
  );

  it("is the same as by the definition, in whole numbers", () => {
    // Limit 1/4: odds 1/3. An alternative with odds r/3 has the rates r/(3 + r) and 3/(3 + r).
    const ratios =
      evidence === eValueAbove
        ? [11n, 13n, 17n, 25n, 40n, 70n, 150n, 500n, 5000n].map((r) => [r, 10n] as const)
        : [85n, 70n, 50n, 30n, 15n, 5n, 0n].map((r) => [r, 100n] as const);
    for (const [hits, trials] of [
      [0, 5],
      [3, 7],
      [40, 100],
      [25, 60],
    ] as const) {
      let [top, bottom] = [0n, 1n];
      for (const [ratio, unit] of ratios) {
        // (4 ratio / (3 unit + ratio))^hits · (4 unit / (3 unit + ratio))^rest
        const over = (4n * ratio) ** BigInt(hits) * (4n * unit) ** BigInt(trials - hits);
        const under = (3n * unit + ratio) ** BigInt(trials);
        [top, bottom] = [top * under + over * bottom, bottom * under];
      }
      const digits = 10n ** 30n;
      const value = Number((top * digits) / (bottom * BigInt(ratios.length))) / 1e30;
      expect(Math.exp(evidence({ hits, trials }, 0.25)) / value).toBeCloseTo(1, 10);
    }
  });

  it("is a number for any counts, and nothing is shown by none", () => {
    expect(evidence({ hits: 0, trials: 0 }, 0.01)).toBeCloseTo(0, 12);
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 1_000_000_000 }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (trials, part, limit) => {
          const value = evidence({ hits: Math.round(trials * part), trials }, limit);
          expect(Number.isNaN(value)).toBe(false);
        },
      ),
    );
  });
});

describe("evidence", () => {
  it("grows with each hit, and falls with each request that is none", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 5000 }),
        fc.integer({ min: 0, max: 5000 }),
        fc.double({ min: 0.001, max: 0.999, noNaN: true }),
        (hits, others, limit) => {
          const trials = hits + others;
          const now = eValueAbove({ hits, trials }, limit);
          expect(eValueAbove({ hits: hits + 1, trials: trials + 1 }, limit)).toBeGreaterThan(now);
          expect(eValueAbove({ hits, trials: trials + 1 }, limit)).toBeLessThan(now);
          const below = eValueBelow({ hits, trials }, limit);
          expect(eValueBelow({ hits, trials: trials + 1 }, limit)).toBeGreaterThan(below);
        },
      ),
    );
  });

  it("against a limit of nothing is complete with one hit, and against a limit of everything never", () => {
    expect(eValueAbove({ hits: 0, trials: 99 }, 0)).toBe(0);
    expect(eValueAbove({ hits: 1, trials: 99 }, 0)).toBe(Number.POSITIVE_INFINITY);
    expect(eValueAbove({ hits: 99, trials: 99 }, 1)).toBe(0);
    expect(eValueBelow({ hits: 98, trials: 99 }, 1)).toBe(Number.POSITIVE_INFINITY);
    expect(eValueBelow({ hits: 0, trials: 99 }, 0)).toBe(0);
  });

  it.each([
    [0.01, 0.05],
    [0.01, 0.003],
    [0.05, 0.05],
    [0.5, 0.01],
  ])(
    "is never enough by chance more often than the risk, at the limit %d with a risk of %d, looked at every request",
    (limit, risk) => {
      const trials = cases(1000, 20_000);
      const isAlarm = (hits: number, after: number) =>
        eValueAbove({ hits, trials: after }, limit) >= eValueNeeded(risk);
      const chance = alarmChance(trials, limit, isAlarm);
      expect(chance).toBeLessThanOrEqual(risk);
      // Nor is the test without effect: it uses a good part of what it is given.
      expect(chance).toBeGreaterThan(risk / 10);
    },
  );
});
