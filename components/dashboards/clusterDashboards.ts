import * as dashboard from "@pulumi/azure-native/dashboard";
import * as pulumi from "@pulumi/pulumi";
import type { Notify } from "../../config/notify";
import type { Alert, Watched } from "../alerts/alert";
import type { PodsWatched } from "../alerts/podQueries";
import type { ClusterShown } from "./clusterShown";
import type { Dashboard } from "./description";
import { grafanaDashboard } from "./grafana";
import { nodesDashboard } from "./nodesDashboard";
import { portalLink } from "./portalLink";
import { scoringDashboard } from "./scoringDashboard";

export interface ClusterDashboardsArgs {
  readonly names: DashboardNames;
  readonly resourceGroupName: pulumi.Input<string>;
  readonly location: string;
  readonly tags: Readonly<Record<string, string>>;
  readonly watched: Watched & PodsWatched;
  readonly alerts: readonly Alert[];
  readonly notify?: Notify | undefined;
}

/** Names of the two dashboards, which the portal shows as their titles. */
export interface DashboardNames {
  readonly scoring: string;
  readonly nodes: string;
}

/**
 * Dashboards of the cluster in the portal: "Azure Monitor dashboards with Grafana", which cost nothing and ask managed
 * Prometheus with the rights of the user who looks (Azure Monitor, "Visualize Azure Monitor data with Grafana").
 *
 * @returns the address of each
 */
export function clusterDashboards(
  name: string,
  args: ClusterDashboardsArgs,
  opts: pulumi.CustomResourceOptions,
): Readonly<Record<keyof DashboardNames, pulumi.Output<string>>> {
  const declare = (of: keyof DashboardNames, described: Dashboard<ClusterShown>) =>
    declared(`${name}-${of}-dashboard`, args.names[of], described, args, opts);
  return {
    scoring: declare("scoring", scoringDashboard(args.watched)),
    nodes: declare("nodes", nodesDashboard()),
  };
}

function declared(
  logical: string,
  dashboardName: string,
  described: Dashboard<ClusterShown>,
  { resourceGroupName, location, tags, alerts, notify }: ClusterDashboardsArgs,
  opts: pulumi.CustomResourceOptions,
): pulumi.Output<string> {
  const { id, name } = new dashboard.Dashboard(
    logical,
    { dashboardName, resourceGroupName, location, tags },
    opts,
  );
  new dashboard.DashboardDefinition(
    `${logical}-definition`,
    {
      dashboardName: name,
      resourceGroupName,
      // The one that the portal shows (azure-rest-api-specs, DashboardDefinition_Create).
      definitionName: "default",
      properties: {
        serializedData: JSON.stringify(grafanaDashboard(dashboardName, described, alerts, notify)),
      },
    },
    opts,
  );
  return id.apply(portalLink);
}
