import { expect, it } from "@jest/globals";
import { instancesOf, reservedInstances } from "../../preflight/instances";
import type { Declared } from "../../preflight/declared";
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

it("a scaled deployment needs quota for its maximum", () => {
  const id = "/w/onlineEndpoints/e/deployments/blue";
  const setting = {
    type: "Microsoft.Insights/autoscaleSettings",
    id: "/s",
    inputs: { targetResourceUri: id, profiles: [{ capacity: { maximum: "5" } }] },
  };
  const deployment = {
    type: "Microsoft.MachineLearningServices/workspaces/onlineEndpoints/deployments",
    id,
    name: "blue",
    inputs: { sku: { capacity: 2 }, properties: { instanceType: "Standard_DS3_v2" } },
  };
  const counted = (...resources: object[]) =>
    instancesOf({ resources } as unknown as Declared).map(reservedInstances);
  expect(counted(deployment)).toEqual([3]);
  expect(counted(deployment, setting)).toEqual([6]);
});
