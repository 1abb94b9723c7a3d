import * as alertsmanagement from "@pulumi/azure-native/alertsmanagement";
import type * as pulumi from "@pulumi/pulumi";

export interface ScoringAlertsArgs {
  readonly ruleGroupName: string;
  readonly resourceGroupName: pulumi.Input<string>;
  readonly location: string;
  /** Azure Monitor workspace with the metrics. */
  readonly monitorWorkspaceId: pulumi.Input<string>;
  readonly clusterId: pulumi.Input<string>;
  readonly clusterName: string;
  /** Of the scoring pods. */
  readonly namespace: string;
  /** Of the gateway's pods. */
  readonly gatewayNamespace: string;
  readonly tags: Readonly<Record<string, string>>;
}

interface Alert {
  readonly alert: string;
  readonly expression: string;
  /** ISO 8601: how long it must hold. */
  readonly for: string;
  /** 0 (critical) to 4 (verbose). */
  readonly severity: number;
  readonly summary: string;
}

/**
 * Alerts on the pods of one namespace. They have no action group: they show in the portal, and an alert processing
 * rule of the operations team sends them on.
 */
export function scoringAlerts(
  name: string,
  args: ScoringAlertsArgs,
  opts: pulumi.CustomResourceOptions,
): alertsmanagement.PrometheusRuleGroup {
  return new alertsmanagement.PrometheusRuleGroup(
    name,
    {
      ruleGroupName: args.ruleGroupName,
      resourceGroupName: args.resourceGroupName,
      location: args.location,
      clusterName: args.clusterName,
      scopes: [args.monitorWorkspaceId, args.clusterId],
      enabled: true,
      interval: "PT1M",
      rules: alerts(args).map(({ summary, ...rule }) => ({
        ...rule,
        enabled: true,
        annotations: { summary },
        resolveConfiguration: { autoResolved: true, timeToResolve: "PT10M" },
      })),
      tags: args.tags,
    },
    opts,
  );
}

/**
 * The metrics are among those that managed Prometheus keeps by default; they are the ones that Azure's recommended
 * alerts and the AKS baseline use.
 */
function alerts({ namespace, gatewayNamespace }: ScoringAlertsArgs): Alert[] {
  const of = (metric: string, more = "") => `${metric}{namespace="${namespace}"${more}}`;
  const both = (metric: string) => `${metric}{namespace=~"${namespace}|${gatewayNamespace}"}`;
  return [
    {
      alert: "ScoringPodsNotReady",
      expression: `sum by (namespace, deployment) (${both("kube_deployment_status_replicas_ready")}) / sum by (namespace, deployment) (${both("kube_deployment_spec_replicas")}) < 0.8`,
      for: "PT5M",
      severity: 1,
      summary: "Fewer than 80 % of a deployment's pods, the gateway's among them, are ready.",
    },
    {
      alert: "ScoringAtMaximumReplicas",
      expression: `${of("kube_horizontalpodautoscaler_status_current_replicas")} == ${of("kube_horizontalpodautoscaler_spec_max_replicas")}`,
      for: "PT15M",
      severity: 2,
      summary: "The autoscaler is at its maximum; more load makes requests wait.",
    },
    {
      alert: "ScoringContainersCrashLooping",
      expression: `max_over_time(${of("kube_pod_container_status_waiting_reason", ',reason="CrashLoopBackOff"')}[5m]) >= 1`,
      for: "PT5M",
      severity: 1,
      summary: "A container fails repeatedly after its start.",
    },
  ];
}
