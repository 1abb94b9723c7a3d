import { PRODUCTION, type ResourceRule } from "../../rule";
import { mustBe } from "../../inputChecks";

/**
 * Production has no workspace today; one that comes must not be open. Azure's default is open, so silence is wrong.
 */
export const workspacePublicAccessOff: ResourceRule = {
  id: "workspace-public-access-off",
  title: "The workspace is reached through private endpoints alone",
  severity: "mandatory",
  targets: PRODUCTION,
  references: {
    psrule: ["Azure.ML.PublicAccess"],
    azurePolicy: ["438c38d2-3772-465a-a9cc-7a6666a275ce"],
  },
  sees: "resource",
  types: ["azure-native:machinelearningservices:Workspace"],
  check: ({ inputs }) => mustBe(inputs, "publicNetworkAccess", "Disabled"),
};
