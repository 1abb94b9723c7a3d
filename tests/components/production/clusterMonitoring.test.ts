import { beforeAll, describe, expect, it } from "@jest/globals";
import { ClusterMonitoring } from "../../../components/clusterMonitoring";
import type { EmulatorRun } from "../../../emulator/onEmulator";
import { inputsOf, namesOf } from "../../stacks";
import { cluster, CLUSTER } from "./clusterParts";
import { declared, GROUP, LOG_ANALYTICS, PLACE } from "./declared";

// Proves where data is sent and when an alert would fire; it does not run the queries.

const AMW = `${GROUP}/providers/Microsoft.Monitor/accounts/amw-flood`;
const DCE = `${GROUP}/providers/Microsoft.Insights/dataCollectionEndpoints/aks-flood-metrics`;
const ruleId = (name: string) =>
  `${GROUP}/providers/Microsoft.Insights/dataCollectionRules/${name}`;
const PORTAL = "https://portal.azure.com/#@/resource";
const dashboardId = (name: string) => `${GROUP}/providers/Microsoft.Dashboard/dashboards/${name}`;
const LOG_STREAMS = [
  "Microsoft-ContainerLogV2",
  "Microsoft-KubeEvents",
  "Microsoft-KubePodInventory",
];

describe("the cluster's monitoring", () => {
  let run: EmulatorRun;
  beforeAll(async () => {
    run = await declared(() => {
      const { id } = cluster();
      new ClusterMonitoring("monitoring", {
        ...PLACE,
        monitorWorkspaceName: "amw-flood",
        clusterName: "aks-flood",
        clusterId: id,
        logAnalyticsId: LOG_ANALYTICS,
        namespace: "gauge",
        gatewayNamespace: "gauge-gateway",
        objectives: { goodPercent: 99.5, latencyMs: 1000, fastPercent: 99, periodDays: 30 },
        dashboardNames: { scoring: "flood-scoring", nodes: "flood-nodes" },
      });
    });
  });

  it("keeps metrics in a workspace of their own", () => {
    expect(inputsOf(run, "monitor:AzureMonitorWorkspace", "monitoring-workspace")).toEqual({
      ...PLACE,
      azureMonitorWorkspaceName: "amw-flood",
    });
  });

  it("sends all Prometheus metrics there, through one endpoint", () => {
    expect(inputsOf(run, "monitor:DataCollectionEndpoint", "monitoring-metrics-endpoint")).toEqual({
      ...PLACE,
      dataCollectionEndpointName: "aks-flood-metrics",
      kind: "Linux",
      networkAcls: { publicNetworkAccess: "Enabled" },
    });
    expect(inputsOf(run, "monitor:DataCollectionRule", "monitoring-metrics")).toEqual({
      ...PLACE,
      dataCollectionRuleName: "aks-flood-metrics",
      kind: "Linux",
      dataCollectionEndpointId: DCE,
      dataSources: {
        prometheusForwarder: [{ name: "prometheus", streams: ["Microsoft-PrometheusMetrics"] }],
      },
      destinations: { monitoringAccounts: [{ name: "workspace", accountResourceId: AMW }] },
      dataFlows: [{ streams: ["Microsoft-PrometheusMetrics"], destinations: ["workspace"] }],
    });
  });

  it("sends logs and events of all but the system's containers to Log Analytics, and no metrics", () => {
    expect(inputsOf(run, "monitor:DataCollectionRule", "monitoring-logs")).toEqual({
      ...PLACE,
      dataCollectionRuleName: "aks-flood-logs",
      kind: "Linux",
      dataSources: {
        extensions: [
          {
            name: "container-insights",
            extensionName: "ContainerInsights",
            streams: LOG_STREAMS,
            extensionSettings: {
              dataCollectionSettings: {
                interval: "1m",
                namespaceFilteringMode: "Exclude",
                namespaces: ["kube-system", "gatekeeper-system"],
                enableContainerLogV2: true,
              },
            },
          },
        ],
      },
      destinations: {
        logAnalytics: [{ name: "workspace", workspaceResourceId: LOG_ANALYTICS }],
      },
      dataFlows: [{ streams: LOG_STREAMS, destinations: ["workspace"] }],
    });
  });

  it("ties both rules to the cluster", () => {
    const associations = namesOf(run, ":DataCollectionRuleAssociation").map((name) =>
      inputsOf(run, "monitor:DataCollectionRuleAssociation", name),
    );
    expect(associations).toEqual([
      {
        associationName: "logs",
        resourceUri: CLUSTER,
        dataCollectionRuleId: ruleId("aks-flood-logs"),
      },
      {
        associationName: "metrics",
        resourceUri: CLUSTER,
        dataCollectionRuleId: ruleId("aks-flood-metrics"),
      },
    ]);
  });

  it("keeps the control plane's logs except for the reads, in tables of their own", () => {
    expect(inputsOf(run, "monitor:DiagnosticSetting", "monitoring-diagnostics")).toEqual({
      name: "to-log-analytics",
      resourceUri: CLUSTER,
      workspaceId: LOG_ANALYTICS,
      logAnalyticsDestinationType: "Dedicated",
      logs: [
        { category: "kube-audit-admin", enabled: true },
        { category: "guard", enabled: true },
        { category: "kube-apiserver", enabled: true },
        { category: "kube-controller-manager", enabled: true },
        { category: "cluster-autoscaler", enabled: true },
      ],
    });
  });

  it("has groups of rules on requests, pods and nodes of this cluster, none with more than 20", () => {
    const groups = ["requests", "pods", "nodes"].map((suffix) =>
      inputsOf(run, "alertsmanagement:PrometheusRuleGroup", `monitoring-${suffix}-alerts`),
    );
    for (const [index, suffix] of ["requests", "pods", "nodes"].entries()) {
      expect(groups[index]).toMatchObject({
        ...PLACE,
        ruleGroupName: `aks-flood-${suffix}`,
        clusterName: "aks-flood",
        scopes: [AMW, CLUSTER],
        enabled: true,
        interval: "PT1M",
      });
    }
    expect(groups.map(({ rules }) => (rules as unknown[]).length)).toEqual([10, 15, 15]);
  });

  it("has a dashboard for the scoring and one for the nodes, each with its content", () => {
    for (const [suffix, panel] of [
      ["scoring", "Burn rate of the objectives"],
      ["nodes", "Conditions of the nodes"],
    ] as const) {
      expect(inputsOf(run, "dashboard:Dashboard", `monitoring-${suffix}-dashboard`)).toEqual({
        ...PLACE,
        dashboardName: `flood-${suffix}`,
      });
      const definition = `monitoring-${suffix}-dashboard-definition`;
      const { properties, ...place } = inputsOf(run, "dashboard:DashboardDefinition", definition);
      expect(place).toEqual({
        resourceGroupName: PLACE.resourceGroupName,
        dashboardName: `flood-${suffix}`,
        definitionName: "default",
      });
      const { serializedData } = properties as { serializedData: string };
      expect(serializedData).toContain(`"title":"${panel}"`);
    }
  });

  it("shows alerts on nodes on the dashboard of nodes, and all others on that of the scoring", () => {
    const shown = ["requests", "pods", "nodes"].map((suffix) => {
      const { rules } = inputsOf(
        run,
        "alertsmanagement:PrometheusRuleGroup",
        `monitoring-${suffix}-alerts`,
      ) as { rules: { annotations: { dashboard: string } }[] };
      return [...new Set(rules.map(({ annotations }) => annotations.dashboard))];
    });
    expect(shown).toEqual(
      ["flood-scoring", "flood-scoring", "flood-nodes"].map((name) => [
        `${PORTAL}${dashboardId(name)}`,
      ]),
    );
  });

  it("calls nobody without an action group, and still says what to do", () => {
    const [first] = inputsOf(run, "alertsmanagement:PrometheusRuleGroup", "monitoring-pods-alerts")[
      "rules"
    ] as Record<string, unknown>[];
    expect(first).toMatchObject({
      alert: "NoPodReady",
      severity: 0,
      annotations: {
        runbook_url: "docs/runbooks/no-healthy-instance.md",
        dashboard: `${PORTAL}${dashboardId("flood-scoring")}`,
        panel: "Ready pods",
      },
    });
    expect(first).not.toHaveProperty("actions");
  });
});
