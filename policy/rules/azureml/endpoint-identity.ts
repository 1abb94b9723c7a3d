import { BOTH, type ResourceRule } from "../../rule";
import { mustBe } from "../../inputChecks";

/** With it a deployment pulls its image and reads its model; without, the workspace's keys would have to do it. */
export const endpointIdentity: ResourceRule = {
  id: "endpoint-identity",
  title: "The endpoint has an identity",
  severity: "mandatory",
  targets: BOTH,
  references: {
    other: ['Azure ML, "Authentication and authorization for online endpoints", endpoint identity'],
  },
  sees: "resource",
  types: ["azure-native:machinelearningservices:OnlineEndpoint"],
  check: ({ inputs }) => mustBe(inputs, "identity.type", "UserAssigned", "SystemAssigned"),
};
