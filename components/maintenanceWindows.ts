import * as containerservice from "@pulumi/azure-native/containerservice";
import type * as pulumi from "@pulumi/pulumi";
import type { ClusterSettings } from "../config/production/productionTypes";

export interface MaintenanceWindowsArgs {
  readonly resourceGroupName: pulumi.Input<string>;
  readonly clusterName: pulumi.Input<string>;
  readonly maintenance: ClusterSettings["maintenance"];
}

/**
 * The two windows that AKS's own upgrades keep to: of Kubernetes (patches) and of the nodes' operating system. The
 * names are AKS's and decide what a window is for; without them upgrades come at any time (AKS, planned maintenance).
 */
export function maintenanceWindows(
  name: string,
  args: MaintenanceWindowsArgs,
  opts: pulumi.CustomResourceOptions,
): containerservice.MaintenanceConfiguration[] {
  const windows = [
    { suffix: "upgrade-window", configName: "aksManagedAutoUpgradeSchedule" },
    { suffix: "node-image-window", configName: "aksManagedNodeOSUpgradeSchedule" },
  ];
  const { dayOfWeek, startTime, utcOffset, durationHours } = args.maintenance;
  return windows.map(
    ({ suffix, configName }) =>
      new containerservice.MaintenanceConfiguration(
        `${name}-${suffix}`,
        {
          configName,
          resourceName: args.clusterName,
          resourceGroupName: args.resourceGroupName,
          maintenanceWindow: {
            schedule: { weekly: { dayOfWeek, intervalWeeks: 1 } },
            startTime,
            utcOffset,
            durationHours,
          },
        },
        opts,
      ),
  );
}
