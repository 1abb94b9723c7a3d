import type { PanelId } from "../dashboards/panels";
import type { Alert, Watched } from "./alert";
import { TRAFFIC_LOG } from "./requestQueries";

/**
 * Alerts on the instances of a managed online endpoint's deployments (Azure Monitor, supported metrics of
 * workspaces/onlineEndpoints/deployments). The cluster has others: it shows pods and nodes.
 */
export function endpointAlerts({ endpointName }: Watched): Alert[] {
  return [
    utilization("cpu", "CpuNearLimit", "CpuUtilizationPercentage", 90),
    utilization("memory", "MemoryNearLimit", "CpuMemoryUtilizationPercentage", 90),
    utilization("disk", "DiskNearLimit", "DiskUtilization", 85),
    {
      name: "AtMaximumInstances",
      severity: 2,
      summary:
        "The deployment runs its highest number of instances; more load makes requests wait.",
      runbook: "too-many-requests",
      panel: "instances",
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
      panel: "events",
      // Azure RBAC, resource provider operations of Microsoft.MachineLearningServices.
      activity: {
        operation: "Microsoft.MachineLearningServices/workspaces/onlineEndpoints/deployments/write",
        status: "Failed",
      },
    },
  ];
}

function utilization(
  panel: PanelId & ("cpu" | "memory" | "disk"),
  name: string,
  metricName: string,
  percent: number,
): Alert {
  const what = `of the ${panel === "cpu" ? "CPU" : panel}`;
  return {
    name,
    severity: 2,
    summary: `The instances use more than ${percent} % ${what} on average of 15 minutes.`,
    runbook: "capacity",
    panel,
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
    panel: "statuses",
    log: {
      query: [
        TRAFFIC_LOG,
        `| where TimeGenerated > ago(15m) and EndpointName =~ "${endpointName}"`,
        "| summarize Requests = count(), Failed = countif(ResponseCode in (408, 424) or ResponseCode >= 500)",
        "| where Requests >= 10 and Failed == Requests",
      ].join("\n"),
      window: "PT15M",
      frequency: "PT5M",
    },
  };
}
