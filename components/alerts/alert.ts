import type { Objectives } from "../../config/objectives";
import type { PanelId } from "../dashboards/panels";

/**
 * One description of an alert for both stacks. Each query that it has becomes a rule: of Prometheus for the cluster, of
 * Azure Monitor for a managed online endpoint.
 */
export interface Alert {
  /** A part of the names of its rules. */
  readonly name: string;
  readonly severity: Severity;
  /** What is the case when it fires: a sentence. */
  readonly summary: string;
  /** File in docs/runbooks, without `.md`. */
  readonly runbook: string;
  /** Of the dashboard, which shows what the alert compares. */
  readonly panel: PanelId;
  readonly prometheus?: PrometheusQuery;
  readonly metric?: MetricQuery;
  readonly log?: LogQuery;
  readonly activity?: ActivityQuery;
  /** Type of an event of the key vault (Key Vault, "Event Grid source"). */
  readonly vaultEvent?: `Microsoft.KeyVault.${string}`;
}

/** Azure Monitor's: 0 critical, 1 error, 2 warning, 3 informational, 4 verbose. 0 and 1 call somebody at night. */
export type Severity = 0 | 1 | 2 | 3 | 4;

export interface PrometheusQuery {
  readonly expression: string;
  /** ISO 8601: how long it must hold. */
  readonly for: string;
}

/** A metric of Azure Monitor, compared with a threshold. */
export interface MetricQuery {
  /** What has the metric. */
  readonly of: "endpoint" | "deployment";
  readonly metricName: string;
  readonly aggregation: "Average" | "Minimum" | "Maximum";
  readonly operator: "GreaterThan" | "GreaterThanOrEqual" | "LessThan";
  /** `maxInstances`: the highest number that the deployment is scaled to; no rule for one that is not scaled. */
  readonly threshold: number | "maxInstances";
  /** Values by dimension; only these are looked at. */
  readonly dimensions?: Readonly<Record<string, readonly string[]>>;
  readonly window: MetricWindow;
  readonly frequency: MetricFrequency;
}

/** Azure REST API, Monitor metric alerts 2018-03-01, windowSize (terraform-provider-azurerm, monitor_metric_alert). */
export type MetricWindow = "PT1M" | "PT5M" | "PT15M" | "PT30M" | "PT1H" | "PT6H" | "PT12H" | "P1D";
export type MetricFrequency = "PT1M" | "PT5M" | "PT15M" | "PT30M" | "PT1H";

/** KQL over the Log Analytics workspace. The alert fires when the query returns a row. */
export interface LogQuery {
  readonly query: string;
  /** How far back the query looks: two days at most (Azure Monitor, "Create or edit a log search alert rule"). */
  readonly window: "PT15M" | "PT30M" | "PT1H" | "PT2H" | "PT6H" | "P1D" | "P2D";
  readonly frequency: "PT5M" | "PT15M" | "PT1H";
}

/** A write of Azure Resource Manager that failed, in the activity log. */
export interface ActivityQuery {
  readonly operation: string;
  readonly status: "Failed";
}

/** What alerts are about. */
export interface Watched {
  readonly endpointName: string;
  readonly objectives: Objectives;
}
