import { BOTH, type ResourceRule } from "../../rule";
import { mustBe } from "../../inputChecks";

/**
 * Known holes of Kubernetes are closed by patches. `rapid` and `node-image` are not among those allowed: the first
 * raises minor versions without anybody's decision, the second leaves the control plane as it is.
 */
export const clusterUpgradeChannel: ResourceRule = {
  id: "cluster-upgrade-channel",
  title: "AKS brings the cluster's patches by itself",
  severity: "mandatory",
  targets: BOTH,
  references: {
    psrule: ["Azure.AKS.AutoUpgrade"],
    azurePolicy: ["5c345cdf-2049-47e0-b8fe-b0e96bc2df35"],
  },
  sees: "resource",
  types: ["azure-native:containerservice:ManagedCluster"],
  check: ({ inputs }) => mustBe(inputs, "autoUpgradeProfile.upgradeChannel", "patch", "stable"),
};
