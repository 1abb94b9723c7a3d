import type { Alert, Watched } from "./alert";

/**
 * Alerts on the instances of a managed online endpoint's deployments (Azure Monitor, supported metrics of
 * workspaces/onlineEndpoints/deployments). The cluster has others: it shows pods and nodes.
 */
export function endpointAlerts({ endpointName }: Watched): Alert[] {
  return [
    utilization("CpuNearLimit", "CpuUtilizationPercentage", "of the CPU", 90),
    utilization("MemoryNearLimit", "CpuMemoryUtilizationPercentage", "of the memory", 90),
    utilization("DiskNearLimit", "DiskUtilization", "of the disk", 85),
    {
      name: "AtMaximumInstances",
      severity: 2,
      summary:
        "The deployment runs its highest number of instances; more load makes requests wait.",
      runbook: "too-many-requests",
      metric: {
        of: "deployment",
        metricName: "DeploymentCapacity",
        aggregation: "Minimum",
        operator: "GreaterThanOrEqual",
        threshold: "maxInstances",
        window: "PT30M",
        frequency: "PT5M",
      },
    },
    noHealthyInstance(endpointName),
    {
      name: "DeploymentFailed",
      severity: 1,
      summary: "A deployment was not created or not updated.",
      runbook: "deployment-failed",
      // Azure RBAC, resource provider operations of Microsoft.MachineLearningServices.
      activity: {
        operation: "Microsoft.MachineLearningServices/workspaces/onlineEndpoints/deployments/write",
        status: "Failed",
      },
    },
  ];
}

function utilization(name: string, metricName: string, what: string, percent: number): Alert {
  return {
    name,
    severity: 2,
    summary: `The instances use more than ${percent} % ${what} on average of 15 minutes.`,
    runbook: "capacity",
    metric: {
      of: "deployment",
      metricName,
      aggregation: "Average",
      operator: "GreaterThan",
      threshold: percent,
      window: "PT15M",
      frequency: "PT5M",
    },
  };
}

/**
 * Nothing of the endpoint answers: what it says itself is a 424 or 5xx, whichever deployment it asks. The values of
 * the dimension State of DeploymentCapacity are not documented, so instances are not counted by it.
 */
function noHealthyInstance(endpointName: string): Alert {
  return {
    name: "NothingAnswers",
    severity: 0,
    summary: "Every request of the last 15 minutes failed: no instance answers.",
    runbook: "no-healthy-instance",
    log: {
      query: [
        "AmlOnlineEndpointTrafficLog",
        `| where TimeGenerated > ago(15m) and EndpointName =~ "${endpointName}"`,
        "| summarize Requests = count(), Failed = countif(ResponseCode in (408, 424) or ResponseCode >= 500)",
        "| where Requests >= 10 and Failed == Requests",
      ].join("\n"),
      window: "PT15M",
      frequency: "PT5M",
    },
  };
}
