import { documented, unproved, type Assumption } from "./assumption";

const LIMITS = "Microsoft Learn, Azure Monitor service limits";
const METRIC_RULE = "Microsoft Learn, Create or edit a metric alert rule";
const LOG_RULE = "Microsoft Learn, Create or edit a log search alert rule";

/** Alerts of Azure Monitor. */
export const alerts = {
  "action-group-short-name": {
    statement: "The short name of an action group has 1 to 12 characters.",
    evidence: documented("Azure REST API, Monitor action groups, groupShortName"),
    check: "PUT of an action group with a short name of 13 characters",
  },
  "action-group-receivers": {
    statement:
      "An action group has at most 1000 e-mail addresses of 64 characters, 10 accounts of the mobile app and 10 webhooks, each receiver with a name of its own.",
    evidence: documented(`${LIMITS}, action groups`),
    check: "PUT of an action group with 11 webhooks",
    dependents: ["config/notify.ts"],
  },
  "alert-severity": {
    statement: "An alert rule has a severity from 0 (critical) to 4 (verbose).",
    evidence: documented("Azure REST API, Monitor metric alerts and scheduled query rules"),
    check: "PUT of a rule with severity 5",
  },
  "alert-actions": {
    statement: "A rule calls at most five action groups, which exist.",
    evidence: documented("Microsoft Learn, Action groups (up to five action groups)"),
    check: "PUT of a rule that names an action group that does not exist",
  },
  "activity-alert-category": {
    statement: "An activity log alert has a condition on the category of the event.",
    evidence: documented(
      "Azure REST API, Monitor activity log alerts 2020-10-01, condition (at least one condition on the field category)",
    ),
    check: "PUT of an activity log alert without a category",
  },
  "metric-alert-schedule": {
    statement:
      "A metric alert is evaluated every 1, 5, 15, 30 or 60 minutes over a window of 1, 5, 15 or 30 minutes, 1, 6, 12 or 24 hours, which is not shorter.",
    evidence: documented(
      "Azure REST API, Monitor metric alerts; the lists: terraform-provider-azurerm, monitor_metric_alert (frequency, window_size)",
    ),
    check: "PUT of a metric alert with windowSize PT2H",
    dependents: ["components/alerts/alert.ts"],
  },
  "metric-alert-criteria": {
    statement: "A metric alert has one to five conditions, all of which must hold.",
    evidence: documented(`${METRIC_RULE}, restrictions with multiple conditions`),
    check: "PUT of a metric alert with six conditions",
  },
  "metric-alert-scope": {
    statement:
      "A metric alert on an online endpoint or a deployment has that one resource as its scope.",
    evidence: documented(
      "Microsoft Learn, Types of Azure Monitor alerts, monitor multiple resources with one alert rule (Azure ML is not in the list)",
    ),
    check: "PUT of a metric alert with two deployments as scopes",
    dependents: ["components/alerts/azureRules.ts"],
  },
  "metric-alert-metrics": {
    statement:
      "Metric alerts read the metrics and dimensions that Azure Monitor lists for endpoints and deployments.",
    evidence: documented(
      "Microsoft Learn, Supported metrics of Microsoft.MachineLearningServices/workspaces/onlineEndpoints and …/deployments; that an alert takes each of them is not said",
    ),
    check: "PUT of the metric alerts that the sandbox declares",
    dependents: ["components/alerts/endpointAlerts.ts"],
  },
  "log-alert-schedule": {
    statement:
      "A log alert is evaluated every minute to every day over a window of at most two days, both out of lists.",
    evidence: documented(
      `${LOG_RULE}; the lists: terraform-provider-azurerm, monitor_scheduled_query_rules_alert_v2 (evaluation_frequency, window_duration)`,
    ),
    check: "PUT of a log alert with windowSize P3D",
    dependents: ["components/alerts/burnRate.ts"],
  },
  "log-alert-query": {
    statement:
      "A log alert has one condition over an existing workspace: a query of at most 64 KB, whose rows are counted unless a column is named.",
    evidence: documented(`${LIMITS}, alerts; ${LOG_RULE}`),
    check: "PUT of a log alert that counts rows and names a metricMeasureColumn",
  },
  "log-alert-traffic-table": {
    statement:
      "Each request to an online endpoint becomes a row of AmlOnlineEndpointTrafficLog with its status and duration, 3 to 10 minutes later; mirrored requests do not.",
    evidence: unproved(
      "documented are the table, its columns and the delay of resource logs in general; nothing says how mirrored requests are logged, nor whether EndpointName is the name alone",
    ),
    check: "send requests with and without a mirror, and count the rows",
    dependents: ["components/alerts/requestAlerts.ts"],
  },
  "prometheus-rule-limit": {
    statement: "A Prometheus rule group has at most 20 rules.",
    evidence: documented(
      "Microsoft Learn, Azure Monitor managed service for Prometheus rule groups",
    ),
    check: "PUT of a group with 21 rules",
    dependents: ["components/clusterMonitoring.ts"],
  },
  "event-topic-source": {
    statement:
      "A vault has at most one system topic of Event Grid, of the type Microsoft.KeyVault.vaults.",
    evidence: documented(
      "Microsoft Learn, System topics in Azure Event Grid (one for a source); topicType as `az eventgrid topic-type list` has it",
    ),
    check: "PUT of a second system topic with the same source",
  },
  "event-alert": {
    statement:
      "Event Grid turns events of a vault, and of nothing else, into alerts of Azure Monitor with a severity and action groups; they are delivered as CloudEvents 1.0.",
    evidence: documented(
      "Microsoft Learn, Event handlers in Azure Event Grid (Azure Monitor alerts, from Azure Key Vault source only); Azure REST API, Event Grid 2025-02-15, MonitorAlertEventSubscriptionDestination; the schema: reported in several public templates",
    ),
    check: "PUT of an event subscription to MonitorAlert with EventGridSchema",
    dependents: ["components/alerts/certificateAlerts.ts"],
  },
  "event-certificate-days": {
    statement:
      "A vault says CertificateNearExpiry 30 days before the last day unless the certificate's policy says otherwise, for an imported certificate as well, and does so without a way to the network.",
    evidence: unproved(
      "documented are the events (Key Vault, Event Grid source); nothing is said about vaults without public access",
    ),
    check: "import a certificate of 20 days into a private vault and wait a day",
    dependents: ["components/alerts/certificateAlerts.ts"],
  },
  "gateway-proxy-metrics": {
    statement:
      "The proxies of application routing's gateways have Istio's standard metrics at port 15020, and the agent of managed Prometheus collects them when the ConfigMap ama-metrics-prometheus-config says so.",
    evidence: unproved(
      "documented for the Istio add-on of AKS (Collect metrics for Istio service mesh add-on workloads); nothing says it for application routing's gateways",
    ),
    check: "query istio_requests_total in the Azure Monitor workspace after some requests",
    dependents: ["components/scoring/gatewayMetrics.ts"],
  },
} as const satisfies Readonly<Record<string, Assumption>>;
