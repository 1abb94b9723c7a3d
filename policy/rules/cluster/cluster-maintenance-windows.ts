import { names, ofType, violations } from "../../relations";
import { BOTH, type StackRule } from "../../rule";
import { mustBeAtLeast, mustSay } from "../../inputChecks";

/** Fixed names, one for each channel (AKS, "Use planned maintenance"). */
const WINDOWS = ["aksManagedAutoUpgradeSchedule", "aksManagedNodeOSUpgradeSchedule"];

/** Upgrades need four hours (the same). */
const LEAST_HOURS = 4;

/** Upgrades drain every node. Without a window AKS does it whenever a patch comes, at noon too. */
export const clusterMaintenanceWindows: StackRule = {
  id: "cluster-maintenance-windows",
  title: "AKS upgrades the cluster and its nodes within windows",
  severity: "mandatory",
  targets: BOTH,
  references: {
    psrule: ["Azure.AKS.MaintenanceWindow"],
    other: ['AKS, "Use planned maintenance"'],
  },
  sees: "stack",
  check: (resources) =>
    ofType(resources, "azure-native:containerservice:ManagedCluster").flatMap((cluster) =>
      WINDOWS.flatMap((window) => {
        const windows = ofType(
          resources,
          "azure-native:containerservice:MaintenanceConfiguration",
        ).filter(
          (one) =>
            one.inputs["configName"] === window &&
            names(one, "resourceName", cluster, cluster.inputs["resourceName"]),
        );
        if (windows.length === 0) return violations(cluster, [`has no window ${window}`]);
        return windows.flatMap((one) =>
          violations(one, [
            ...mustBeAtLeast(one.inputs, "maintenanceWindow.durationHours", LEAST_HOURS),
            ...mustSay(one.inputs, "maintenanceWindow.startTime", "a time of day"),
          ]),
        );
      }),
    ),
};
