import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { baselineOf, weights, splitOf } from "../../rollout/weights";
import { splitProblems } from "../../traffic/splitRules";
import type { Traffic } from "../../traffic/split";

/** Does not prove that Azure routes by these numbers. */

const sum = (traffic: Traffic) => Object.values(traffic).reduce((all, one) => all + one, 0);

/** Percents that sum to 100 over one to nineteen deployments, zeros among them, and a canary beside them. */
const baselines = fc
  .array(fc.integer({ min: 0, max: 1000 }), { minLength: 1, maxLength: 19 })
  .filter((weights) => weights.some((weight) => weight > 0))
  .map((weights) => {
    const live = Object.fromEntries(weights.map((weight, index) => [`old-${index}`, weight]));
    return baselineOf(live, "green")!;
  });

describe("baselineOf", () => {
  it("takes the canary out and scales the rest to 100", () => {
    expect(baselineOf({ blue: 90, green: 10 }, "green")).toEqual({ blue: 100, green: 0 });
    expect(baselineOf({ blue: 60, red: 30, green: 10 }, "green")).toEqual({
      blue: 67,
      red: 33,
      green: 0,
    });
  });

  it("keeps a split in which the canary has nothing", () => {
    expect(baselineOf({ blue: 90, red: 10 }, "green")).toEqual({ blue: 90, red: 10, green: 0 });
  });

  it("is not there when nothing but the canary has requests", () => {
    expect(baselineOf({ blue: 0, green: 100 }, "green")).toBeUndefined();
    expect(baselineOf({}, "green")).toBeUndefined();
  });
});

describe("shares", () => {
  it.each<[Traffic, number, Traffic]>([
    [{ blue: 100 }, 1, { blue: 99, green: 1 }],
    [{ blue: 90, red: 10 }, 50, { blue: 45, red: 5, green: 50 }],
    [{ blue: 90, red: 10 }, 100, { blue: 0, red: 0, green: 100 }],
    [{ blue: 90, red: 10 }, 0, { blue: 90, red: 10, green: 0 }],
    // 59.4 and 29.7 and 9.9: the two largest remainders, .9 and .7, get one more.
    [{ blue: 60, red: 30, pink: 10 }, 1, { blue: 59, red: 30, pink: 10, green: 1 }],
    // 24.5 each of two, a tie: by name.
    [{ red: 50, blue: 50 }, 51, { blue: 25, red: 24, green: 51 }],
    [{ blue: 100, red: 0 }, 10, { blue: 90, red: 0, green: 10 }],
  ])("of %j with %i %% for the canary", (baseline, percent, expected) => {
    expect(weights(baseline, "green", percent)).toEqual(expected);
  });

  it("sum to 100 with exactly the canary's percent, none negative, and nothing for who had nothing", () => {
    fc.assert(
      fc.property(baselines, fc.integer({ min: 0, max: 100 }), (baseline, percent) => {
        const result = weights(baseline, "green", percent);
        expect(sum(result)).toBe(100);
        expect(result["green"]).toBe(percent);
        for (const [name, share] of Object.entries(result)) {
          expect(Number.isInteger(share) && share >= 0).toBe(true);
          if (name !== "green" && baseline[name] === 0) expect(share).toBe(0);
        }
      }),
    );
  });

  it("give everyone the exact share, rounded up or down", () => {
    fc.assert(
      fc.property(baselines, fc.integer({ min: 0, max: 100 }), (baseline, percent) => {
        const result = weights(baseline, "green", percent);
        for (const [name, share] of Object.entries(result)) {
          if (name === "green") continue;
          const exact = ((baseline[name] ?? 0) * (100 - percent)) / 100;
          expect(Math.abs(share - exact)).toBeLessThan(1);
        }
      }),
    );
  });

  it("never give more to who had less", () => {
    fc.assert(
      fc.property(baselines, fc.integer({ min: 0, max: 100 }), (baseline, percent) => {
        const result = weights(baseline, "green", percent);
        const names = Object.keys(baseline).filter((name) => name !== "green");
        for (const one of names) {
          for (const other of names) {
            if (baseline[one]! > baseline[other]!) {
              expect(result[one]).toBeGreaterThanOrEqual(result[other]!);
            }
          }
        }
      }),
    );
  });
});

describe("splitOf", () => {
  it("gives copies without live requests, and live requests without copies", () => {
    const baseline = { blue: 90, red: 10, green: 0 };
    expect(splitOf({ kind: "mirror", percent: 10 }, baseline, "green")).toEqual({
      traffic: { blue: 90, red: 10, green: 0 },
      mirrorTraffic: { green: 10 },
    });
    expect(splitOf({ kind: "live", percent: 10 }, baseline, "green")).toEqual({
      traffic: { blue: 81, red: 9, green: 10 },
      mirrorTraffic: {},
    });
  });

  it("is always one that Azure takes", () => {
    const steps = fc.oneof(
      fc.record({ kind: fc.constant("mirror" as const), percent: fc.integer({ min: 1, max: 50 }) }),
      fc.record({ kind: fc.constant("live" as const), percent: fc.integer({ min: 1, max: 100 }) }),
    );
    fc.assert(
      fc.property(baselines, steps, (baseline, step) => {
        const split = splitOf(step, baseline, "green");
        expect(splitProblems(split, Object.keys(baseline))).toEqual([]);
      }),
    );
  });
});
