import { BOTH, type ResourceRule } from "../../rule";
import { mustBe } from "../../inputChecks";

/** `Unmanaged` installs updates that wait for a reboot which nobody does, and `None` installs none. */
export const clusterNodeImageChannel: ResourceRule = {
  id: "cluster-node-image-channel",
  title: "AKS brings the nodes' security updates by itself",
  severity: "mandatory",
  targets: BOTH,
  references: {
    psrule: ["Azure.AKS.NodeAutoUpgrade"],
    azurePolicy: ["04408ca5-aa10-42ce-8536-98955cdddd4c"],
  },
  sees: "resource",
  types: ["azure-native:containerservice:ManagedCluster"],
  check: ({ inputs }) =>
    mustBe(inputs, "autoUpgradeProfile.nodeOSUpgradeChannel", "NodeImage", "SecurityPatch"),
};
