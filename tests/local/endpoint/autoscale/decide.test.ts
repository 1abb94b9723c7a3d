import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import {
  decide,
  type Decision,
  type ScaleState,
} from "../../../../local/endpoint/autoscale/decide";
import type { AutoscaleSpec, ScaleMetric, ScaleRule } from "../../../../local/endpoint/spec";
import { cases } from "../../../thorough";

/**
 * The examples are those of Azure's documents (the sources in decide.ts), with their numbers. Proves the documented rules; what
 * no document says is in docs/azure-assumptions.md.
 */

const MINUTE = 60_000;
const NOW = 1_000 * MINUTE;
const CPU = "CpuUtilizationPercentage";
const LATENCY = "RequestLatency_P95";

function rule(
  direction: ScaleRule["direction"],
  threshold: number,
  changes: Partial<ScaleRule> = {},
): ScaleRule {
  return {
    metric: CPU,
    operator: direction === "Increase" ? "GreaterThan" : "LessThan",
    threshold,
    windowMs: 5 * MINUTE,
    direction,
    instances: 1,
    cooldownMs: 5 * MINUTE,
    ...changes,
  };
}

const PAIR = [rule("Increase", 70), rule("Decrease", 30)];

function spec(rules: readonly ScaleRule[], limits: Partial<AutoscaleSpec> = {}): AutoscaleSpec {
  return { minimum: 1, maximum: 10, default: 1, cores: 1, rules, ...limits };
}

type Values = Partial<Record<ScaleMetric, number>>;

/** What is decided when each metric had this value in the last minute. */
function decided(wanted: AutoscaleSpec, state: number | ScaleState, values: Values): Decision {
  const history = Object.fromEntries(
    Object.entries(values).map(([metric, value]) => [metric, [{ at: NOW, value }]]),
  );
  return decide(wanted, typeof state === "number" ? { count: state } : state, history, NOW);
}

const outcome = (...args: Parameters<typeof decided>) => {
  const { count, reason } = decided(...args);
  return [count, reason];
};

describe("a scale-out", () => {
  it("begins above the threshold, not at it", () => {
    expect(outcome(spec(PAIR), 2, { [CPU]: 70 })).toEqual([2, "steady"]);
    expect(outcome(spec(PAIR), 2, { [CPU]: 70.1 })).toEqual([3, "scale-out"]);
  });

  it("needs any one rule, and takes the highest result", () => {
    const rules = [
      rule("Increase", 70, { instances: 3 }),
      rule("Increase", 200, { metric: LATENCY, instances: 5 }),
    ];
    expect(outcome(spec(rules), 2, { [CPU]: 80, [LATENCY]: 100 })).toEqual([5, "scale-out"]);
    expect(outcome(spec(rules), 2, { [CPU]: 80, [LATENCY]: 300 })).toEqual([7, "scale-out"]);
    expect(outcome(spec(rules), 2, { [LATENCY]: 300 })).toEqual([7, "scale-out"]);
  });

  it("wins over a scale-in by another metric", () => {
    const rules = [rule("Increase", 200, { metric: LATENCY }), rule("Decrease", 30)];
    expect(outcome(spec(rules), 2, { [CPU]: 1, [LATENCY]: 300 })).toEqual([3, "scale-out"]);
  });

  it("ends at the maximum", () => {
    const four = [rule("Increase", 70, { instances: 4 })];
    expect(outcome(spec(four), 8, { [CPU]: 90 })).toEqual([10, "scale-out"]);
    expect(outcome(spec(four), 10, { [CPU]: 90 })).toEqual([10, "steady"]);
  });
});

describe("a scale-in", () => {
  // "Best practices for autoscale": if CPU is 25 % and memory is 51 %, autoscale does not scale in.
  it("needs all rules, those without a value among them", () => {
    const rules = [
      ...PAIR,
      rule("Increase", 75, { metric: LATENCY }),
      rule("Decrease", 50, { metric: LATENCY }),
    ];
    expect(outcome(spec(rules), 4, { [CPU]: 25, [LATENCY]: 51 })).toEqual([4, "steady"]);
    expect(outcome(spec(rules), 4, { [CPU]: 29, [LATENCY]: 49 })).toEqual([3, "scale-in"]);
    expect(outcome(spec(rules), 4, { [CPU]: 25 })).toEqual([4, "steady"]);
  });

  it("takes the highest result of its rules", () => {
    const rules = [
      rule("Decrease", 30, { instances: 5 }),
      rule("Decrease", 50, { metric: LATENCY, instances: 3 }),
    ];
    expect(outcome(spec(rules), 10, { [CPU]: 1, [LATENCY]: 1 })).toEqual([7, "scale-in"]);
  });

  it("ends at the minimum", () => {
    const four = [rule("Decrease", 30, { instances: 4 })];
    expect(outcome(spec(four, { minimum: 2, default: 2 }), 4, { [CPU]: 1 })).toEqual([
      2,
      "scale-in",
    ]);
    expect(outcome(spec(four, { minimum: 2, default: 2 }), 2, { [CPU]: 1 })).toEqual([2, "steady"]);
  });
});

describe("flapping", () => {
  it.each<[string, number, number, number, number, [number, string]]>([
    // "Autoscale flapping": one instance at 56 % became two at 28 %.
    ["one of two, of 50 and 30", 2, 50, 30, 28, [2, "flapping"]],
    // "Autoscale flapping", margins: 417 and 394 threads per instance, thresholds 600 and 400.
    ["three at 417", 3, 600, 400, 417, [3, "steady"]],
    ["three at 394", 3, 600, 400, 394, [2, "scale-in"]],
    ["three at 417, without a margin", 3, 600, 600, 417, [3, "flapping"]],
    // "Best practices for autoscale": 60 × 3 / 2 is 90, and 50 × 3 / 2 is 75; scale-out at 80, scale-in at 60.
    ["three at 59, scale-out at 80", 3, 80, 60, 59, [3, "flapping"]],
    ["three at 50, scale-out at 80", 3, 80, 60, 50, [2, "scale-in"]],
  ])("is foreseen: %s", (_what, count, upper, lower, value, expected) => {
    const rules = [rule("Increase", upper), rule("Decrease", lower)];
    expect(outcome(spec(rules), count, { [CPU]: value })).toEqual(expected);
  });

  // "Autoscale flapping": 30 instances with 65 % and 50 requests each, scale in by 10. The document says 27, which its own
  // product (65 × 30 / 27 = 72.2 %) does not allow.
  it("removes fewer instances than the rule says, where so many do not scale out again", () => {
    const rules = [
      rule("Increase", 200, { metric: LATENCY, instances: 20 }),
      rule("Increase", 70),
      rule("Decrease", 51, { metric: LATENCY, instances: 10 }),
    ];
    const limits = { maximum: 50, minimum: 1 };
    expect(outcome(spec(rules, limits), 30, { [CPU]: 65, [LATENCY]: 50 })).toEqual([
      28,
      "scale-in",
    ]);
  });
});

describe("time", () => {
  const values = (...all: [minutesAgo: number, value: number][]) => ({
    [CPU]: all.map(([ago, value]) => ({ at: NOW - ago * MINUTE, value })),
  });

  it("averages the minutes of the window, and no others", () => {
    const at = (history: ReturnType<typeof values>) =>
      decide(spec(PAIR), { count: 2 }, history, NOW);
    expect(at(values([0, 100], [4, 50])).count).toBe(3);
    expect(at(values([0, 100], [4, 30])).count).toBe(2);
    expect(at(values([0, 100], [5, 0])).count).toBe(3);
    expect(at(values([5, 100])).reason).toBe("steady");
  });

  // "Understand autoscale settings": cooldowns of 60 and 40 minutes; a spike 20 minutes after the scale-in waits for 20 more.
  it("waits for the cooldown of the rule that acted, in both directions", () => {
    const rules = [
      rule("Increase", 70, { cooldownMs: 60 * MINUTE }),
      rule("Decrease", 30, { cooldownMs: 40 * MINUTE }),
    ];
    expect(decided(spec(rules), 3, { [CPU]: 10 }).cooldownMs).toBe(40 * MINUTE);
    expect(decided(spec(rules), 3, { [CPU]: 90 }).cooldownMs).toBe(60 * MINUTE);
    const after = (minutes: number): ScaleState => ({
      count: 2,
      lastAction: { at: NOW - minutes * MINUTE, cooldownMs: 40 * MINUTE },
    });
    expect(outcome(spec(rules), after(20), { [CPU]: 90 })).toEqual([2, "cooldown"]);
    expect(outcome(spec(rules), after(39), { [CPU]: 10 })).toEqual([2, "cooldown"]);
    expect(outcome(spec(rules), after(40), { [CPU]: 90 })).toEqual([3, "scale-out"]);
  });

  it("has the cooldown of the rule that gave the number", () => {
    const rules = [
      rule("Increase", 70, { instances: 1, cooldownMs: 60 * MINUTE }),
      rule("Increase", 60, { instances: 2, cooldownMs: 10 * MINUTE }),
    ];
    expect(decided(spec(rules), 2, { [CPU]: 90 })).toMatchObject({
      cooldownMs: 10 * MINUTE,
      count: 4,
    });
  });
});

describe("limits and missing metrics", () => {
  // "Best practices for autoscale": between 3 and 6, one instance becomes three and eight become six.
  it.each([
    [1, 3],
    [8, 6],
  ])("brings %i instances back to %i, whatever the cooldown", (count, expected) => {
    const state = { count, lastAction: { at: NOW, cooldownMs: MINUTE } };
    expect(outcome(spec(PAIR, { minimum: 3, maximum: 6, default: 3 }), state, {})).toEqual([
      expected,
      "limits",
    ]);
  });

  it("goes up to the default without metrics, and never down to it", () => {
    const limits = { default: 3 };
    expect(outcome(spec(PAIR, limits), 2, {})).toEqual([3, "no-metrics"]);
    expect(outcome(spec(PAIR, limits), 4, {})).toEqual([4, "steady"]);
  });
});

describe("whatever the rules and the load", () => {
  const metric = fc.constantFrom<ScaleMetric>(CPU, LATENCY);
  const anyRule = fc
    .record({
      metric,
      direction: fc.constantFrom<ScaleRule["direction"]>("Increase", "Decrease"),
      threshold: fc.integer({ min: 1, max: 100 }),
      instances: fc.integer({ min: 1, max: 6 }),
      minutes: fc.integer({ min: 1, max: 60 }),
    })
    .map(({ direction, threshold, minutes, ...more }) =>
      rule(direction, threshold, { ...more, cooldownMs: minutes * MINUTE }),
    );
  const anySpec = fc
    .record({
      rules: fc.array(anyRule, { minLength: 1, maxLength: 6 }),
      minimum: fc.integer({ min: 1, max: 5 }),
      room: fc.integer({ min: 1, max: 10 }),
      above: fc.integer({ min: 0, max: 10 }),
    })
    .map(({ rules, minimum, room, above }) =>
      spec(rules, { minimum, maximum: minimum + room, default: minimum + Math.min(above, room) }),
    );
  const load = fc.record({
    [CPU]: fc.integer({ min: 0, max: 100 }),
    [LATENCY]: fc.integer({ min: 0, max: 100 }),
  });
  const count = fc.integer({ min: 1, max: 20 });

  it("stays within the limits", () => {
    fc.assert(
      fc.property(anySpec, count, fc.option(load, { nil: {} }), (wanted, now, values) => {
        const after = decided(wanted, now, values).count;
        expect(after).toBeGreaterThanOrEqual(wanted.minimum);
        expect(after).toBeLessThanOrEqual(wanted.maximum);
      }),
      { numRuns: cases(300, 3000) },
    );
  });

  it("has no fewer instances for a higher load", () => {
    fc.assert(
      fc.property(anySpec, count, load, load, (wanted, now, one, other) => {
        const lower = {
          [CPU]: Math.min(one[CPU], other[CPU]),
          [LATENCY]: Math.min(one[LATENCY], other[LATENCY]),
        };
        const upper = {
          [CPU]: Math.max(one[CPU], other[CPU]),
          [LATENCY]: Math.max(one[LATENCY], other[LATENCY]),
        };
        expect(decided(wanted, now, upper).count).toBeGreaterThanOrEqual(
          decided(wanted, now, lower).count,
        );
      }),
      { numRuns: cases(300, 3000) },
    );
  });

  it("does not scale out again what it has just scaled in, as long as the load stays", () => {
    fc.assert(
      fc.property(anySpec, count, load, (wanted, now, values) => {
        const first = decided(wanted, now, values);
        if (first.reason !== "scale-in") return;
        const spread = (value: number) => (value * now) / first.count;
        const later = { [CPU]: spread(values[CPU]), [LATENCY]: spread(values[LATENCY]) };
        expect(decided(wanted, first.count, later).reason).not.toBe("scale-out");
      }),
      { numRuns: cases(300, 3000) },
    );
  });

  it("changes nothing within a cooldown", () => {
    fc.assert(
      fc.property(anySpec, load, fc.integer({ min: 0, max: 59 }), (wanted, values, minutes) => {
        const lastAction = { at: NOW - minutes * MINUTE, cooldownMs: 60 * MINUTE };
        const state = { count: wanted.minimum, lastAction };
        expect(decided(wanted, state, values)).toMatchObject({
          count: wanted.minimum,
          reason: "cooldown",
        });
      }),
      { numRuns: cases(100, 1000) },
    );
  });
});
