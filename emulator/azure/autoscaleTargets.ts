import { textAt } from "../../graph/paths";
import type { StoredResources } from "./typeRules";

const ENDPOINT = "azure-native:machinelearningservices:OnlineEndpoint";
const DEPLOYMENT = "azure-native:machinelearningservices:OnlineDeployment";

/** Azure Monitor, "Supported metrics", for workspaces/onlineEndpoints and workspaces/onlineEndpoints/deployments. */
const METRICS: Readonly<Record<string, readonly string[]>> = {
  [ENDPOINT]: [
    "ConnectionsActive",
    "DataCollectionErrorsPerMinute",
    "DataCollectionEventsPerMinute",
    "NetworkBytes",
    "NewConnectionsPerSecond",
    "RequestLatency",
    "RequestLatency_P50",
    "RequestLatency_P90",
    "RequestLatency_P95",
    "RequestLatency_P99",
    "RequestsPerMinute",
  ],
  [DEPLOYMENT]: [
    "CpuMemoryUtilizationPercentage",
    "CpuUtilizationPercentage",
    "DataCollectionErrorsPerMinute",
    "DataCollectionEventsPerMinute",
    "DeploymentCapacity",
    "DiskUtilization",
    "GpuEnergyJoules",
    "GpuMemoryUtilizationPercentage",
    "GpuUtilizationPercentage",
  ],
};

/** Why Azure Monitor cannot scale a resource; undefined when it can. */
export function targetProblem(target: string, store: StoredResources): string | undefined {
  const found = store.read(target);
  if (found === undefined) return `nothing to scale: ${target || "no target"} does not exist`;
  if (found.token !== DEPLOYMENT) return `${target} is no deployment of an online endpoint`;
  // A Kubernetes deployment has its own scaler (Azure ML, "Autoscale online endpoints", managed ones alone).
  const compute = textAt(found.inputs, "properties.endpointComputeType") || "Managed";
  return compute === "Managed"
    ? undefined
    : `${target} runs on ${compute}, which Azure Monitor does not scale; scaleSettings of the deployment do`;
}

/** Metrics that Azure Monitor has of an endpoint or of a deployment. */
export function metricsOf(of: "endpoint" | "deployment"): readonly string[] {
  return METRICS[of === "endpoint" ? ENDPOINT : DEPLOYMENT] ?? [];
}

/** Metrics of a resource that rules can read; undefined for one that does not exist or has none here. */
export function scaledMetrics(
  resource: string,
  store: StoredResources,
): readonly string[] | undefined {
  const token = store.read(resource)?.token;
  return token === undefined ? undefined : METRICS[token];
}
