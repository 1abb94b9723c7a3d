import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import type { Gate, RolloutStep } from "../../config/rollout";
import { canaryHealth, judge } from "../../rollout/analysis";
import type { DeploymentWindow, Latency, WindowMetrics } from "../../rollout/window";
import { totalsOf } from "../../rollout/window";
import type { LiveEndpoint } from "../../traffic/liveEndpoint";
import { both, GATE, metrics } from "./harness";

/** Does not prove that the limits that people write are good ones; how often a gate is wrong is in falseAlarms.test.ts. */

const BASELINE = { blue: 90, red: 10, green: 0 };
const RISKS = { falseAlarm: 0.05, falsePass: 0.05 };

interface Others {
  readonly gate?: Partial<Gate>;
  readonly kind?: RolloutStep["kind"];
  readonly percent?: number;
  readonly blue?: DeploymentWindow;
  readonly red?: DeploymentWindow;
}

function verdict(
  canary: DeploymentWindow,
  {
    gate = {},
    kind = "live",
    percent = 10,
    blue = both(metrics(1000)),
    red = both(metrics(0)),
  }: Others = {},
) {
  const step: RolloutStep = { kind, percent, dwellSeconds: 60, gate: { ...GATE, ...gate } };
  const window = new Map(Object.entries({ green: canary, blue, red }));
  return judge(step, "green", BASELINE, window, RISKS);
}

/** So many requests that were fast, and so many that were slow. */
function slow(fast: number, slowOnes: number, slowMs = 1000): WindowMetrics {
  const buckets = [
    { from: 95, to: 100, count: fast },
    { from: slowMs / 1.05, to: slowMs, count: slowOnes },
  ];
  const latency = { kind: "histogram", buckets } as const;
  return { ...metrics(fast + slowOnes), p95Ms: slowOnes * 20 > fast ? slowMs : 100, latency };
}

/** A p95 for each minute. */
function minutes(requests: number, ...p95s: number[]): WindowMetrics {
  const latency: Latency = {
    kind: "minutes",
    minutes: new Map(p95s.map((p95Ms, minute) => [`12:${minute}`, { p95Ms, requests }])),
  };
  return { ...metrics(requests * p95s.length), latency };
}

const NO_LIMIT_ON_ERRORS = { maxErrorPercent: 100 };

describe("a gate", () => {
  it("passes what exceeds no limit", () => {
    const canary = metrics(100, 1, 150);
    expect(verdict(both(canary))).toEqual({
      kind: "passed",
      reasons: [],
      notes: [],
      limits: [
        {
          limit: "maxErrorPercent",
          eValue: expect.any(Number) as unknown,
          needed: 44.4,
          isShown: false,
        },
        {
          limit: "maxP95Ratio",
          eValue: expect.any(Number) as unknown,
          needed: 80,
          isShown: false,
        },
      ],
      canary: totalsOf(canary),
      old: { requests: 1000, errors: 0, p95Ms: 100 },
    });
  });

  it("passes nothing below minRequests, however good it looks", () => {
    expect(verdict(both(metrics(99)))).toMatchObject({
      kind: "inconclusive",
      reasons: ["99 requests came to green, and minRequests is 100"],
    });
  });

  it("passes nothing of a canary that nothing is known of", () => {
    const step: RolloutStep = { kind: "live", percent: 1, dwellSeconds: 1, gate: GATE };
    expect(judge(step, "green", BASELINE, new Map(), RISKS)).toMatchObject({
      kind: "inconclusive",
      reasons: ["0 requests came to green, and minRequests is 100"],
      canary: { requests: 0, errors: 0, byStatus: {} },
      old: { requests: 0 },
    });
  });

  it("does not take a single failed request for more than the limit, and some of the first few for it", () => {
    expect(verdict(both(metrics(100, 2))).kind).toBe("passed");
    expect(verdict(both(metrics(20, 1))).kind).toBe("inconclusive");
    // 4 of 8 with a limit of 1 % is not chance, and minRequests is not waited for.
    expect(verdict(both(metrics(8, 4))).kind).toBe("breach");
  });

  it("names the errors that exceed their limit", () => {
    const failed = {
      requests: 200,
      errors: 12,
      byStatus: { "200": 181, "404": 7, "424": 10, "500": 2 },
    };
    expect(verdict(both(failed))).toMatchObject({
      kind: "breach",
      reasons: [
        "6 % of 200 requests to green failed (424: 10, 500: 2), more than maxErrorPercent 1",
      ],
    });
  });

  it("does not hold against the canary what fails as often for the old deployments", () => {
    const alike = verdict(both(metrics(200, 12)), { blue: both(metrics(1800, 108)) });
    expect(alike).toMatchObject({
      kind: "passed",
      notes: [
        "6 % of 200 requests to green failed (500: 12), more than maxErrorPercent 1, but not shown to be more than the old deployments' 6 % of 1800 requests",
      ],
    });
    const worse = verdict(both(metrics(200, 30)), { blue: both(metrics(1800, 36)) });
    expect(worse.reasons).toEqual([
      "15 % of 200 requests to green failed (500: 30), more than maxErrorPercent 1 and than the old deployments' 2 % of 1800 requests",
    ]);
    // At 100 % there is nothing to compare with.
    expect(verdict(both(metrics(200, 12)), { percent: 100 }).kind).toBe("breach");
    // Requests that name the canary are no sign of its errors.
    const named = verdict(both(metrics(1800, 108)), { blue: both(metrics(1800, 108)) });
    expect(named.kind).toBe("passed");
  });

  it("stops a canary that fails most requests even when the old deployments do too", () => {
    const { kind, reasons } = verdict(both(metrics(50, 45)), { blue: both(metrics(450, 405)) });
    expect(kind).toBe("breach");
    expect(reasons).toEqual([
      "90 % of 50 requests to green failed (500: 45), more than maxErrorPercent 1, and more than 50 % is never accepted",
    ]);
  });

  it("compares mirrored requests with the live ones that they are copies of", () => {
    const canary = { live: metrics(0), mirrored: metrics(200, 12) };
    const mirror = { kind: "mirror", percent: 10 } as const;
    expect(verdict(canary, { ...mirror, blue: both(metrics(2000)) }).kind).toBe("breach");
    expect(verdict(canary, { ...mirror, blue: both(metrics(2000, 120)) }).kind).toBe("passed");
  });

  it("names the p95 that exceeds its limit, by the requests that surely took longer", () => {
    const gate = { maxP95Ms: 500 };
    expect(verdict(both(slow(170, 30)), { gate }).reasons).toContainEqual(
      "p95 of green is 1000 ms, more than maxP95Ms 500 (15 % took longer than 500 ms)",
    );
    // 6 % of the requests are slow, which may be chance.
    expect(verdict(both(slow(188, 12)), { gate }).kind).toBe("passed");
    // The bucket goes from 476 ms to 500 ms: they may all have kept 480 ms.
    expect(
      verdict(both(slow(0, 200, 500)), { gate: { maxP95Ms: 480, maxP95Ratio: 100 } }),
    ).toMatchObject({ kind: "passed" });
    expect(
      verdict(both(slow(0, 200, 500)), { gate: { maxP95Ms: 470, maxP95Ratio: 100 } }),
    ).toMatchObject({ kind: "breach" });
  });

  it("names the ratio that exceeds its limit, against the old deployments together", () => {
    const old = { blue: both(slow(900, 0)), red: both(slow(0, 100, 400)) };
    // A tenth of their requests take 400 ms, so that is their p95.
    expect(verdict(both(slow(100, 100, 600)), old).kind).toBe("passed");
    expect(verdict(both(slow(100, 100, 700)), old).reasons).toEqual([
      "p95 of green is 700 ms, more than maxP95Ratio 1.5 times the old deployments' 400 ms (50 % took longer than 600 ms)",
    ]);
  });

  it("names every limit that is exceeded", () => {
    const bad = { ...slow(0, 100), errors: 50, byStatus: { "500": 50, "200": 50 } };
    expect(verdict(both(bad), { gate: { maxP95Ms: 500 } }).reasons).toHaveLength(3);
  });

  it("does not check the ratio while too little came to the old deployments, and says so", () => {
    const blue = both(metrics(99, 0, 10));
    expect(verdict(both(metrics(100, 0, 5000)), { blue })).toMatchObject({
      kind: "passed",
      notes: [
        "maxP95Ratio is not checked: 99 requests came to the old deployments, too few to know their p95",
      ],
    });
    expect(verdict(both(metrics(100, 0, 5000)), { blue, gate: { maxP95Ms: 1000 } }).kind).toBe(
      "breach",
    );
  });

  it("tests the p95 of minutes where there is no more than that", () => {
    const fast = Array.from({ length: 12 }, () => 100);
    const blue = both(minutes(50, ...fast));
    const slowMinutes = (count: number) =>
      both(minutes(20, ...fast.map((ms, index) => (index < count ? 2 * ms : ms))));
    expect(verdict(slowMinutes(12), { blue }).reasons).toEqual([
      "p95 of green is 100 ms, more than maxP95Ratio 1.5 times the old deployments' 100 ms (in 12 of 12 minutes)",
    ]);
    expect(verdict(slowMinutes(7), { blue }).kind).toBe("passed");
    expect(
      verdict(slowMinutes(12), { blue, gate: { maxP95Ms: 150, maxP95Ratio: 100 } }).reasons,
    ).toEqual(["p95 of green is 100 ms, more than maxP95Ms 150 (in 12 of 12 minutes)"]);
    // A p95 of 19 requests is no measure.
    expect(verdict(slowMinutes(12), { blue: both(minutes(19, ...fast)) })).toMatchObject({
      kind: "passed",
      notes: [expect.stringContaining("too few to know their p95")],
    });
  });

  it("does not take a deployment without a share before the rollout for an old one", () => {
    const step: RolloutStep = { kind: "live", percent: 1, dwellSeconds: 1, gate: GATE };
    const window = new Map([
      ["green", both(metrics(100))],
      ["blue", both(metrics(200))],
      ["idle", both(metrics(500))],
    ]);
    const { old } = judge(step, "green", { blue: 100, idle: 0, green: 0 }, window, RISKS);
    expect(old.requests).toBe(200);
  });

  it("judges a mirrored step by the copies and the others by what was answered", () => {
    const canary = { live: metrics(500), mirrored: metrics(500, 500) };
    expect(verdict(canary, { kind: "live" }).kind).toBe("passed");
    expect(verdict(canary, { kind: "mirror" }).kind).toBe("breach");
    expect(
      verdict({ live: metrics(500), mirrored: metrics(1) }, { kind: "mirror" }).reasons,
    ).toEqual(["1 mirrored request came to green, and minRequests is 100"]);
  });

  it("shows a breach by more errors whenever it does so by fewer", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 5000 }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        fc.integer({ min: 0, max: 100 }),
        fc.integer({ min: 1, max: 100 }),
        (requests, part, maxErrorPercent, percent) => {
          const errors = Math.floor((requests - 1) * part);
          const of = (failed: number) =>
            verdict(both(metrics(requests, failed)), { gate: { maxErrorPercent }, percent }).kind;
          if (of(errors) !== "breach") return;
          expect(of(errors + 1)).toBe("breach");
          expect(errors * 100).toBeGreaterThan(maxErrorPercent * requests);
        },
      ),
    );
  });
});

describe("a gate that passes what is proven", () => {
  const gate = { passWhen: "proven", maxErrorPercent: 1 } as const;

  it("passes when all limits are shown to be kept", () => {
    expect(verdict(both(metrics(600)), { gate, blue: both(metrics(600)) })).toMatchObject({
      kind: "passed",
      reasons: [],
      limits: [{ isShown: true }, { isShown: true }],
    });
  });

  it("is inconclusive with as many more requests as it takes, which are enough then", () => {
    const { kind, reasons } = verdict(both(metrics(400, 1)), { gate, percent: 100 });
    expect(kind).toBe("inconclusive");
    expect(reasons).toEqual([
      "400 requests do not show yet that green keeps maxErrorPercent 1; about 590 more requests like these would",
    ]);
    const [more = Number.NaN] = reasons.map((text) => Number(/about (\d+) more/.exec(text)?.[1]));
    const factor = (400 + more) / 400;
    const then = metrics(400 + more, factor);
    expect(verdict(both(then), { gate, percent: 100 }).kind).toBe("passed");
  });

  it("says when no number of requests would do", () => {
    expect(verdict(both(metrics(1000, 10)), { gate, percent: 100 }).reasons).toEqual([
      "1000 requests do not show that green keeps maxErrorPercent 1, and more like these never would",
    ]);
  });

  it("asks for the p95 too, by the requests that may have taken longer", () => {
    const limits = { ...gate, ...NO_LIMIT_ON_ERRORS };
    const blue = both(metrics(2000));
    expect(verdict(both(slow(990, 10)), { gate: limits, blue }).kind).toBe("passed");
    expect(verdict(both(slow(95, 5)), { gate: limits, blue }).reasons).toEqual([
      "100 requests do not show that green keeps maxP95Ratio 1.5, and more like these never would",
    ]);
    expect(verdict(both(metrics(100)), { gate: limits, blue: both(metrics(1)) }).reasons).toEqual([
      "100 requests do not show yet that green keeps maxP95Ratio 1.5; about 75 more requests like these would",
    ]);
    expect(
      verdict(both(slow(190, 10, 500)), {
        gate: { ...limits, maxP95Ratio: 100, maxP95Ms: 480 },
        blue,
      }).reasons,
    ).toEqual([
      "200 requests do not show that green keeps maxP95Ms 480, and more like these never would",
    ]);
    const even = Array.from({ length: 10 }, () => 100);
    const old = both(minutes(50, ...even));
    expect(verdict(both(minutes(20, ...even)), { gate: limits, blue: old }).kind).toBe("passed");
  });

  it("with a limit of no errors at all passes when there was none", () => {
    const none = { ...gate, maxErrorPercent: 0 };
    expect(verdict(both(metrics(200)), { gate: none, percent: 100 }).kind).toBe("passed");
    expect(verdict(both(metrics(200, 1)), { gate: none, percent: 100 }).kind).toBe("breach");
  });
});

describe("a canary's deployment", () => {
  const live = (state?: string) =>
    ({
      deployments:
        state === undefined ? [] : [{ name: "green", provisioningState: state, instanceCount: 1 }],
    }) as unknown as LiveEndpoint;

  it("is well when it has Succeeded, and passing while it is scaled or updated", () => {
    expect(canaryHealth(live("Succeeded"), "green")).toEqual({});
    for (const state of ["Scaling", "Updating"]) {
      const transient = `the deployment green is ${state}, not Succeeded`;
      expect(canaryHealth(live(state), "green")).toEqual({ transient });
    }
  });

  it.each(["Failed", "Canceled", "Deleting", "Creating", "Unknown"])("is out when %s", (state) => {
    expect(canaryHealth(live(state), "green")).toEqual({
      problem: `the deployment green is ${state}, not Succeeded`,
    });
  });

  it("is out when it is not there", () => {
    expect(canaryHealth(live(), "green")).toEqual({
      problem: "the deployment green no longer exists",
    });
  });
});
