import type { Series } from "./promtool";

/** A cluster's metrics over a day in which nothing is wrong: a busy noon, a rollout, a new node, some errors. */

const MINUTES = 1440;

/** A counter that grows by what each minute adds. */
function counter(added: (minute: number) => number): string {
  let total = 0;
  return Array.from({ length: MINUTES }, (_, minute) => {
    total += added(minute);
    return Number(total.toFixed(3));
  }).join(" ");
}

function gauge(value: (minute: number) => number): string {
  return Array.from({ length: MINUTES }, (_, minute) => value(minute)).join(" ");
}

/** Requests a minute: 20 at night, 200 at noon. */
const load = (minute: number) => 20 + Math.round(180 * Math.sin((minute / MINUTES) * Math.PI));
/** Replicas that follow the load a minute later. */
const wanted = (minute: number) => 3 + Math.floor(load(minute) / 50);
const every = (count: number, minute: number) => (minute % count === 0 ? 1 : 0);
/** A rollout at noon takes 10 minutes, with one pod in three at a time that is not ready. */
const isRollout = (minute: number) => minute >= 720 && minute < 730;

const POD = 'namespace="flood",pod="scoring-a",container="server"';
const GATEWAY = 'namespace="flood-gateway"';
const DEPLOYMENT = 'namespace="flood",deployment="scoring-stable"';
const HPA = "kube_horizontalpodautoscaler";

export const ORDINARY_DAY: Series = {
  [`istio_requests_total{${GATEWAY},response_code="200"}`]: counter(load),
  [`istio_requests_total{${GATEWAY},response_code="500"}`]: counter((m) => every(10, m) * 0.5),
  [`istio_requests_total{${GATEWAY},response_code="429"}`]: counter((m) => every(30, m)),
  [`istio_requests_total{${GATEWAY},response_code="400"}`]: counter((m) => load(m) / 20),
  [`istio_request_duration_milliseconds_bucket{${GATEWAY},le="1000"}`]: counter(
    (m) => load(m) * 0.996,
  ),
  [`istio_request_duration_milliseconds_count{${GATEWAY}}`]: counter(load),
  [`kube_deployment_status_replicas_ready{${DEPLOYMENT}}`]: gauge(wanted),
  [`kube_deployment_status_replicas_updated{${DEPLOYMENT}}`]: gauge((m) =>
    isRollout(m) ? 1 : wanted(m),
  ),
  [`kube_deployment_spec_replicas{${DEPLOYMENT}}`]: gauge(wanted),
  [`kube_pod_status_phase{namespace="flood",pod="scoring-a",phase="Running"}`]: gauge(() => 1),
  [`kube_pod_status_phase{namespace="flood",pod="scoring-b",phase="Pending"}`]: gauge((m) =>
    m % 240 < 5 ? 1 : 0,
  ),
  [`kube_pod_status_phase{namespace="flood",pod="scoring-a",phase="Failed"}`]: gauge(() => 0),
  [`${HPA}_status_current_replicas{namespace="flood"}`]: gauge((m) => wanted(Math.max(0, m - 2))),
  [`${HPA}_status_desired_replicas{namespace="flood"}`]: gauge(wanted),
  [`${HPA}_spec_max_replicas{namespace="flood"}`]: gauge(() => 12),
  'kube_resourcequota{namespace="flood",resource="pods",type="used"}': gauge(wanted),
  'kube_resourcequota{namespace="flood",resource="pods",type="hard"}': gauge(() => 16),
  'kube_resourcequota{namespace="flood",resource="services",type="used"}': gauge(() => 0),
  'kube_resourcequota{namespace="flood",resource="services",type="hard"}': gauge(() => 0),
  [`kube_pod_container_status_waiting_reason{${POD},reason="ContainerCreating"}`]: gauge((m) =>
    m % 240 < 5 ? 1 : 0,
  ),
  [`kube_pod_container_status_last_terminated_reason{${POD},reason="OOMKilled"}`]: gauge(() => 0),
  [`kube_pod_container_status_last_terminated_reason{${POD},reason="Error"}`]: gauge(() => 1),
  [`kube_pod_container_status_restarts_total{${POD}}`]: counter((m) => every(360, m)),
  [`container_cpu_usage_seconds_total{${POD}}`]: counter((m) => load(m) / 3),
  [`kube_pod_container_resource_limits{${POD},resource="cpu"}`]: gauge(() => 2),
  [`container_memory_working_set_bytes{${POD}}`]: gauge((m) => 500 + load(m)),
  [`kube_pod_container_resource_limits{${POD},resource="memory"}`]: gauge(() => 1000),
  'kubelet_volume_stats_used_bytes{namespace="flood",persistentvolumeclaim="v"}': gauge(
    (m) => 40 + m / 100,
  ),
  'kubelet_volume_stats_capacity_bytes{namespace="flood",persistentvolumeclaim="v"}': gauge(
    () => 100,
  ),
  // A new node is not ready for its first minutes.
  'kube_node_status_condition{node="n1",condition="Ready",status="true"}': gauge((m) =>
    m < 5 ? 0 : 1,
  ),
  'kube_node_status_condition{node="n1",condition="MemoryPressure",status="true"}': gauge(() => 0),
  'kube_node_spec_taint{node="n1",key="CriticalAddonsOnly",effect="NoSchedule"}': gauge(() => 1),
  'node_cpu_seconds_total{instance="n1",mode="idle"}': counter((m) => 60 - load(m) / 5),
  'node_memory_MemAvailable_bytes{instance="n1"}': gauge((m) => 70 - load(m) / 5),
  'node_memory_MemTotal_bytes{instance="n1"}': gauge(() => 100),
  'node_filesystem_avail_bytes{instance="n1",fstype="ext4"}': gauge((m) => 60 - m / 100),
  'node_filesystem_size_bytes{instance="n1",fstype="ext4"}': gauge(() => 100),
  'node_filesystem_avail_bytes{instance="n1",fstype="tmpfs"}': gauge(() => 0),
  'node_filesystem_size_bytes{instance="n1",fstype="tmpfs"}': gauge(() => 100),
  ...Object.fromEntries<string>(
    ["cpu", "memory"].flatMap((resource): [string, string][] => [
      ...["n1", "n2", "n3"].map((node): [string, string] => [
        `kube_node_status_allocatable{node="${node}",resource="${resource}"}`,
        gauge(() => 4),
      ]),
      [
        `kube_pod_container_resource_requests{pod="p",resource="${resource}"}`,
        gauge((m) => 2 + wanted(m) / 2),
      ],
    ]),
  ),
  'kube_daemonset_status_number_ready{daemonset="d"}': gauge((m) => (m % 480 < 20 ? 5 : 6)),
  'kube_daemonset_status_desired_number_scheduled{daemonset="d"}': gauge(() => 6),
  'kube_job_failed{job_name="j",condition="false"}': gauge(() => 1),
  'kube_statefulset_status_replicas_ready{statefulset="s"}': gauge((m) => (m % 480 < 10 ? 1 : 2)),
  'kube_statefulset_status_replicas{statefulset="s"}': gauge(() => 2),
  'kubelet_pod_worker_duration_seconds_bucket{instance="n1",le="60"}': counter(() => 10),
  'kubelet_pod_worker_duration_seconds_bucket{instance="n1",le="+Inf"}': counter(() => 10),
  'rest_client_requests_total{instance="n1",code="200"}': counter(() => 100),
  'rest_client_requests_total{instance="n1",code="503"}': counter((m) => every(60, m)),
};

export const MINUTES_OF_A_DAY = MINUTES;
