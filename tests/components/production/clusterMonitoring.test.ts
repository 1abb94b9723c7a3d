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

  it("alerts on the scoring namespace of this cluster only", () => {
    const group = inputsOf(run, "alertsmanagement:PrometheusRuleGroup", "monitoring-alerts");
    expect(group).toMatchObject({
      ...PLACE,
      ruleGroupName: "aks-flood-scoring",
      clusterName: "aks-flood",
      scopes: [AMW, CLUSTER],
      enabled: true,
      interval: "PT1M",
    });
    const rules = group["rules"] as Record<string, unknown>[];
    expect(
      rules.map(({ alert, severity, for: time, enabled }) => [alert, severity, time, enabled]),
    ).toEqual([
      ["ScoringPodsNotReady", 1, "PT5M", true],
      ["ScoringAtMaximumReplicas", 2, "PT15M", true],
      ["ScoringContainersCrashLooping", 1, "PT5M", true],
    ]);
    expect(rules.map(({ expression }) => expression)).toEqual([
      'sum by (namespace, deployment) (kube_deployment_status_replicas_ready{namespace=~"gauge|gauge-gateway"}) / sum by (namespace, deployment) (kube_deployment_spec_replicas{namespace=~"gauge|gauge-gateway"}) < 0.8',
      'kube_horizontalpodautoscaler_status_current_replicas{namespace="gauge"} == kube_horizontalpodautoscaler_spec_max_replicas{namespace="gauge"}',
      'max_over_time(kube_pod_container_status_waiting_reason{namespace="gauge",reason="CrashLoopBackOff"}[5m]) >= 1',
    ]);
  });
});
