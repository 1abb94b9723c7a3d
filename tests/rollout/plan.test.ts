import { describe, expect, it, jest } from "@jest/globals";
import type { Report } from "../../config/azureml/issues";
import type { RolloutPlan, RolloutStep } from "../../config/rollout";
import { checkRolloutReach, requestsNeeded } from "../../config/rolloutReach";
import { isErrorLimitKept } from "../../rollout/errorLimit";
import { forecast, planText } from "../../rollout/plan";
import { GATE, PLAN } from "./harness";

/** What a plan can do at a rate of requests. Does not prove that requests fail independently of each other. */

const plan = (steps: readonly Partial<RolloutStep>[]): RolloutPlan => ({
  confidence: 95,
  smoke: "/smoke.json",
  steps: steps.map((step) => ({
    kind: "live",
    percent: 10,
    dwellSeconds: 600,
    gate: GATE,
    ...step,
  })),
});
const proven = (maxErrorPercent: number): RolloutStep => ({
  kind: "live",
  percent: 100,
  dwellSeconds: 600,
  gate: { ...GATE, minRequests: 1, maxErrorPercent, passWhen: "proven" },
});

describe("requests that a healthy canary needs", () => {
  it("are minRequests where nothing has to be proven", () => {
    expect(requestsNeeded({ ...proven(1), gate: GATE }, 95)).toBe(100);
    for (const limit of [0, 100]) expect(requestsNeeded(proven(limit), 95)).toBe(1);
  });

  it("are more where a small part of differing answers must be excluded as well", () => {
    const step: RolloutStep = { ...proven(5), kind: "mirror", percent: 10 };
    const strict = { ...step, gate: { ...step.gate, maxDifferentPercent: 1 } };
    expect(requestsNeeded(strict, 95)).toBe(requestsNeeded(proven(1), 95));
    const loose = { ...step, gate: { ...step.gate, maxDifferentPercent: 50 } };
    expect(requestsNeeded(loose, 95)).toBe(requestsNeeded(proven(5), 95));
  });

  it.each([0.1, 1, 5, 20, 50])(
    "are as many as the gate needs to show a limit of %d %%",
    (limit) => {
      const needed = requestsNeeded(proven(limit), 95);
      const isKept = (requests: number) =>
        isErrorLimitKept(
          { canary: { requests, errors: 0, byStatus: {} }, old: { requests: 0, errors: 0 } },
          limit,
          0.05,
        );
      expect([isKept(needed), isKept(needed - 1)]).toEqual([true, false]);
    },
  );
});

describe("a plan at a rate of requests", () => {
  it("is simulated step by step, the same every time", () => {
    const [mirror, live, all] = forecast({ ...PLAN, smoke: "/smoke.json" }, 20, 200);
    expect([mirror, live, all].map((step) => step?.requests)).toEqual([1200, 1200, 12_000]);
    expect(mirror).toMatchObject({ passesAfterSeconds: 600, falseAlarmPercent: 0 });
    // The risk that the plan gives to this limit of this step is 1.5 %.
    expect(all).toMatchObject({ passesAfterSeconds: 600, falseAlarmPercent: 0.5 });
    expect(forecast({ ...PLAN, smoke: "/smoke.json" }, 20, 200)).toEqual([mirror, live, all]);
    // More requests find smaller differences.
    expect(all?.findsPercent).toBeLessThan(live?.findsPercent ?? 0);
  });

  it("is simulated of differing answers too where a step compares them", () => {
    const gate = { ...GATE, maxDifferentPercent: 1 };
    const [mirror] = forecast(plan([{ kind: "mirror", gate }, { percent: 100 }]), 20, 200);
    // 1,200 pairs with a part of 0.8 % of the risk.
    expect(mirror?.falseAlarmPercent).toBeLessThan(2);
    expect(mirror?.findsDifferentPercent).toBeGreaterThan(1);
    expect(mirror?.findsDifferentPercent).toBeLessThan(5);
    const exact = forecast(
      plan([{ kind: "mirror", gate: { ...gate, maxDifferentPercent: 0 } }]),
      20,
    );
    expect(exact[0]).toMatchObject({ falseAlarmPercent: 0, findsDifferentPercent: 0.125 });
    expect(planText(exact, 20)).toContain(
      "\nstep 1 compares answers, and finds 0.13 % of differing answers in the same way",
    );
    expect(forecast(plan([{}]), 20, 1)[0]).not.toHaveProperty("findsDifferentPercent");
  });

  it("waits up to twice the time of a step, and then never passes", () => {
    // minRequests is 100, and 10 % for ten minutes are 60 for each request a second.
    const after = (perSecond: number) =>
      forecast(plan([{}]), perSecond, 1)[0]?.passesAfterSeconds?.toFixed(0);
    expect([2, 1, 0.84, 0.83].map(after)).toEqual(["600", "1000", "1190", undefined]);
  });

  it("finds nothing where hardly a request comes", () => {
    expect(forecast(plan([{}]), 0.01, 50)[0]).not.toHaveProperty("findsPercent");
  });

  it("is a table of 80 columns with what is wrong below it", () => {
    const some = plan([{ kind: "mirror" }, {}, { percent: 100 }]);
    const text = planText(forecast(some, 0.5, 20), 0.5);
    const lines = text.split("\n");
    expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(80);
    expect(lines.filter((line) => line.includes("│ never"))).toHaveLength(2);
    expect(lines.slice(-4)).toEqual([
      "warning: step 1 needs 100 requests to the canary and gets 60 in twice its time:",
      "  it would end as inconclusive",
      "warning: step 2 needs 100 requests to the canary and gets 60 in twice its time:",
      "  it would end as inconclusive",
    ]);
  });
});

describe("a plan with requestsPerSecond in the settings", () => {
  function warnings(requestsPerSecond: number | undefined): unknown[][] {
    const warning = jest.fn<Report["warning"]>();
    const report = { warning } as unknown as Report;
    const some = plan([{}, { percent: 100 }]);
    checkRolloutReach(
      { ...some, ...(requestsPerSecond === undefined ? {} : { requestsPerSecond }) },
      report,
    );
    return warning.mock.calls;
  }

  it("is warned of at the step that gets too few", () => {
    expect(warnings(0.5)).toEqual([
      [
        ["rollout", "steps", 0],
        "gives the canary 60 requests in twice its time at 0.5 requests a second, and needs 100: " +
          "it would end as inconclusive. Raise dwellSeconds or percent, or lower what its gate asks for",
      ],
    ]);
  });

  it("is warned of where there are too few sampled requests, whatever comes to the endpoint", () => {
    const warning = jest.fn<Report["warning"]>();
    const of = (requests: number): RolloutPlan =>
      plan([{ kind: "shadow", percent: 0, replay: { perSecond: 1, requests } }, { percent: 100 }]);
    checkRolloutReach(of(100), { warning } as unknown as Report);
    expect(warning.mock.calls).toEqual([]);
    checkRolloutReach(of(99), { warning } as unknown as Report);
    expect(warning.mock.calls).toEqual([
      [
        ["rollout", "steps", 0],
        "sends 99 of 99 sampled requests in twice its time at 1 a second, and needs 100: it would end as inconclusive. " +
          "Put more files into samples, raise dwellSeconds or shadow, or lower what its gate asks for",
      ],
    ]);
  });

  it("is not where enough come, or nothing is known of them", () => {
    expect(warnings(1)).toEqual([]);
    expect(warnings(undefined)).toEqual([]);
  });
});
