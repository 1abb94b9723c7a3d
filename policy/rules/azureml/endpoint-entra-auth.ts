import { BOTH, type ResourceRule } from "../../rule";
import { mustBe } from "../../inputChecks";

/** A key is shared by all callers and works until somebody renews it. Advisory, see `endpoint-auth`. */
export const endpointEntraAuth: ResourceRule = {
  id: "endpoint-entra-auth",
  title: "The endpoint takes tokens of Entra ID",
  severity: "advisory",
  targets: BOTH,
  references: {
    other: ['Azure ML, "Authentication and authorization for online endpoints"'],
  },
  sees: "resource",
  types: ["azure-native:machinelearningservices:OnlineEndpoint"],
  check: ({ inputs }) => mustBe(inputs, "properties.authMode", "AADToken"),
};
