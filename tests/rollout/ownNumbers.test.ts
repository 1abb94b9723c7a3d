import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import type { OwnMetric } from "../../config/ownMetrics";
import type { RolloutStep } from "../../config/rollout";
import { judge } from "../../rollout/analysis";
import { forecast } from "../../rollout/plan";
import { QueryFailure } from "../../rollout/querySources";
import type { OwnNumber } from "../../rollout/ownNumbers";
import { randomFrom } from "../../statistics/random";
import { cases } from "../thorough";
import { both, FORMER, GATE, metrics, PLAN, Workbench } from "./harness";

/** Limits on numbers that a team counts itself. Does not prove that its queries count what it means. */

const HIGH: OwnMetric = {
  name: "high-flow",
  language: "promql",
  hits: "high {deployment} {seconds}",
  total: "all {deployment} {endpoint} {from}",
  maxRatio: 1.5,
  minRatio: 0.5,
};
const STALE: OwnMetric = { ...HIGH, name: "stale", language: "kql", maxPercent: 5 };
const { maxRatio: _max, minRatio: _min, ...STALE_ALONE } = STALE;

const LIVE: RolloutStep = { kind: "live", percent: 10, dwellSeconds: 600, gate: GATE };
const counts = (hits: number, trials: number) => ({ hits, trials });

function verdict(own: readonly OwnNumber[], changes: Partial<RolloutStep> = {}) {
  const window = new Map([
    ["green", both(metrics(1000))],
    ["blue", both(metrics(9000))],
  ]);
  const risks = { falseAlarm: 0.05, falsePass: 0.05 };
  return judge({ ...LIVE, ...changes }, "green", { blue: 100 }, window, risks, own);
}

describe("the limits of an own metric", () => {
  const high = (canary: OwnNumber["canary"], old: OwnNumber["old"]): OwnNumber => ({
    metric: HIGH,
    ...(canary === undefined ? {} : { canary }),
    ...(old === undefined ? {} : { old }),
  });

  it("are kept by a canary that is like the old deployments", () => {
    const { kind, limits, own } = verdict([high(counts(40, 1000), counts(350, 9000))]);
    expect(kind).toBe("passed");
    expect(limits.map(({ limit }) => limit)).toEqual([
      "maxErrorPercent",
      "maxP95Ratio",
      "high-flow maxRatio",
      "high-flow minRatio",
    ]);
    expect(own).toHaveLength(1);
  });

  it("are exceeded by one that has clearly more, or clearly less", () => {
    expect(verdict([high(counts(120, 1000), counts(360, 9000))]).reasons).toEqual([
      "high-flow of green is 12 % of 1000, of the old deployments 4 % of 9000, more than high-flow maxRatio 1.5",
    ]);
    expect(verdict([high(counts(2, 1000), counts(360, 9000))]).reasons).toEqual([
      "high-flow of green is 0.2 % of 1000, of the old deployments 4 % of 9000, less than high-flow minRatio 0.5",
    ]);
  });

  it("compare with the old deployments in the same time: a flood for all is no difference", () => {
    expect(verdict([high(counts(900, 1000), counts(8100, 9000))]).kind).toBe("passed");
  });

  it("are a percentage where that is asked for", () => {
    const metric = STALE_ALONE;
    expect(
      verdict([{ metric, canary: counts(100, 1000), old: counts(900, 9000) }]).reasons,
    ).toEqual([
      "stale of green is 10 % of 1000, of the old deployments 10 % of 9000, more than stale maxPercent 5",
    ]);
    expect(verdict([{ metric, canary: counts(60, 1000) }]).kind).toBe("passed");
  });

  it.each<[string, Partial<OwnNumber>, string]>([
    ["the query failed", { problem: "hits of green: no data" }, "hits of green: no data"],
    [
      "the canary counted nothing",
      { canary: counts(0, 0), old: counts(1, 9) },
      "total of green is 0",
    ],
    [
      "the old ones counted nothing",
      { canary: counts(1, 9), old: counts(0, 0) },
      "total of the old deployments is 0",
    ],
  ])("are never good when %s", (_what, number, why) => {
    for (const gate of [GATE, { ...GATE, passWhen: "proven" as const }]) {
      const { kind, reasons } = verdict([{ metric: HIGH, ...number }], { gate });
      expect(kind).toBe("inconclusive");
      expect(reasons).toContain(`high-flow is not known: ${why}`);
    }
  });

  it("do not hide what other limits show", () => {
    const window = new Map([["green", both(metrics(1000, 500))]]);
    const own: OwnNumber[] = [{ metric: HIGH, problem: "no data" }];
    const risks = { falseAlarm: 0.05, falsePass: 0.05 };
    expect(judge(LIVE, "green", { blue: 100 }, window, risks, own).kind).toBe("breach");
  });

  it("are said not to be checked where nothing answers such a query", () => {
    const proven = {
      gate: { ...GATE, maxErrorPercent: 100, maxP95Ratio: 100, passWhen: "proven" },
    } as const;
    const { kind, notes } = verdict([{ metric: HIGH, isUnavailable: true }], proven);
    expect(kind).toBe("passed");
    expect(notes).toEqual(["high-flow is not checked: nothing here answers promql"]);
  });

  it("must be shown to be kept in a step that is to be proven", () => {
    const gate = { ...GATE, maxErrorPercent: 100, maxP95Ratio: 100, passWhen: "proven" } as const;
    expect(verdict([high(counts(40, 1000), counts(360, 9000))], { gate }).reasons).toEqual([
      expect.stringMatching(
        /^1000 requests do not show yet that green keeps high-flow maxRatio 1.5; about \d+ more requests like these would$/,
      ),
    ]);
    expect(verdict([high(counts(4000, 100_000), counts(36_000, 900_000))], { gate }).kind).toBe(
      "passed",
    );
  });

  it("are not compared where the old deployments get no requests", () => {
    const { limits } = verdict([high(counts(40, 1000), undefined)], { percent: 100 });
    expect(limits.map(({ limit }) => limit)).toEqual(["maxErrorPercent"]);
  });

  it("are a part of the risk that a plan is simulated with", () => {
    const plan = { ...PLAN, smoke: "/smoke.json" };
    const strict = { ...PLAN.steps[1], gate: { ...GATE, maxErrorPercent: 5 } };
    const alone = forecast({ ...plan, steps: [strict] }, 50, 500)[0]?.findsPercent ?? 0;
    const many = Array.from({ length: 200 }, (_, index) => ({ ...HIGH, name: `m${index}` }));
    const shared = forecast({ ...plan, steps: [strict], metrics: many }, 50, 500)[0]?.findsPercent;
    expect(shared).toBeGreaterThanOrEqual(alone);
  });

  it("raise no more false alarms than the risk, looked at after every request, while the share changes", () => {
    const random = randomFrom(7);
    const rollouts = cases(100, 3000);
    let alarms = 0;
    for (let rollout = 0; rollout < rollouts; rollout += 1) {
      const seen = { canary: counts(0, 0), old: counts(0, 0) };
      for (let request = 0; request < 2000; request += 1) {
        const which = random() < 0.1 ? "canary" : "old";
        // A flood in the middle; the canary is at its limit of the old deployments' share.
        const rate = request > 800 && request < 1400 ? 0.5 : 0.02;
        seen[which].trials += 1;
        if (random() < (which === "canary" ? 1.5 * rate : rate)) seen[which].hits += 1;
        if (which === "old" || request % 5 !== 0) continue;
        const { limits } = verdict([high({ ...seen.canary }, { ...seen.old })]);
        if (limits.some(({ breach, limit }) => breach !== undefined && limit.startsWith("high"))) {
          alarms += 1;
          break;
        }
      }
    }
    expect(alarms / rollouts).toBeLessThanOrEqual(0.05);
  });
});

describe("a rollout with own metrics", () => {
  let bench: Workbench;
  let asked: string[] = [];
  let answer: (query: string) => number;
  beforeEach(() => {
    bench = new Workbench();
    asked = [];
    answer = (query) => (query.startsWith("high") ? 10 : query.includes("green") ? 100 : 900);
    const source = {
      ask: (query: string) => {
        asked.push(query);
        return Promise.resolve().then(() => answer(query));
      },
    };
    bench.queries = { promql: source };
    if (bench.plan !== undefined) {
      bench.plan = { ...bench.plan, steps: PLAN.steps.slice(1), metrics: [HIGH, STALE_ALONE] };
    }
  });
  afterEach(() => {
    bench.remove();
  });

  it("asks about each deployment with requests, in the time of the step", async () => {
    await bench.start();
    const from = new Date(bench.time).toISOString();
    bench.time += 90_000;
    const text = await bench.explained();
    expect(asked.toSorted()).toEqual(
      ["blue", "green", "red"]
        .flatMap((name) => [`high ${name} 90`, `all ${name} flood ${from}`])
        .toSorted(),
    );
    expect(text).toContain(
      "high-flow of green is 10 % of 100, of the old deployments 1.11 % of 1800.",
    );
    expect(text).toContain("stale is not checked: nothing here answers kql");
  });

  it("does not pass while a number is unknown, and says which", async () => {
    await bench.start();
    answer = () => {
      throw new QueryFailure("no data");
    };
    expect((await bench.advance())?.message).toMatch(
      /is inconclusive: high-flow is not known: (?:hits|total) of green: no data/,
    );
    expect(bench.events().at(-1)).toBe("stopped");
    expect(bench.lines().at(-1)).toMatchObject({
      analysis: { own: [{ name: "high-flow", problem: expect.any(String) }, { name: "stale" }] },
    });
  });

  it.each([
    [5, 4, "hits of green are 5, and its total is 4"],
    [-1, 4, "hits of green are -1, and its total is 4"],
  ])("does not believe %d of %d", async (hits, total, why) => {
    await bench.start();
    answer = (query) => (query.startsWith("high") ? hits : total);
    expect((await bench.advance())?.message).toContain(`high-flow is not known: ${why}`);
  });

  it("rolls back by them, and keeps the metrics that it was started with", async () => {
    answer = (query) => {
      const isCanary = query.includes("green");
      if (query.startsWith("high")) return isCanary ? 300 : 10;
      return isCanary ? 1000 : 4500;
    };
    await bench.start();
    if (bench.plan !== undefined) bench.plan = { ...bench.plan, metrics: [] };
    expect((await bench.advance())?.message).toMatch(/more than high-flow maxRatio 1.5/);
    expect(bench.live()).toEqual(FORMER);
  });
});
