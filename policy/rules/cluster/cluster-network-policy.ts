import { BOTH, type ResourceRule } from "../../rule";
import { mustBe } from "../../inputChecks";

/** Without an engine for them Kubernetes takes network policies and lets everything through. */
export const clusterNetworkPolicy: ResourceRule = {
  id: "cluster-network-policy",
  title: "The cluster enforces network policies",
  severity: "mandatory",
  targets: BOTH,
  references: {
    psrule: ["Azure.AKS.NetworkPolicy"],
    cisAks: ["5.4.4"],
  },
  sees: "resource",
  types: ["azure-native:containerservice:ManagedCluster"],
  check: ({ inputs }) =>
    mustBe(inputs, "networkProfile.networkPolicy", "cilium", "azure", "calico"),
};
