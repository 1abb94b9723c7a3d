import { BOTH, type ResourceRule } from "../../rule";
import { mustBe } from "../../inputChecks";

/**
 * Workload identity exchanges a pod's own token for one of Entra ID. It needs the issuer as well; with either one
 * off, the way to Azure is a secret or the node's identity, which every pod has.
 */
export const clusterWorkloadIdentity: ResourceRule = {
  id: "cluster-workload-identity",
  title: "Pods become Azure identities without secrets",
  severity: "mandatory",
  targets: BOTH,
  references: {
    cisAks: ["5.2.1"],
    azurePolicy: ["2cc2e023-0dac-4046-875b-178f683929d5"],
  },
  sees: "resource",
  types: ["azure-native:containerservice:ManagedCluster"],
  check: ({ inputs }) => [
    ...mustBe(inputs, "securityProfile.workloadIdentity.enabled", true),
    ...mustBe(inputs, "oidcIssuerProfile.enabled", true),
  ],
};
