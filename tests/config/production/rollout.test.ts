import { describe, expect, it } from "@jest/globals";
import { faults, load } from "./harness";

/** What production asks of a plan beyond what tests/config/rollout.test.ts shows of all plans. */

const prometheus = "http://prometheus.example.internal:9090";
const LIVE = [
  { percent: 10, dwellSeconds: 600 },
  { percent: 100, dwellSeconds: 600 },
];

describe("mlscore:rollout of production", () => {
  it("is a plan with the Prometheus that counts the requests", async () => {
    const { rollout } = await load({ rollout: { prometheus, steps: LIVE } });
    expect(rollout?.steps.map(({ kind, percent }) => [kind, percent])).toEqual([
      ["live", 10],
      ["live", 100],
    ]);
    expect(rollout?.sources).toEqual({ prometheus });
  });

  it("needs one", async () => {
    expect(await faults({ rollout: { steps: LIVE } })).toEqual([
      "rollout: has no prometheus: the URL of the one that reads the gateway's metrics",
    ]);
  });

  it("has no mirrored step, whose answers nobody gets", async () => {
    const steps = [{ mirror: 10, dwellSeconds: 600 }, ...LIVE];
    expect(await faults({ rollout: { prometheus, steps } })).toEqual([
      "rollout.steps.0.mirror: is for managed online endpoints; in production, shadow compares the answers to sampled requests",
    ]);
  });
});
