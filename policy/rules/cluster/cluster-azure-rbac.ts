import { BOTH, type ResourceRule } from "../../rule";
import { mustBe } from "../../inputChecks";

/**
 * Role bindings inside the cluster are seen by nobody outside. With Azure RBAC all rights are in one place and are
 * audited there.
 */
export const clusterAzureRbac: ResourceRule = {
  id: "cluster-azure-rbac",
  title: "What people may do in the cluster are roles of Azure",
  severity: "mandatory",
  targets: BOTH,
  references: {
    psrule: ["Azure.AKS.AzureRBAC", "Azure.AKS.UseRBAC"],
    cisAks: ["5.5.2"],
    azurePolicy: ["ac4a19c2-fa67-49b4-8ae5-0b2e78c49457"],
  },
  sees: "resource",
  types: ["azure-native:containerservice:ManagedCluster"],
  check: ({ inputs }) => [
    ...mustBe(inputs, "enableRBAC", true),
    ...mustBe(inputs, "aadProfile.enableAzureRBAC", true),
  ],
};
