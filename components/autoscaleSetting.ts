import type {
  OnlineDeployment,
  OnlineEndpoint,
} from "@pulumi/azure-native/machinelearningservices";
import * as monitor from "@pulumi/azure-native/monitor";
import type * as azure from "@pulumi/azure-native/types/input";
import type * as pulumi from "@pulumi/pulumi";
import type {
  Autoscale,
  AutoscaleMetric,
  AutoscaleRule,
  Autoscales,
} from "../config/autoscaleTypes";
import type { OnlineEndpointDefinition } from "../config/types";

export interface AutoscaleSettingsArgs {
  /** @default none */
  readonly autoscale?: Autoscales;
  readonly definition: OnlineEndpointDefinition;
  readonly location: string;
  readonly workspace: { readonly resourceGroupName: pulumi.Input<string> };
  /** @default none */
  readonly tags?: Readonly<Record<string, string>>;
}

/** For every deployment that is scaled. After all of them: a write of one is refused while another is being scaled. */
export function autoscaleSettings(
  name: string,
  args: AutoscaleSettingsArgs,
  endpoint: OnlineEndpoint,
  deployments: readonly (readonly [string, OnlineDeployment])[],
  opts: pulumi.CustomResourceOptions,
): void {
  const { definition, autoscale: all = {}, location, workspace } = args;
  for (const { name: deploymentName, instanceCount, tags } of definition.deployments) {
    const autoscale = all[deploymentName];
    const deployment = deployments.find(([one]) => one === deploymentName)?.[1];
    if (autoscale === undefined || deployment === undefined) continue;
    autoscaleSetting(
      `${name}-${deploymentName}-autoscale`,
      {
        autoscale,
        resourceGroupName: workspace.resourceGroupName,
        location,
        endpointName: definition.name,
        deploymentName,
        endpointId: endpoint.id,
        deploymentId: deployment.id,
        defaultInstances: instanceCount,
        tags: { ...args.tags, ...tags },
      },
      { ...opts, dependsOn: deployments.map(([, one]) => one) },
    );
  }
}

interface AutoscaleSettingArgs {
  readonly autoscale: Autoscale;
  readonly resourceGroupName: pulumi.Input<string>;
  readonly location: string;
  readonly endpointName: string;
  readonly deploymentName: string;
  readonly endpointId: pulumi.Input<string>;
  readonly deploymentId: pulumi.Input<string>;
  /** Where Azure Monitor has no metrics, a deployment with fewer instances gets so many. */
  readonly defaultInstances: number;
  readonly tags: Readonly<Record<string, string>>;
}

/** Names of metrics and of their resource types: Azure Monitor, "Supported metrics", for endpoints and deployments. */
const ENDPOINTS = "microsoft.machinelearningservices/workspaces/onlineendpoints";
const METRIC_NAMES: Readonly<Record<AutoscaleMetric, string>> = {
  cpu: "CpuUtilizationPercentage",
  average: "RequestLatency",
  p50: "RequestLatency_P50",
  p90: "RequestLatency_P90",
  p95: "RequestLatency_P95",
  p99: "RequestLatency_P99",
};

/**
 * Azure Monitor's scaling of one deployment (Azure ML, "Autoscale online endpoints"). It outlives the deployment that it
 * scales and cannot be turned to another (Azure/vm-scale-sets issue 4), so it is deleted before the deployment is.
 */
function autoscaleSetting(
  name: string,
  args: AutoscaleSettingArgs,
  opts: pulumi.CustomResourceOptions,
): monitor.AutoscaleSetting {
  // At most 75 of the 260 characters that Azure takes: both names have at most 32.
  const autoscaleSettingName = `autoscale-${args.endpointName}-${args.deploymentName}`;
  const { minInstances, maxInstances } = args.autoscale;
  return new monitor.AutoscaleSetting(
    name,
    {
      autoscaleSettingName,
      resourceGroupName: args.resourceGroupName,
      location: args.location,
      enabled: true,
      targetResourceUri: args.deploymentId,
      profiles: [
        {
          name: "default",
          capacity: {
            minimum: String(minInstances),
            maximum: String(maxInstances),
            default: String(args.defaultInstances),
          },
          rules: args.autoscale.rules.map((rule) => scaleRule(rule, args)),
        },
      ],
      tags: args.tags,
    },
    { ...opts, replaceOnChanges: ["targetResourceUri"], deleteBeforeReplace: true },
  );
}

function scaleRule(rule: AutoscaleRule, args: AutoscaleSettingArgs): azure.monitor.ScaleRuleArgs {
  const { windowMinutes, cooldownMinutes } = args.autoscale;
  return {
    metricTrigger: {
      ...metricOf(rule.metric, args),
      timeGrain: "PT1M",
      statistic: "Average",
      timeWindow: `PT${windowMinutes}M`,
      timeAggregation: "Average",
      operator: rule.direction === "out" ? "GreaterThan" : "LessThan",
      threshold: rule.threshold,
    },
    scaleAction: {
      direction: rule.direction === "out" ? "Increase" : "Decrease",
      type: "ChangeCount",
      value: String(rule.instances),
      cooldown: `PT${cooldownMinutes}M`,
    },
  };
}

/** The deployment has the metrics of its instances; latencies are the endpoint's, by deployment. */
function metricOf(metric: AutoscaleMetric, args: AutoscaleSettingArgs) {
  const metricName = METRIC_NAMES[metric];
  if (metric === "cpu") {
    return {
      metricName,
      metricNamespace: `${ENDPOINTS}/deployments`,
      metricResourceUri: args.deploymentId,
    };
  }
  return {
    metricName,
    metricNamespace: ENDPOINTS,
    metricResourceUri: args.endpointId,
    dimensions: [
      { dimensionName: "deployment", operator: "Equals", values: [args.deploymentName] },
    ],
  };
}
