export interface PodsWatched {
  /** Of the scoring pods. */
  readonly namespace: string;
  /** Of the gateway's pods. */
  readonly gatewayNamespace: string;
}

/**
 * PromQL of numbers about the pods of the two namespaces, which alerts compare and dashboards show. All metrics are among
 * those that managed Prometheus keeps by default (Azure Monitor, "Default Prometheus metrics configuration": kube-state,
 * cadvisor).
 */
export function podQueries({ namespace, gatewayNamespace }: PodsWatched) {
  const both = (metric: string, more = "") =>
    `${metric}{namespace=~"${namespace}|${gatewayNamespace}"${more}}`;
  const scoring = (metric: string, more = "") => `${metric}{namespace="${namespace}"${more}}`;
  return { ...deploymentQueries(both), ...scaleQueries(scoring), ...containerQueries(both) };
}

type Of = (metric: string, more?: string) => string;

function deploymentQueries(of: Of) {
  const sum = (metric: string) => `sum by (namespace, deployment) (${of(metric)})`;
  return {
    ready: sum("kube_deployment_status_replicas_ready"),
    wanted: sum("kube_deployment_spec_replicas"),
    updated: sum("kube_deployment_status_replicas_updated"),
    /** @param phase a regular expression of phases, such as `Pending|Unknown` */
    inPhase: (phase: string) =>
      `sum by (namespace, pod) (${of("kube_pod_status_phase", `,phase${phase.includes("|") ? "=~" : "="}"${phase}"`)})`,
  };
}

function scaleQueries(of: Of) {
  return {
    replicas: of("kube_horizontalpodautoscaler_status_current_replicas"),
    desiredReplicas: of("kube_horizontalpodautoscaler_status_desired_replicas"),
    maxReplicas: of("kube_horizontalpodautoscaler_spec_max_replicas"),
    quotaShare: `max by (namespace, resource) (${of("kube_resourcequota", ',type="used"')}) / max by (namespace, resource) (${of("kube_resourcequota", ',type="hard"')} > 0)`,
  };
}

function containerQueries(of: Of) {
  const by = "namespace, pod, container";
  const limit = (resource: string) =>
    `sum by (${by}) (${of("kube_pod_container_resource_limits", `,resource="${resource}"`)})`;
  return {
    /** 1 for each container that waited for one of the reasons within five minutes. */
    waiting: (reason: string) =>
      `max_over_time(${of("kube_pod_container_status_waiting_reason", `,reason=~"${reason}"`)}[5m])`,
    restarts: (window: string) =>
      `sum by (${by}) (increase(${of("kube_pod_container_status_restarts_total")}[${window}]))`,
    outOfMemory: `sum by (${by}) (${of("kube_pod_container_status_last_terminated_reason", ',reason="OOMKilled"')})`,
    cpuShare: `sum by (${by}) (rate(${of("container_cpu_usage_seconds_total", ',container!=""')}[5m])) / ${limit("cpu")}`,
    memoryShare: `sum by (${by}) (${of("container_memory_working_set_bytes", ',container!=""')}) / ${limit("memory")}`,
    volumeShare: `${of("kubelet_volume_stats_used_bytes")} / ${of("kubelet_volume_stats_capacity_bytes")}`,
  };
}
