import { PRODUCTION, type ResourceRule } from "../../rule";
import { mustBe } from "../../values";

/**
 * Beside the closed public endpoint, for the day when somebody opens that. `bypass: None`, because no service of
 * Azure has business with the features (docs/findings.md, CKV_AZURE_36).
 */
export const storageFirewall: ResourceRule = {
  id: "storage-firewall",
  title: "Storage's firewall lets nothing in by default",
  severity: "mandatory",
  targets: PRODUCTION,
  references: {
    psrule: ["Azure.Storage.Firewall"],
    azurePolicy: ["34c877ad-507e-4c82-993e-3452a6e0ad3c"],
  },
  sees: "resource",
  types: ["azure-native:storage:StorageAccount"],
  check: ({ inputs }) => [
    ...mustBe(inputs, "networkRuleSet.defaultAction", "Deny"),
    ...mustBe(inputs, "networkRuleSet.bypass", "None"),
  ],
};
