import { PRODUCTION, type ResourceRule } from "../../rule";
import { mustBe } from "../../inputChecks";

/** An export copies images to another registry past the closed network. It can be off only where public access is. */
export const registryExportsOff: ResourceRule = {
  id: "registry-exports-off",
  title: "Images cannot be exported from the registry",
  severity: "mandatory",
  targets: PRODUCTION,
  references: {
    psrule: ["Azure.ACR.ExportPolicy"],
    azurePolicy: ["524b0254-c285-4903-bee6-bb8126cde579"],
  },
  sees: "resource",
  types: ["azure-native:containerregistry:Registry"],
  check: ({ inputs }) => mustBe(inputs, "policies.exportPolicy.status", "disabled"),
};
