import * as alertsmanagement from "@pulumi/azure-native/alertsmanagement";
import type * as pulumi from "@pulumi/pulumi";
import type { Alert } from "./alert";
import { properties, type Called } from "./called";

export interface PrometheusRulesArgs {
  readonly ruleGroupName: string;
  readonly resourceGroupName: pulumi.Input<string>;
  readonly location: string;
  /** Azure Monitor workspace with the metrics. */
  readonly monitorWorkspaceId: pulumi.Input<string>;
  readonly clusterId: pulumi.Input<string>;
  readonly clusterName: string;
  readonly alerts: readonly Alert[];
  /** Missing: the alerts show in the portal, and nobody is called. */
  readonly called?: Called;
  /** Address of the dashboard with the alerts' panels. @default there is none */
  readonly dashboard?: pulumi.Input<string>;
  readonly tags: Readonly<Record<string, string>>;
}

/** A group of Prometheus rules, of which Azure takes 20 ("Azure Monitor managed service for Prometheus rule groups"). */
export function prometheusRules(
  name: string,
  args: PrometheusRulesArgs,
  opts: pulumi.CustomResourceOptions,
): alertsmanagement.PrometheusRuleGroup {
  const { called } = args;
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
      rules: args.alerts.flatMap((alert) => {
        if (alert.prometheus === undefined) return [];
        const { runbook, ...more } = properties(alert, called?.notify, args.dashboard);
        return [
          {
            alert: alert.name,
            ...alert.prometheus,
            severity: alert.severity,
            enabled: true,
            // Prometheus' own words: dashboards and chats know `runbook_url`.
            annotations: { summary: alert.summary, runbook_url: runbook, ...more },
            resolveConfiguration: { autoResolved: true, timeToResolve: "PT10M" },
            ...(called === undefined ? {} : { actions: [{ actionGroupId: called.actionGroupId }] }),
          },
        ];
      }),
      tags: args.tags,
    },
    opts,
  );
}
