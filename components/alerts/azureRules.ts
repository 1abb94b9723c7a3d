import * as monitor from "@pulumi/azure-native/monitor";
import type * as azure from "@pulumi/azure-native/types/input";
import type * as pulumi from "@pulumi/pulumi";
import type { Alert, MetricQuery } from "./alert";
import { description, properties, type Called } from "./called";

/** A deployment that metric alerts are about. */
export interface WatchedDeployment {
  readonly name: string;
  readonly id: pulumi.Input<string>;
  /** Missing: its number of instances is fixed. */
  readonly maxInstances?: number;
}

export interface AzureRulesArgs {
  readonly alerts: readonly Alert[];
  readonly called: Called;
  /** Address of the dashboard with the alerts' panels. @default there is none */
  readonly dashboard?: pulumi.Input<string>;
  readonly endpointName: string;
  readonly endpointId: pulumi.Input<string>;
  readonly deployments: readonly WatchedDeployment[];
  /** With the endpoint's traffic log. */
  readonly logAnalyticsId: pulumi.Input<string>;
  /** Of the rules, and of the log alerts' region. */
  readonly resourceGroupName: pulumi.Input<string>;
  readonly location: string;
  readonly tags: Readonly<Record<string, string>>;
}

/** The rules of Azure Monitor that a managed online endpoint's alerts become. */
export function azureRules(
  name: string,
  args: AzureRulesArgs,
  opts: pulumi.CustomResourceOptions,
): void {
  for (const alert of args.alerts) {
    const { metric, log, activity } = alert;
    const logical = `${name}-${dashed(alert.name)}`;
    if (metric?.of === "endpoint") {
      metricRule(logical, alert, { metric, args, scope: args.endpointId }, opts);
    }
    if (metric?.of === "deployment") {
      for (const deployment of args.deployments) {
        if (metric.threshold === "maxInstances" && deployment.maxInstances === undefined) continue;
        const watched = { metric, args, scope: deployment.id, deployment };
        metricRule(`${logical}-${deployment.name}`, alert, watched, opts);
      }
    }
    if (log !== undefined) logRule(logical, alert, log, args, opts);
    if (activity !== undefined) activityRule(logical, alert, activity, args, opts);
  }
}

interface WatchedMetric {
  readonly metric: MetricQuery;
  readonly args: AzureRulesArgs;
  readonly scope: pulumi.Input<string>;
  readonly deployment?: WatchedDeployment;
}

function metricRule(
  logical: string,
  alert: Alert,
  { metric, args, scope, deployment }: WatchedMetric,
  opts: pulumi.CustomResourceOptions,
): void {
  const { called, endpointName } = args;
  const ruleName = ruleNameOf(alert, endpointName, deployment?.name);
  new monitor.MetricAlert(
    logical,
    {
      ruleName,
      resourceGroupName: args.resourceGroupName,
      // Metric alerts of platform metrics are processed everywhere.
      location: "global",
      description: description(alert, called.notify),
      severity: alert.severity,
      enabled: true,
      autoMitigate: true,
      scopes: [scope],
      evaluationFrequency: metric.frequency,
      windowSize: metric.window,
      criteria: {
        odataType: "Microsoft.Azure.Monitor.SingleResourceMultipleMetricCriteria",
        allOf: [criterion(metric, deployment)],
      },
      actions: [
        {
          actionGroupId: called.actionGroupId,
          webHookProperties: properties(alert, called.notify, args.dashboard),
        },
      ],
      tags: args.tags,
    },
    // A rule's scope is fixed, and a rule of the same name cannot be beside it.
    { ...opts, replaceOnChanges: ["scopes"], deleteBeforeReplace: true },
  );
}

/** Metrics of the endpoint and of a deployment have name spaces of their own (Azure Monitor, "Supported metrics"). */
export const METRIC_NAMESPACES = {
  endpoint: "microsoft.machinelearningservices/workspaces/onlineendpoints",
  deployment: "microsoft.machinelearningservices/workspaces/onlineendpoints/deployments",
} as const;

function criterion(
  metric: MetricQuery,
  deployment: WatchedDeployment | undefined,
): azure.monitor.MetricCriteriaArgs {
  return {
    criterionType: "StaticThresholdCriterion",
    name: metric.metricName,
    metricName: metric.metricName,
    metricNamespace: METRIC_NAMESPACES[metric.of],
    timeAggregation: metric.aggregation,
    operator: metric.operator,
    threshold:
      metric.threshold === "maxInstances" ? (deployment?.maxInstances ?? 0) : metric.threshold,
    dimensions: Object.entries(metric.dimensions ?? {}).map(([dimension, values]) => ({
      name: dimension,
      operator: "Include",
      values: [...values],
    })),
  };
}

function logRule(
  logical: string,
  alert: Alert,
  log: NonNullable<Alert["log"]>,
  args: AzureRulesArgs,
  opts: pulumi.CustomResourceOptions,
): void {
  const { called } = args;
  const ruleName = ruleNameOf(alert, args.endpointName);
  new monitor.ScheduledQueryRule(
    logical,
    {
      ruleName,
      displayName: ruleName,
      resourceGroupName: args.resourceGroupName,
      location: args.location,
      kind: "LogAlert",
      description: description(alert, called.notify),
      severity: alert.severity,
      enabled: true,
      autoMitigate: true,
      scopes: [args.logAnalyticsId],
      evaluationFrequency: log.frequency,
      windowSize: log.window,
      // The table is there once the endpoint has logged something, up to an hour after the first request.
      skipQueryValidation: true,
      criteria: {
        allOf: [
          {
            query: log.query,
            timeAggregation: "Count",
            operator: "GreaterThan",
            threshold: 0,
            failingPeriods: { numberOfEvaluationPeriods: 1, minFailingPeriodsToAlert: 1 },
          },
        ],
      },
      actions: {
        actionGroups: [called.actionGroupId],
        customProperties: properties(alert, called.notify, args.dashboard),
      },
      tags: args.tags,
    },
    opts,
  );
}

function activityRule(
  logical: string,
  alert: Alert,
  activity: NonNullable<Alert["activity"]>,
  args: AzureRulesArgs,
  opts: pulumi.CustomResourceOptions,
): void {
  const { called } = args;
  new monitor.ActivityLogAlert(
    logical,
    {
      activityLogAlertName: ruleNameOf(alert, args.endpointName),
      resourceGroupName: args.resourceGroupName,
      location: "Global",
      description: description(alert, called.notify),
      enabled: true,
      scopes: [args.endpointId],
      condition: {
        allOf: [
          { field: "category", equals: "Administrative" },
          { field: "operationName", equals: activity.operation },
          { field: "status", equals: activity.status },
        ],
      },
      actions: {
        actionGroups: [
          {
            actionGroupId: called.actionGroupId,
            webhookProperties: properties(alert, called.notify, args.dashboard),
          },
        ],
      },
      tags: args.tags,
    },
    opts,
  );
}

/** Unique in a group that another endpoint may share. */
function ruleNameOf({ name }: Alert, endpointName: string, deploymentName?: string): string {
  return [endpointName, ...(deploymentName === undefined ? [] : [deploymentName]), name].join("-");
}

/** `FailedRequestsInAnHour` → `failed-requests-in-an-hour` */
export function dashed(name: string): string {
  return name.replace(/(?<=[a-z])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])/g, "-").toLowerCase();
}
