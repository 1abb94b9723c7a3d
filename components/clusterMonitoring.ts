import * as monitor from "@pulumi/azure-native/monitor";
import * as pulumi from "@pulumi/pulumi";
import type { Objectives } from "../config/objectives";
import type { Called } from "./alerts/called";
import { nodeAlerts } from "./alerts/nodeAlerts";
import { podAlerts } from "./alerts/podAlerts";
import { prometheusRules } from "./alerts/prometheusRules";
import { requestAlerts } from "./alerts/requestAlerts";
import { clusterDashboards, type DashboardNames } from "./dashboards/clusterDashboards";

export interface ClusterMonitoringArgs {
  readonly monitorWorkspaceName: string;
  readonly clusterName: string;
  readonly clusterId: pulumi.Input<string>;
  readonly resourceGroupName: pulumi.Input<string>;
  readonly location: string;
  readonly logAnalyticsId: pulumi.Input<string>;
  /** Namespace of the scoring pods, called as the endpoint; alerts are about both. */
  readonly namespace: string;
  readonly gatewayNamespace: string;
  readonly objectives: Objectives;
  /** Missing: alerts show in the portal, and nobody is called. */
  readonly called?: Called;
  /** Missing: there are no dashboards. */
  readonly dashboardNames?: DashboardNames;
  readonly tags: Readonly<Record<string, string>>;
}

const METRICS = ["Microsoft-PrometheusMetrics"];

/**
 * What is written down of containers and events. Everything countable comes with the Prometheus metrics already
 * (Container insights, cost preset "Logs and events").
 */
const LOGS = ["Microsoft-ContainerLogV2", "Microsoft-KubeEvents", "Microsoft-KubePodInventory"];

/**
 * Logs of the control plane. `kube-audit` is left out: nearly all of it is reads, and it is what makes the logs of a
 * cluster expensive (AKS, "Monitor AKS"); `kube-audit-admin` has all that changed something.
 */
const CONTROL_PLANE_LOGS = [
  "kube-audit-admin",
  "guard",
  "kube-apiserver",
  "kube-controller-manager",
  "cluster-autoscaler",
];

/**
 * Where the metrics and logs of a cluster go: metrics to managed Prometheus, logs of containers and of the control
 * plane to Log Analytics, and alerts on requests, pods and nodes.
 *
 * Agents send to Azure Monitor's public endpoints, with their Entra identity. Private ones take an Azure Monitor
 * Private Link Scope, of which a network can have only one; that is the network team's.
 */
export class ClusterMonitoring extends pulumi.ComponentResource {
  constructor(name: string, args: ClusterMonitoringArgs, opts?: pulumi.ComponentResourceOptions) {
    super("mlscore:clusterMonitoring:ClusterMonitoring", name, {}, opts);
    const { resourceGroupName, location, tags, clusterId } = args;
    const place = { resourceGroupName, location, tags };
    const child = { parent: this };

    const workspace = new monitor.AzureMonitorWorkspace(
      `${name}-workspace`,
      { ...place, azureMonitorWorkspaceName: args.monitorWorkspaceName },
      child,
    );
    const metrics = metricsRule(
      name,
      { ...place, clusterName: args.clusterName, monitorWorkspaceId: workspace.id },
      child,
    );
    const logs = new monitor.DataCollectionRule(
      `${name}-logs`,
      {
        ...place,
        dataCollectionRuleName: `${args.clusterName}-logs`,
        kind: "Linux",
        dataSources: { extensions: [containerInsights()] },
        destinations: {
          logAnalytics: [{ name: "workspace", workspaceResourceId: args.logAnalyticsId }],
        },
        dataFlows: [{ streams: LOGS, destinations: ["workspace"] }],
      },
      child,
    );
    for (const [suffix, rule] of Object.entries({ metrics, logs })) {
      new monitor.DataCollectionRuleAssociation(
        `${name}-${suffix}-association`,
        { associationName: suffix, resourceUri: clusterId, dataCollectionRuleId: rule.id },
        child,
      );
    }
    new monitor.DiagnosticSetting(
      `${name}-diagnostics`,
      {
        name: "to-log-analytics",
        resourceUri: clusterId,
        workspaceId: args.logAnalyticsId,
        // Tables of their own, which can have a cheaper plan than the one that all services share.
        logAnalyticsDestinationType: "Dedicated",
        logs: CONTROL_PLANE_LOGS.map((category) => ({ category, enabled: true })),
      },
      child,
    );
    alertRules(name, args, workspace.id, child);
    this.registerOutputs();
  }
}

/** Dashboards, and alerts on requests, pods and nodes, each a group of rules of its own: Azure takes 20 in one. */
function alertRules(
  name: string,
  args: ClusterMonitoringArgs,
  monitorWorkspaceId: pulumi.Output<string>,
  opts: pulumi.CustomResourceOptions,
): void {
  const { resourceGroupName, location, tags, clusterId, clusterName, called } = args;
  const { namespace, gatewayNamespace, objectives, dashboardNames } = args;
  const watched = { endpointName: namespace, namespace, gatewayNamespace, objectives };
  const groups = {
    requests: { shownBy: "scoring", alerts: requestAlerts(watched, gatewayNamespace) },
    pods: { shownBy: "scoring", alerts: podAlerts(watched) },
    nodes: { shownBy: "nodes", alerts: nodeAlerts() },
  } as const;
  const place = { resourceGroupName, location, tags };
  const dashboards =
    dashboardNames === undefined
      ? undefined
      : clusterDashboards(
          name,
          {
            ...place,
            names: dashboardNames,
            watched,
            alerts: Object.values(groups).flatMap(({ alerts }) => alerts),
            notify: called?.notify,
          },
          opts,
        );
  for (const [suffix, { alerts, shownBy }] of Object.entries(groups)) {
    prometheusRules(
      `${name}-${suffix}-alerts`,
      {
        ...place,
        ruleGroupName: `${clusterName}-${suffix}`,
        monitorWorkspaceId,
        clusterId,
        clusterName,
        alerts,
        ...(called === undefined ? {} : { called }),
        ...(dashboards === undefined ? {} : { dashboard: dashboards[shownBy] }),
      },
      opts,
    );
  }
}

/** Collects the metrics of a cluster into the Azure Monitor workspace. */
function metricsRule(
  name: string,
  {
    clusterName,
    monitorWorkspaceId,
    ...place
  }: Pick<ClusterMonitoringArgs, "resourceGroupName" | "location" | "tags" | "clusterName"> & {
    readonly monitorWorkspaceId: pulumi.Output<string>;
  },
  opts: pulumi.CustomResourceOptions,
): monitor.DataCollectionRule {
  const endpoint = new monitor.DataCollectionEndpoint(
    `${name}-metrics-endpoint`,
    {
      ...place,
      dataCollectionEndpointName: `${clusterName}-metrics`,
      kind: "Linux",
      networkAcls: { publicNetworkAccess: "Enabled" },
    },
    opts,
  );
  return new monitor.DataCollectionRule(
    `${name}-metrics`,
    {
      ...place,
      dataCollectionRuleName: `${clusterName}-metrics`,
      kind: "Linux",
      dataCollectionEndpointId: endpoint.id,
      dataSources: { prometheusForwarder: [{ name: "prometheus", streams: METRICS }] },
      destinations: {
        monitoringAccounts: [{ name: "workspace", accountResourceId: monitorWorkspaceId }],
      },
      dataFlows: [{ streams: METRICS, destinations: ["workspace"] }],
    },
    opts,
  );
}

function containerInsights() {
  return {
    name: "container-insights",
    extensionName: "ContainerInsights",
    streams: LOGS,
    extensionSettings: {
      dataCollectionSettings: {
        interval: "1m",
        namespaceFilteringMode: "Exclude",
        namespaces: ["kube-system", "gatekeeper-system"],
        enableContainerLogV2: true,
      },
    },
  };
}
