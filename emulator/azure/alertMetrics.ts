/** Azure Monitor, "Supported metrics": dimensions of the metrics of endpoints and deployments. */
const DIMENSIONS: Readonly<Record<string, readonly string[]>> = {
  CpuMemoryUtilizationPercentage: ["instanceId"],
  CpuUtilizationPercentage: ["instanceId"],
  DeploymentCapacity: ["instanceId", "State"],
  DiskUtilization: ["instanceId", "disk"],
  GpuMemoryUtilizationPercentage: ["instanceId"],
  GpuUtilizationPercentage: ["instanceId"],
  RequestLatency: ["deployment"],
  RequestLatency_P50: ["deployment"],
  RequestLatency_P90: ["deployment"],
  RequestLatency_P95: ["deployment"],
  RequestLatency_P99: ["deployment"],
  RequestsPerMinute: ["deployment", "statusCode", "statusCodeClass", "modelStatusCode"],
};

/** What a metric can be filtered by; none for one that has no dimension. */
export function metricDimensions(metricName: string): readonly string[] {
  return DIMENSIONS[metricName] ?? [];
}
