import type { Series } from "../alerts/promtool";

/** Two hours of a cluster a minute apart: 6 requests a second to stable, 2 to canary, and one thing wrong of each kind. */
export const MINUTES = 120;

const REQUESTS = "istio_requests_total";
const DURATION = "istio_request_duration_milliseconds";
const HPA = "kube_horizontalpodautoscaler";
const SCORING = 'namespace="flood",deployment="scoring-stable"';
const POD = 'namespace="flood",pod="p",container="server"';
const NODE = 'node="n1"';

const counter = (perMinute: number) => `0+${perMinute}x${MINUTES}`;
const gauge = (value: number) => `${value}x${MINUTES}`;
const service = (name: string) =>
  `namespace="flood-gateway",destination_service_name="scoring-${name}"`;

function requests(track: string, statuses: Readonly<Record<string, number>>): Series {
  return Object.fromEntries(
    Object.entries(statuses).map(([status, perMinute]) => [
      `${REQUESTS}{${service(track)},response_code="${status}"}`,
      counter(perMinute),
    ]),
  );
}

/** Requests a minute by upper bound of their duration. */
function durations(track: string, buckets: Readonly<Record<string, number>>): Series {
  return {
    ...Object.fromEntries(
      Object.entries(buckets).map(([bound, perMinute]) => [
        `${DURATION}_bucket{${service(track)},le="${bound}"}`,
        counter(perMinute),
      ]),
    ),
    [`${DURATION}_count{${service(track)}}`]: counter(buckets["+Inf"] ?? 0),
  };
}

const allocatable = (node: string, resource: string, value: number): Series => ({
  [`kube_node_status_allocatable{node="${node}",resource="${resource}"}`]: gauge(value),
});

export const CLUSTER: Series = {
  ...requests("stable", { 200: 315, 500: 45 }),
  ...requests("canary", { 200: 90, 429: 30 }),
  ...durations("stable", { 500: 180, 1000: 315, 2500: 360, "+Inf": 360 }),
  ...durations("canary", { 500: 60, 1000: 90, 2500: 120, "+Inf": 120 }),
  [`kube_deployment_status_replicas_ready{${SCORING}}`]: gauge(2),
  [`kube_deployment_spec_replicas{${SCORING}}`]: gauge(3),
  [`kube_deployment_status_replicas_updated{${SCORING}}`]: gauge(1),
  'kube_pod_status_phase{namespace="flood",pod="p",phase="Pending"}': gauge(1),
  'kube_pod_status_phase{namespace="flood",pod="q",phase="Failed"}': gauge(1),
  [`${HPA}_status_current_replicas{namespace="flood",horizontalpodautoscaler="scoring-stable"}`]:
    gauge(3),
  [`${HPA}_status_desired_replicas{namespace="flood",horizontalpodautoscaler="scoring-stable"}`]:
    gauge(4),
  [`${HPA}_spec_max_replicas{namespace="flood",horizontalpodautoscaler="scoring-stable"}`]:
    gauge(12),
  'kube_resourcequota{namespace="flood",resource="pods",type="used"}': gauge(12),
  'kube_resourcequota{namespace="flood",resource="pods",type="hard"}': gauge(16),
  [`kube_pod_container_status_waiting_reason{${POD},reason="CrashLoopBackOff"}`]: gauge(1),
  [`kube_pod_container_status_waiting_reason{${POD},reason="ImagePullBackOff"}`]: gauge(0),
  [`kube_pod_container_status_restarts_total{${POD}}`]: counter(0.125),
  [`kube_pod_container_status_last_terminated_reason{${POD},reason="OOMKilled"}`]: gauge(1),
  [`container_cpu_usage_seconds_total{${POD}}`]: counter(60),
  [`container_memory_working_set_bytes{${POD}}`]: gauge(750),
  [`kube_pod_container_resource_limits{${POD},resource="cpu"}`]: gauge(2),
  [`kube_pod_container_resource_limits{${POD},resource="memory"}`]: gauge(1000),
  'kubelet_volume_stats_used_bytes{namespace="flood",persistentvolumeclaim="v"}': gauge(25),
  'kubelet_volume_stats_capacity_bytes{namespace="flood",persistentvolumeclaim="v"}': gauge(100),
  [`kube_node_status_condition{${NODE},condition="Ready",status="true"}`]: gauge(1),
  [`kube_node_spec_taint{${NODE},key="node.kubernetes.io/unreachable",effect="NoSchedule"}`]:
    gauge(1),
  [`kube_node_status_condition{${NODE},condition="DiskPressure",status="true"}`]: gauge(1),
  'node_cpu_seconds_total{instance="n1",cpu="0",mode="idle"}': counter(15),
  'node_memory_MemAvailable_bytes{instance="n1"}': gauge(25),
  'node_memory_MemTotal_bytes{instance="n1"}': gauge(100),
  'node_filesystem_avail_bytes{instance="n1",mountpoint="/",fstype="ext4"}': gauge(50),
  'node_filesystem_size_bytes{instance="n1",mountpoint="/",fstype="ext4"}': gauge(100),
  'node_filesystem_avail_bytes{instance="n1",mountpoint="/run",fstype="tmpfs"}': gauge(1),
  'node_filesystem_size_bytes{instance="n1",mountpoint="/run",fstype="tmpfs"}': gauge(100),
  ...allocatable("n1", "cpu", 4),
  ...allocatable("n2", "cpu", 8),
  ...allocatable("n1", "memory", 16),
  ...allocatable("n2", "memory", 16),
  'kube_pod_container_resource_requests{pod="p",resource="cpu"}': gauge(3),
  'kube_pod_container_resource_requests{pod="p",resource="memory"}': gauge(20),
  'kube_pod_container_status_waiting_reason{namespace="kube-system",pod="s",container="c",reason="CrashLoopBackOff"}':
    gauge(1),
  'kube_daemonset_status_number_ready{daemonset="d"}': gauge(3),
  'kube_daemonset_status_desired_number_scheduled{daemonset="d"}': gauge(4),
  'kube_statefulset_status_replicas_ready{statefulset="s"}': gauge(1),
  'kube_statefulset_status_replicas{statefulset="s"}': gauge(2),
  'kube_job_failed{job_name="j",condition="true"}': gauge(1),
  'kubelet_pod_worker_duration_seconds_bucket{instance="n1",le="2"}': counter(99),
  'kubelet_pod_worker_duration_seconds_bucket{instance="n1",le="60"}': counter(100),
  'kubelet_pod_worker_duration_seconds_bucket{instance="n1",le="+Inf"}': counter(100),
  'rest_client_requests_total{instance="n1",code="200"}': counter(45),
  'rest_client_requests_total{instance="n1",code="503"}': counter(15),
};
