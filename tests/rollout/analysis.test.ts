import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import type { Gate, RolloutStep } from "../../config/rollout";
import { canaryHealth, judge } from "../../rollout/analysis";
import type { DeploymentWindow } from "../../rollout/window";
import type { LiveEndpoint } from "../../traffic/liveEndpoint";
import { both, GATE, metrics } from "./harness";

/** Does not prove that the limits that people write are good ones. */

const BASELINE = { blue: 90, red: 10, green: 0 };

function verdict(
  canary: DeploymentWindow,
  {
    gate = {},
    kind = "live",
    blue = both(metrics(1000)),
    red = both(metrics(0)),
  }: {
    gate?: Partial<Gate>;
    kind?: RolloutStep["kind"];
    blue?: DeploymentWindow;
    red?: DeploymentWindow;
  } = {},
) {
  const step: RolloutStep = { kind, percent: 10, dwellSeconds: 60, gate: { ...GATE, ...gate } };
  return judge(step, "green", BASELINE, new Map(Object.entries({ green: canary, blue, red })));
}

describe("a gate", () => {
  it("passes what keeps all limits", () => {
    expect(verdict(both(metrics(100, 1, 150)))).toEqual({
      kind: "passed",
      reasons: [],
      notes: [],
      canary: metrics(100, 1, 150),
      old: { requests: 1000, p95Ms: 100 },
    });
  });

  it("judges nothing below minRequests, however bad it looks", () => {
    expect(verdict(both(metrics(99, 99, 9000)))).toMatchObject({
      kind: "inconclusive",
      reasons: ["99 requests came to green, and minRequests is 100"],
    });
  });

  it("judges nothing of a canary that nothing is known of", () => {
    const step: RolloutStep = { kind: "live", percent: 1, dwellSeconds: 1, gate: GATE };
    expect(judge(step, "green", BASELINE, new Map())).toEqual({
      kind: "inconclusive",
      reasons: ["0 requests came to green, and minRequests is 100"],
      notes: [],
      canary: { requests: 0, errors: 0, byStatus: {} },
      old: { requests: 0 },
    });
  });

  it("names the errors that broke their limit", () => {
    const failed = {
      requests: 200,
      errors: 3,
      byStatus: { "200": 190, "404": 7, "424": 2, "500": 1 },
      p95Ms: 100,
    };
    expect(verdict(both(failed))).toMatchObject({
      kind: "breach",
      reasons: [
        "1.5 % of 200 requests to green failed (424: 2, 500: 1), more than maxErrorPercent 1",
      ],
    });
  });

  it("names the p95 that broke its limit", () => {
    expect(verdict(both(metrics(100, 0, 120)), { gate: { maxP95Ms: 119 } }).reasons).toEqual([
      "p95 of green is 120 ms, more than maxP95Ms 119",
    ]);
    expect(verdict(both(metrics(100, 0, 119)), { gate: { maxP95Ms: 119 } }).kind).toBe("passed");
  });

  it("names the ratio that broke its limit, against the old deployments by their requests", () => {
    const old = { blue: both(metrics(300, 0, 100)), red: both(metrics(100, 0, 200)) };
    expect(verdict(both(metrics(100, 0, 187.5)), old).kind).toBe("passed");
    expect(verdict(both(metrics(100, 0, 188)), old).reasons).toEqual([
      "p95 of green is 188 ms, more than maxP95Ratio 1.5 times the old deployments' 125 ms",
    ]);
  });

  it("names every limit that is broken", () => {
    expect(verdict(both(metrics(100, 50, 1000)), { gate: { maxP95Ms: 500 } }).reasons).toHaveLength(
      3,
    );
  });

  it("leaves the ratio inconclusive when too little came to the old deployments, and says so", () => {
    const blue = both(metrics(99, 0, 10));
    expect(verdict(both(metrics(100, 0, 5000)), { blue })).toMatchObject({
      kind: "passed",
      notes: [
        "maxP95Ratio is not checked: 99 requests came to the old deployments, and minRequests is 100",
      ],
    });
    expect(verdict(both(metrics(100, 0, 5000)), { blue, gate: { maxP95Ms: 1000 } }).kind).toBe(
      "breach",
    );
  });

  it("does not take a deployment without a share before the rollout for an old one", () => {
    const step: RolloutStep = { kind: "live", percent: 1, dwellSeconds: 1, gate: GATE };
    const window = new Map([
      ["green", both(metrics(100))],
      ["blue", both(metrics(200))],
      ["idle", both(metrics(500))],
    ]);
    expect(judge(step, "green", { blue: 100, idle: 0, green: 0 }, window).old.requests).toBe(200);
  });

  it("judges a mirrored step by the copies and the others by what was answered", () => {
    const canary = { live: metrics(500), mirrored: metrics(500, 500) };
    expect(verdict(canary, { kind: "live" }).kind).toBe("passed");
    expect(verdict(canary, { kind: "mirror" }).kind).toBe("breach");
    expect(
      verdict({ live: metrics(500), mirrored: metrics(1) }, { kind: "mirror" }).reasons,
    ).toEqual(["1 mirrored request came to green, and minRequests is 100"]);
  });

  it("breaks on errors exactly when their share is above the limit and enough came", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 5000 }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        fc.integer({ min: 1, max: 2000 }),
        fc.integer({ min: 0, max: 100 }),
        (requests, part, minRequests, maxErrorPercent) => {
          const errors = Math.floor(requests * part);
          const { kind } = verdict(both(metrics(requests, errors)), {
            gate: { minRequests, maxErrorPercent },
          });
          const isBroken = errors * 100 > maxErrorPercent * requests;
          expect(kind).toBe(
            requests < minRequests ? "inconclusive" : isBroken ? "breach" : "passed",
          );
        },
      ),
    );
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
