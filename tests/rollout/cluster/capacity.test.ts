import { describe, expect, it } from "@jest/globals";
import { capacityReport, podsForAll, type ClusterState } from "../../../rollout/cluster/capacity";

/** Six pods that use as much CPU as the autoscaler wants. */
const STATE: ClusterState = {
  split: { traffic: { stable: 100, canary: 0 }, mirrorTraffic: {} },
  stable: { replicas: 6, available: 6 },
  canary: { replicas: 1, available: 1 },
  autoscaler: {
    spec: {
      minReplicas: 6,
      maxReplicas: 12,
      metrics: [{ resource: { target: { averageUtilization: 60 } } }],
    },
    status: {
      currentReplicas: 6,
      currentMetrics: [{ resource: { current: { averageUtilization: 60 } } }],
    },
  },
  pods: { hard: 20, used: 7 },
  disruptionsAllowed: 1,
};

const using = (averageUtilization: number): ClusterState => ({
  ...STATE,
  autoscaler: {
    ...STATE.autoscaler!,
    status: {
      currentReplicas: 6,
      currentMetrics: [{ resource: { current: { averageUtilization } } }],
    },
  },
});

const report = (state: ClusterState, ...percents: number[]) =>
  capacityReport(state, percents, "Pulumi.production.yaml");

describe("the pods that a step needs", () => {
  it("are counted from the CPU that all requests use", () => {
    expect(podsForAll(STATE)).toBe(6);
    expect(podsForAll(using(20))).toBe(2);
    expect(podsForAll({ ...STATE, split: { traffic: { stable: 75 }, mirrorTraffic: {} } })).toBe(8);
  });

  it("are the running ones where no CPU is known", () => {
    const { autoscaler: _autoscaler, ...unknown } = STATE;
    expect(podsForAll(unknown)).toBe(6);
    // They are as many when half of the requests have gone.
    const half = { traffic: { stable: 50, canary: 50 }, mirrorTraffic: {} };
    expect(podsForAll({ ...unknown, split: half })).toBe(6);
  });

  it("must be there for the next step, or it is a problem with its numbers", () => {
    expect(report(STATE, 10).problem).toBeUndefined();
    expect(report(STATE, 20).problem).toBe(
      "20 % of the requests need 2 pods of the canary, and scoring-canary has 1 available pod of 1. " +
        "Set canary.replicas to 2 or more in Pulumi.production.yaml, and run pulumi up",
    );
  });

  it("must be available, not only wanted", () => {
    expect(report({ ...STATE, canary: { replicas: 2, available: 1 } }, 20).problem).toContain(
      "has 1 available pod of 2",
    );
  });

  it("of later steps are told before the first one", () => {
    expect(report(STATE, 10, 50, 100).warnings).toEqual([
      "50 %, 100 % of the requests need 6 pods of the canary at today's load, and it has 1: " +
        "set canary.replicas in Pulumi.production.yaml before that step, or it is refused",
    ]);
    expect(
      report({ ...STATE, canary: { replicas: 6, available: 6 } }, 10, 50, 100).warnings,
    ).toEqual([]);
  });

  it("are more than the quota has room for", () => {
    const tight = { ...STATE, pods: { hard: 10, used: 7 } };
    expect(report(tight, 10, 100).warnings.join()).toContain("room for 3 more pods, and 5 more");
    expect(report(STATE, 10, 100).warnings.join()).not.toContain("ResourceQuota");
  });

  it("are more than an abort would find, when the stable track may shrink", () => {
    const { autoscaler } = STATE;
    const shrinking = {
      ...STATE,
      autoscaler: { ...autoscaler!, spec: { ...autoscaler!.spec, minReplicas: 3 } },
    };
    expect(report(shrinking, 10).warnings.join()).toContain(
      "shrinks to 3 pods (scale.minReplicas) as its requests go, and an abort gives it all of them, which need 6",
    );
  });

  it("say when no pod may be moved", () => {
    expect(report({ ...STATE, disruptionsAllowed: 0 }, 10).warnings.join()).toContain(
      "the PodDisruptionBudget lets no pod go now",
    );
  });
});
