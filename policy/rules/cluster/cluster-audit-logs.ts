import { diagnosticsOf, logsOf } from "../../diagnostics";
import { ofType, violations } from "../../relations";
import { BOTH, type StackRule } from "../../rule";

/**
 * Who changed what in the cluster, and who was let in: the audit log, or its part without reads, and the log of Entra
 * ID's guard. A cluster's logs are chosen by category, so a setting that is there may still miss them.
 */
export const clusterAuditLogs: StackRule = {
  id: "cluster-audit-logs",
  title: "The cluster's audit log is kept",
  severity: "mandatory",
  targets: BOTH,
  references: {
    psrule: ["Azure.AKS.AuditAdmin", "Azure.AKS.AuditLogs"],
    cisAks: ["2.1.1"],
    azurePolicy: ["245fc9df-fa96-4414-9a0b-3738c2f7341c"],
  },
  sees: "stack",
  check: (resources) =>
    ofType(resources, "azure-native:containerservice:ManagedCluster").flatMap((cluster) => {
      const logs = diagnosticsOf(cluster, resources).flatMap(logsOf);
      const has = (...wanted: readonly string[]) => wanted.some((log) => logs.includes(log));
      return violations(cluster, [
        ...(has("kube-audit", "kube-audit-admin", "audit", "allLogs")
          ? []
          : ["sends neither kube-audit nor kube-audit-admin to a log workspace"]),
        ...(has("guard", "allLogs") ? [] : ["does not send guard to a log workspace"]),
      ]);
    }),
};
