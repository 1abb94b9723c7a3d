import type { Alert } from "./alert";

/**
 * Alerts on the cluster's nodes and on what AKS runs itself: AKS's recommended alerts (Azure Monitor, "Recommended alert rules
 * for Kubernetes clusters", node and cluster level) and those of the AKS baseline. All metrics are among those that managed
 * Prometheus keeps by default (Azure Monitor, "Default Prometheus metrics configuration").
 */
export function nodeAlerts(): Alert[] {
  return [...conditionAlerts(), ...usageAlerts(), ...systemAlerts()];
}

function conditionAlerts(): Alert[] {
  const ready = 'kube_node_status_condition{condition="Ready",status="true"}';
  return [
    {
      name: "NodeNotReady",
      severity: 1,
      summary: "A node has not been ready for 15 minutes.",
      runbook: "node-not-ready",
      prometheus: { expression: `${ready} == 0`, for: "PT15M" },
    },
    {
      name: "NodeReadinessFlaps",
      severity: 2,
      summary: "A node has become ready and not ready again and again for 15 minutes.",
      runbook: "node-not-ready",
      prometheus: { expression: `sum by (node) (changes(${ready}[15m])) > 2`, for: "PT15M" },
    },
    {
      name: "NodeUnreachable",
      severity: 1,
      summary: "A node cannot be reached; its pods start elsewhere.",
      runbook: "node-not-ready",
      prometheus: {
        expression:
          'max by (node) (kube_node_spec_taint{key="node.kubernetes.io/unreachable",effect="NoSchedule"}) == 1',
        for: "PT15M",
      },
    },
    {
      name: "NodeUnderPressure",
      severity: 2,
      summary: "A node is short of memory, disk or process ids; it evicts pods.",
      runbook: "node-not-ready",
      prometheus: {
        expression:
          'max by (node, condition) (kube_node_status_condition{condition=~"MemoryPressure|DiskPressure|PIDPressure",status="true"}) == 1',
        for: "PT5M",
      },
    },
  ];
}

function usageAlerts(): Alert[] {
  const requested = (resource: string) =>
    `sum(kube_pod_container_resource_requests{resource="${resource}"})`;
  const allocatable = (resource: string) => `kube_node_status_allocatable{resource="${resource}"}`;
  const overcommitted = (resource: string) =>
    `${requested(resource)} > sum(${allocatable(resource)}) - max(${allocatable(resource)})`;
  return [
    {
      name: "NodeCpuHigh",
      severity: 2,
      summary: "A node has used more than 90 % of its CPU for 15 minutes.",
      runbook: "capacity",
      prometheus: {
        expression: '1 - avg by (instance) (rate(node_cpu_seconds_total{mode="idle"}[5m])) > 0.9',
        for: "PT15M",
      },
    },
    {
      name: "NodeMemoryHigh",
      severity: 2,
      summary: "A node has less than 10 % of its memory left.",
      runbook: "capacity",
      prometheus: {
        expression: "node_memory_MemAvailable_bytes / node_memory_MemTotal_bytes < 0.1",
        for: "PT15M",
      },
    },
    {
      name: "NodeDiskNearlyFull",
      severity: 2,
      summary: "A disk of a node is more than 80 % full.",
      runbook: "node-not-ready",
      prometheus: {
        expression:
          '1 - node_filesystem_avail_bytes{fstype!~"tmpfs|overlay|squashfs"} / node_filesystem_size_bytes{fstype!~"tmpfs|overlay|squashfs"} > 0.8',
        for: "PT15M",
      },
    },
    ...(["cpu", "memory"] as const).map((resource): Alert => ({
      name: resource === "cpu" ? "CpuOvercommitted" : "MemoryOvercommitted",
      severity: 3,
      summary: `Pods request so much ${resource === "cpu" ? "CPU" : "memory"} that they do not fit when the largest node fails.`,
      runbook: "capacity",
      prometheus: { expression: overcommitted(resource), for: "PT15M" },
    })),
  ];
}

function systemAlerts(): Alert[] {
  return [
    {
      name: "SystemPodsCrashLoop",
      severity: 1,
      summary: "A container of kube-system fails repeatedly after its start.",
      runbook: "cluster-upgrade",
      prometheus: {
        expression:
          'max_over_time(kube_pod_container_status_waiting_reason{namespace="kube-system",reason="CrashLoopBackOff"}[5m]) >= 1',
        for: "PT15M",
      },
    },
    {
      name: "DaemonSetIncomplete",
      severity: 2,
      summary: "A DaemonSet does not run on every node that it is meant for.",
      runbook: "node-not-ready",
      prometheus: {
        expression:
          "kube_daemonset_status_number_ready / kube_daemonset_status_desired_number_scheduled < 1",
        for: "PT30M",
      },
    },
    {
      name: "JobFailed",
      severity: 3,
      summary: "A job of the cluster has failed.",
      runbook: "cluster-upgrade",
      prometheus: { expression: 'kube_job_failed{condition="true"} > 0', for: "PT15M" },
    },
    {
      name: "StatefulSetIncomplete",
      severity: 3,
      summary: "A StatefulSet has fewer ready pods than it wants.",
      runbook: "node-not-ready",
      prometheus: {
        expression: "kube_statefulset_status_replicas_ready != kube_statefulset_status_replicas",
        for: "PT15M",
      },
    },
    {
      name: "PodsStartSlowly",
      severity: 3,
      summary: "On a node, one pod in a hundred takes longer than a minute to start.",
      runbook: "registry-or-vault-unreachable",
      prometheus: {
        expression:
          "histogram_quantile(0.99, sum by (instance, le) (rate(kubelet_pod_worker_duration_seconds_bucket[5m]))) > 60",
        for: "PT10M",
      },
    },
    {
      name: "ApiServerErrors",
      severity: 3,
      summary: "More than 1 % of the kubelets' requests to the API server fail with 5xx.",
      runbook: "cluster-upgrade",
      prometheus: {
        expression:
          'sum by (instance) (rate(rest_client_requests_total{code=~"5.."}[5m])) / sum by (instance) (rate(rest_client_requests_total[5m])) > 0.01',
        for: "PT15M",
      },
    },
  ];
}
