import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import type { Gate, RolloutStep } from "../../config/rollout";
import { judge } from "../../rollout/analysis";
import type { Compared } from "../../rollout/window";
import { differenceResult } from "../../rollout/differenceLimit";
import { stoppedAfter, type Seen } from "../../statistics/canarySimulation";
import { randomFrom } from "../../statistics/random";
import { both, FORMER, GATE, metrics, PLAN, Workbench } from "./harness";

/**
 * What a gate makes of answers that were compared. Does not prove that the router compares them: that is
 * tests/local/endpoint/comparison.test.ts, and both together tests/canary.
 */

const RULES = { absoluteTolerance: 0.1, relativeTolerance: 0, ignore: ["model"] };
const NONE = {
  canary: { requests: 0, errors: 0, byStatus: {} },
  old: { requests: 0, errors: 0 },
};
const MIRROR: RolloutStep = { ...PLAN.steps[0], gate: { ...GATE, maxDifferentPercent: 1 } };

function compared(pairs: number, different: number, uncompared = 0): Compared {
  const fields: [string, number][] =
    different === 0
      ? []
      : [
          ["$.predictions[*].p", different],
          ["$.unit", 1],
        ];
  return { compared: pairs, different, uncompared, fields };
}

function verdict(comparison: Compared | undefined, gate: Partial<Gate> = {}) {
  const canary = both(metrics(1000));
  const window = new Map([
    ["green", { ...canary, ...(comparison === undefined ? {} : { comparison }) }],
    ["blue", canary],
  ]);
  const step = { ...MIRROR, gate: { ...MIRROR.gate, ...gate } };
  return judge(step, "green", { blue: 100 }, window, { falseAlarm: 0.05, falsePass: 0.05 });
}

describe("the limit on differing answers", () => {
  it("is exceeded when more differ than chance explains, and names where", () => {
    expect(verdict(compared(400, 20))).toMatchObject({
      kind: "breach",
      reasons: [
        "20 of 400 answers differ (5 %) between green and the old deployments, more than maxDifferentPercent 1 " +
          "(most often $.predictions[*].p: 20, $.unit: 1)",
      ],
      comparison: compared(400, 20),
    });
  });

  it("is not by a few, and none may differ where it is 0", () => {
    expect(verdict(compared(400, 6)).kind).toBe("passed");
    expect(verdict(compared(400, 1), { maxDifferentPercent: 0 }).kind).toBe("breach");
    expect(verdict(compared(400, 0), { maxDifferentPercent: 0 }).kind).toBe("passed");
    expect(verdict(compared(400, 400), { maxDifferentPercent: 100 }).kind).toBe("passed");
  });

  it("gets its part of the risk, as every other limit", () => {
    const needed = verdict(compared(400, 6)).limits.map((one) => [one.limit, one.needed]);
    // 0.05 over three limits; nine tenths of a limit on errors, half of one on a ratio is for the old p95.
    expect(needed).toEqual([
      ["maxErrorPercent", 66.7],
      ["maxP95Ratio", 120],
      ["maxDifferentPercent", 60],
    ]);
  });

  it("raises no more false alarms than its part of the risk, looked at after every pair", () => {
    const random = randomFrom(11);
    const [rollouts, risk, limit] = [1000, 0.05, 1];
    const stopped = (percent: number) => {
      let count = 0;
      for (let rollout = 0; rollout < rollouts; rollout += 1) {
        const isStopped = ({ requests, errors }: Seen) =>
          differenceResult(
            "green",
            { ...NONE, comparison: compared(requests, errors) },
            limit,
            risk,
          ).breach !== undefined;
        const step = { requests: 5000, canaryRate: percent / 100, oldRate: 0 };
        if (stoppedAfter(step, isStopped, random) !== undefined) count += 1;
      }
      return count / rollouts;
    };
    for (const percent of [0.2, 0.5, 0.9, 1]) expect(stopped(percent)).toBeLessThanOrEqual(risk);
    for (const percent of [3, 5]) expect(stopped(percent)).toBe(1);
  });

  it("does not let a step pass while hardly an answer could be compared", () => {
    expect(verdict(compared(99, 0, 901))).toMatchObject({
      kind: "inconclusive",
      reasons: ["99 answers of green could be compared, and minRequests is 100"],
    });
  });

  it("is proven, with how many more it takes, by compared answers alone", () => {
    const proven = { passWhen: "proven", maxErrorPercent: 100, maxP95Ratio: 100 } as const;
    expect(verdict(compared(1000, 0), proven).kind).toBe("passed");
    const { kind, reasons } = verdict(compared(200, 0), proven);
    expect(kind).toBe("inconclusive");
    expect(reasons[0]).toMatch(
      /do not show yet that green keeps maxDifferentPercent 1; about \d+ more requests like these would/,
    );
  });

  it("is said not to be checked where nobody gets the answers", () => {
    const { notes, comparison } = verdict(undefined);
    expect(notes).toEqual([
      "maxDifferentPercent is not checked: nobody gets the answers to mirrored requests here",
    ]);
    expect(comparison).toBeUndefined();
  });
});

describe("a rollout whose mirrored step compares answers", () => {
  let bench: Workbench;
  let differing = 0;
  beforeEach(() => {
    bench = new Workbench();
    differing = 0;
    const { smoke } = bench.plan ?? { smoke: "" };
    const parity = { ...RULES, requests: bench.folder, maxDifferentPercent: 0 };
    bench.plan = { ...PLAN, steps: [MIRROR, ...PLAN.steps.slice(1)], smoke, parity };
    const { window } = bench;
    bench.window = (seconds) => {
      const seen = new Map(window(seconds));
      const pairs = Math.floor(seconds);
      const comparison = compared(pairs, Math.floor(pairs * differing));
      return seen.set("green", { ...both(metrics(pairs)), comparison });
    };
  });
  afterEach(() => {
    bench.remove();
  });

  it("has them compared by the rules of the recorded requests, in that step alone", async () => {
    expect(await bench.start()).toBeUndefined();
    expect(bench.rules).toEqual(RULES);
    expect(await bench.advance()).toBeUndefined();
    expect(bench.rules).toBeUndefined();
    expect(bench.events().at(-1)).toBe("done 2");
  });

  it("goes on to compare after the endpoint was started again", async () => {
    await bench.start();
    bench.onSleep = () => {
      bench.rules = undefined;
      bench.onSleep = () => {
        seen.push(bench.rules);
      };
    };
    const seen: unknown[] = [];
    await bench.advance();
    expect(seen[0]).toEqual(RULES);
  });

  it("ends before the canary gets its first request, and the record has counts and names alone", async () => {
    await bench.start();
    differing = 0.1;
    expect((await bench.advance())?.message).toMatch(
      /^step 1 of 3 .* failed its gate: \d+ of \d+ answers differ \(10 %\) between green and the old deployments/,
    );
    expect(bench.live()).toEqual(FORMER);
    expect(bench.rules).toBeUndefined();
    const analysis = bench.lines().flatMap((line) => ("analysis" in line ? [line.analysis] : []));
    expect(analysis).toMatchObject([
      {
        comparison: {
          fields: [
            ["$.predictions[*].p", expect.any(Number)],
            ["$.unit", 1],
          ],
        },
      },
    ]);
  });

  it("is shown by status with the most frequent fields, in 80 columns", async () => {
    await bench.start();
    expect(await bench.explained()).toContain("\nCompared: no answers yet.\n");
    const window = bench.window;
    const long = `$.${"x".repeat(190)}`;
    bench.window = (seconds) => {
      const comparison = compared(400, 3, 2);
      comparison.fields.unshift([long, 123]);
      for (const name of "abcd") comparison.fields.push([`$.${name}`, 1]);
      return new Map(window(seconds)).set("green", { ...both(metrics(400)), comparison });
    };
    bench.time += 60_000;
    const text = await bench.explained();
    const from = text.indexOf("Compared: ");
    const lines = text.slice(from, text.indexOf("\nGate:")).split("\n");
    expect(lines).toEqual([
      "Compared: 3 of 400 answers differ (0.75 %), 2 not comparable.",
      `    123  ${long.slice(0, 70)}…`,
      "      3  $.predictions[*].p",
      "      1  $.unit",
      "      1  $.a",
      "      1  $.b",
      "         and 2 more fields",
    ]);
    expect(Math.max(...lines.map(({ length }) => length))).toBeLessThanOrEqual(80);
  });
});
