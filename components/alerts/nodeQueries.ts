/**
 * PromQL of numbers about the cluster's nodes and what AKS runs itself, which alerts compare and dashboards show. All metrics
 * are among those that managed Prometheus keeps by default (Azure Monitor, "Default Prometheus metrics configuration").
 */

type Resource = "cpu" | "memory";

const FILE_SYSTEMS = '{fstype!~"tmpfs|overlay|squashfs"}';

export const nodeQueries = {
  ready: 'kube_node_status_condition{condition="Ready",status="true"}',
  unreachable:
    'max by (node) (kube_node_spec_taint{key="node.kubernetes.io/unreachable",effect="NoSchedule"})',
  underPressure:
    'max by (node, condition) (kube_node_status_condition{condition=~"MemoryPressure|DiskPressure|PIDPressure",status="true"})',
  cpuShare: '1 - avg by (instance) (rate(node_cpu_seconds_total{mode="idle"}[5m]))',
  freeMemoryShare: "node_memory_MemAvailable_bytes / node_memory_MemTotal_bytes",
  diskShare: `1 - node_filesystem_avail_bytes${FILE_SYSTEMS} / node_filesystem_size_bytes${FILE_SYSTEMS}`,
  requested: (resource: Resource) =>
    `sum(kube_pod_container_resource_requests{resource="${resource}"})`,
  /** What is left when the largest node fails. */
  spareAllocatable: (resource: Resource) => {
    const allocatable = `kube_node_status_allocatable{resource="${resource}"}`;
    return `sum(${allocatable}) - max(${allocatable})`;
  },
  systemPodsWaiting:
    'max_over_time(kube_pod_container_status_waiting_reason{namespace="kube-system",reason="CrashLoopBackOff"}[5m])',
  daemonSetShare:
    "kube_daemonset_status_number_ready / kube_daemonset_status_desired_number_scheduled",
  statefulSetReady: "kube_statefulset_status_replicas_ready",
  statefulSetWanted: "kube_statefulset_status_replicas",
  jobFailed: 'kube_job_failed{condition="true"}',
  podStartSeconds:
    "histogram_quantile(0.99, sum by (instance, le) (rate(kubelet_pod_worker_duration_seconds_bucket[5m])))",
  apiErrorShare:
    'sum by (instance) (rate(rest_client_requests_total{code=~"5.."}[5m])) / sum by (instance) (rate(rest_client_requests_total[5m]))',
} as const;
