import { ofType, refersTo, violations } from "../../relations";
import { PRODUCTION, type StackRule } from "../../rule";
import { mustBe } from "../../inputChecks";

/**
 * Beside the closed public endpoint, for the day when somebody opens that. `bypass: None`, because no service of
 * Azure has business with the features (docs/findings.md, CKV_AZURE_36); Network Watcher has with its own records.
 */
export const storageFirewall: StackRule = {
  id: "storage-firewall",
  title: "Storage's firewall lets nothing in by default",
  severity: "mandatory",
  targets: PRODUCTION,
  references: {
    psrule: ["Azure.Storage.Firewall"],
    azurePolicy: ["34c877ad-507e-4c82-993e-3452a6e0ad3c"],
  },
  sees: "stack",
  check: (resources) => {
    const logs = ofType(resources, "azure-native:network:FlowLog");
    return ofType(resources, "azure-native:storage:StorageAccount").flatMap((account) => {
      const hasFlowLogs = logs.some((log) => refersTo(log, "storageId", account));
      const allowed = hasFlowLogs ? ["None", "AzureServices"] : ["None"];
      return violations(account, [
        ...mustBe(account.inputs, "networkRuleSet.defaultAction", "Deny"),
        ...mustBe(account.inputs, "networkRuleSet.bypass", ...allowed),
      ]);
    });
  },
};
