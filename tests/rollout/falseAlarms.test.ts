import { describe, expect, it } from "@jest/globals";
import type { RolloutStep } from "../../config/rollout";
import { requestsIn } from "../../config/rolloutReach";
import { judge } from "../../rollout/analysis";
import { limitsOf } from "../../rollout/limitTests";
import { isStopped } from "../../rollout/plan";
import type { Latency, WindowMetrics } from "../../rollout/window";
import { shareOf } from "../../rollout/sample";
import { stoppedAfter } from "../../statistics/canarySimulation";
import { randomFrom, trialsToHit, type Random } from "../../statistics/random";
import { windowRisk } from "../../statistics/risk";
import { cases } from "../thorough";
import { logBinomial } from "../statistics/exact";
import { GATE } from "./harness";

/**
 * How often a gate stops a rollout of a canary within its limits, and after how many requests one beyond them; looked at
 * every request. With --all the whole table, otherwise fewer rollouts. Does not prove that requests fail independently of each other.
 */

const LIMIT = 0.01;
const RISK = 0.05;
/** MLSCORE_ROLLOUTS=10000, with --all, prints the table of decision 29; it takes ten minutes. */
const ROLLOUTS = Number(process.env["MLSCORE_ROLLOUTS"] ?? cases(40, 1000));
/** The sandbox's own steps, each with the canary's requests at ten a second in all. */
const PER_SECOND = 10;
const gate = { ...GATE, maxErrorPercent: 100 * LIMIT, maxP95Ms: 2500 };
const STEPS: RolloutStep[] = [
  { kind: "mirror", percent: 10, dwellSeconds: 600, gate },
  { kind: "live", percent: 1, dwellSeconds: 1800, gate: { ...gate, minRequests: 20 } },
  { kind: "live", percent: 10, dwellSeconds: 1800, gate },
  { kind: "live", percent: 50, dwellSeconds: 1800, gate },
  { kind: "live", percent: 100, dwellSeconds: 3600, gate },
];
const requestsOf = (step: RolloutStep) => requestsIn(step, step.dwellSeconds, PER_SECOND);
const ALL = STEPS.reduce((sum, step) => sum + requestsOf(step), 0);

/** The risk of each step's limits. */
const riskIn = (step: RolloutStep) => windowRisk(RISK, STEPS.length, 1) / limitsOf(step).length;

/** Requests of a whole rollout until it is stopped; undefined where it is not. */
function stopOf(canaryRate: number, oldRate: number, random: Random): number | undefined {
  let before = 0;
  for (const step of STEPS) {
    const share = shareOf(step);
    const simulated = {
      requests: requestsOf(step),
      canaryRate,
      oldRate,
      ...(share === undefined ? {} : { share }),
    };
    const after = stoppedAfter(simulated, (seen) => isStopped(step, seen, riskIn(step)), random);
    if (after !== undefined) return before + after;
    before += simulated.requests;
  }
  return undefined;
}

/** The gate of before: stops at the first look, every 20 requests, at which more than the limit have failed. */
function formerStopOf(rate: number, random: Random): number | undefined {
  let before = 0;
  for (const step of STEPS) {
    const requests = requestsOf(step);
    let errors = 0;
    let next = trialsToHit(rate, random);
    for (let look = 20; look <= requests; look += 20) {
      for (; next <= look; next += trialsToHit(rate, random)) errors += 1;
      if (look >= step.gate.minRequests && errors / look > LIMIT) return before + look;
    }
    before += requests;
  }
  return undefined;
}

/** Requests of a test with one look at its end, which finds the rate with such a chance at the same risk. */
function fixedSample(rate: number, power: number): number {
  const tail = (requests: number, chance: number, from: number) =>
    logBinomial(requests, chance)
      .slice(from)
      .reduce((sum, log) => sum + Math.exp(log), 0);
  for (let requests = 10; ; requests += 10) {
    let critical = Math.floor(requests * LIMIT);
    while (tail(requests, LIMIT, critical) > RISK) critical += 1;
    if (tail(requests, rate, critical) >= power) return requests;
  }
}

const runs = (one: (random: Random) => number | undefined, seed: number, count = ROLLOUTS) => {
  const random = randomFrom(seed);
  return Array.from({ length: count }, () => one(random));
};
const stopped = (all: readonly (number | undefined)[]) =>
  all.filter((after) => after !== undefined).length;
function median(all: readonly (number | undefined)[]): number {
  const sorted = all.map((one) => one ?? Number.POSITIVE_INFINITY).sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}
const print = (text: string) => process.stderr.write(`${text}\n`);
const percent = (count: number) => `${((100 * count) / ROLLOUTS).toFixed(2)} %`;

describe("a gate on errors, at every request of a whole rollout", () => {
  it.each([0.2, 0.5, 0.9, 1])("stops hardly any canary at %d of the limit", (part) => {
    const rate = part * LIMIT;
    const alike = stopped(runs((random) => stopOf(rate, rate, random), 1));
    // The old deployments fail more often than the limit alone would let pass: only the canary's own limit is tested.
    const alone = stopped(runs((random) => stopOf(rate, 0, random), 2));
    const former = stopped(runs((random) => formerStopOf(rate, random), 3));
    print(
      `${ROLLOUTS} rollouts of ${ALL} requests at ${part} of the limit: ${percent(alike)} stopped, ${percent(alone)} beside old deployments without errors; the former gate ${percent(former)}`,
    );
    expect(alike / ROLLOUTS).toBeLessThanOrEqual(RISK);
    expect(alone / ROLLOUTS).toBeLessThanOrEqual(RISK);
  });

  it.each([2, 10])(
    "stops hardly any canary that fails %d times as often as the limit, and the old deployments too",
    (times) => {
      // Where nothing else has requests, the limit alone decides; that step is not asked here.
      const compared = (random: Random) => {
        for (const step of STEPS.slice(0, -1)) {
          const rate = times * LIMIT;
          const share = shareOf(step) ?? 1;
          const simulated = { requests: requestsOf(step), canaryRate: rate, oldRate: rate, share };
          const after = stoppedAfter(
            simulated,
            (seen) => isStopped(step, seen, riskIn(step)),
            random,
          );
          if (after !== undefined) return after;
        }
        return undefined;
      };
      const some = ROLLOUTS / 10;
      const alarms = stopped(runs(compared, 4, some));
      print(
        `${some} rollouts at ${times} times the limit, as the old deployments: ${alarms} stopped`,
      );
      expect(alarms / some).toBeLessThanOrEqual(RISK);
    },
  );

  it.each([2, 3, 5])("finds every canary at %d times the limit", (times) => {
    const rate = times * LIMIT;
    const found = runs((random) => stopOf(rate, 0.2 * LIMIT, random), 5);
    const former = runs((random) => formerStopOf(rate, random), 6);
    const fixed = cases(0, 1) === 0 ? [] : [0.5, 0.95].map((power) => fixedSample(rate, power));
    print(
      `at ${times} times the limit: ${percent(stopped(found))} found, after ${median(found)} requests in the median; the former gate after ${median(former)}; with one look at the end, for half and for 95 % of them: ${fixed.join(" and ")}`,
    );
    expect(stopped(found)).toBe(ROLLOUTS);
  });
});

describe("a gate on latency", () => {
  const WINDOWS = cases(10, 100);
  const step: RolloutStep = {
    ...{ kind: "live", percent: 50, dwellSeconds: 600 },
    gate: { ...GATE, maxErrorPercent: 100 },
  };
  const risks = { falseAlarm: RISK, falsePass: RISK };
  /** Buckets of the old deployments' requests: one up to their p95, and fine ones above it. */
  const edges = [0, ...Array.from({ length: 15 }, (_, index) => 200 * 1.05 ** index)];

  /** So many requests at the same time to both; the verdict at each hundredth, until one stops or all have come. */
  function verdictOf(slowRate: number, random: Random) {
    const none = edges.slice(1).map(() => 0);
    const counts = { canary: [...none], old: [...none] };
    const metricsOf = (all: readonly number[], scale: number): WindowMetrics => {
      const buckets = all.map((count, index) => ({
        from: (edges[index] ?? 0) * scale,
        to: (edges[index + 1] ?? 0) * scale,
        count,
      }));
      const latency: Latency = { kind: "histogram", buckets };
      const requests = all.reduce((sum, count) => sum + count, 0);
      return { requests, errors: 0, byStatus: { "200": requests }, p95Ms: 1, latency };
    };
    const add = (to: number[], slow: number) => {
      const at = random() < slow ? 1 + Math.floor(random() * (none.length - 1)) : 0;
      to[at] = (to[at] ?? 0) + 1;
    };
    for (let request = 1; request <= 3000; request += 1) {
      add(counts.canary, slowRate);
      add(counts.old, 0.05);
      if (request % 100 > 0) continue;
      const window = new Map([
        // Scaled by the ratio: as slow as it may just be.
        ["green", { live: metricsOf(counts.canary, 1.5), mirrored: metricsOf([], 1) }],
        ["blue", { live: metricsOf(counts.old, 1), mirrored: metricsOf([], 1) }],
      ]);
      const verdict = judge(step, "green", { blue: 100, green: 0 }, window, risks);
      if (verdict.kind === "breach") return { kind: "breach", request };
    }
    return { kind: "passed", request: 3000 };
  }

  it("stops hardly any canary whose p95 is just what it may be, and each that is often above", () => {
    const random = randomFrom(7);
    const breaches = (slowRate: number) =>
      Array.from({ length: WINDOWS }, () => verdictOf(slowRate, random)).filter(
        ({ kind }) => kind === "breach",
      ).length;
    const alarms = breaches(0.05);
    print(`${WINDOWS} windows of 3000 requests with just the p95 allowed: ${alarms} stopped`);
    expect(alarms / WINDOWS).toBeLessThanOrEqual(RISK);
    expect(breaches(0.15)).toBe(WINDOWS);
  });
});
