import { expect, it } from "@jest/globals";
import { driftOf } from "../../rollout/drift";

type Args = Parameters<typeof driftOf>;

const live = {
  split: { traffic: {}, mirrorTraffic: {} },
  deployments: [{ name: "blue", instanceCount: 4, provisioningState: "Succeeded" }],
} as unknown as Args[0];
const declared = {
  traffic: {},
  mirrorTraffic: {},
  deployments: [{ name: "blue", instanceCount: 2 }],
} as unknown as Args[1];

it("a scaled deployment's number of instances is no drift", () => {
  expect(driftOf(live, declared).instanceCounts).toHaveLength(1);
  expect(driftOf(live, declared, ["blue"]).instanceCounts).toEqual([]);
});
