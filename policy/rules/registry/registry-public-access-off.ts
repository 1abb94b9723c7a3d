import { PRODUCTION, type ResourceRule } from "../../rule";
import { mustBe } from "../../inputChecks";

/**
 * Nodes pull through the private endpoint; a public one would only serve others. Azure's default is open, so silence
 * is wrong.
 */
export const registryPublicAccessOff: ResourceRule = {
  id: "registry-public-access-off",
  title: "The registry is reached through private endpoints alone",
  severity: "mandatory",
  targets: PRODUCTION,
  references: {
    psrule: ["Azure.ACR.Firewall"],
    azurePolicy: ["0fdf0491-d080-4575-b627-ad0e843cba0f", "d0793b48-0edc-4296-a390-4c75d1bdfd71"],
  },
  sees: "resource",
  types: ["azure-native:containerregistry:Registry"],
  check: ({ inputs }) => mustBe(inputs, "publicNetworkAccess", "Disabled"),
};
