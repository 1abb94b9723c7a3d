import { BOTH, type ResourceRule } from "../../rule";
import { mustBe } from "../../inputChecks";

/** Without AKS-managed Entra ID there is nobody for Azure RBAC to grant anything to. */
export const clusterEntraId: ResourceRule = {
  id: "cluster-entra-id",
  title: "The cluster knows people by Entra ID",
  severity: "mandatory",
  targets: BOTH,
  references: {
    psrule: ["Azure.AKS.ManagedAAD"],
    cisAks: ["5.5.1"],
    azurePolicy: ["450d2877-ebea-41e8-b00c-e286317d21bf"],
  },
  sees: "resource",
  types: ["azure-native:containerservice:ManagedCluster"],
  check: ({ inputs }) => mustBe(inputs, "aadProfile.managed", true),
};
