import { BOTH, type ResourceRule } from "../../rule";
import { mustBe } from "../../inputChecks";

/**
 * In a sandbox a key is good enough for a demonstration; what serves production takes tokens of Entra ID, because a
 * key is shared and names nobody.
 */
export const endpointAuth: ResourceRule = {
  id: "endpoint-auth",
  title: "The endpoint says how callers prove who they are",
  severity: "mandatory",
  targets: BOTH,
  references: {
    other: ['Azure ML, "Authentication and authorization for online endpoints"'],
  },
  sees: "resource",
  types: ["azure-native:machinelearningservices:OnlineEndpoint"],
  check: ({ inputs }, target) =>
    target === "production"
      ? mustBe(inputs, "properties.authMode", "AADToken")
      : mustBe(inputs, "properties.authMode", "AADToken", "AMLToken", "Key"),
};
