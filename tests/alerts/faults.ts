import { POD, steady, waiting, type Fault } from "./faultParts";
import { nodeFaults } from "./nodeFaults";
import type { Run, Series } from "./promtool";

/** What is wrong in the cluster, and which alerts say so: each fault alone, on an otherwise empty database. */

const HPA = "kube_horizontalpodautoscaler";
const DEPLOYMENT = 'namespace="flood",deployment="scoring-stable"';

/** So many good requests in a step, and so many bad ones, for some steps. */
function answered(steps: number, good: number, bad: number, status = 500): Series {
  const of = (code: number) =>
    `istio_requests_total{namespace="flood-gateway",response_code="${code}"}`;
  return { [of(200)]: `0+${good}x${steps}`, [of(status)]: `0+${bad}x${steps}` };
}

function timed(steps: number, fast: number, slow: number): Series {
  const metric = "istio_request_duration_milliseconds";
  const at = 'namespace="flood-gateway"';
  return {
    [`${metric}_bucket{${at},le="1000"}`]: `0+${fast}x${steps}`,
    [`${metric}_bucket{${at},le="+Inf"}`]: `0+${fast + slow}x${steps}`,
    [`${metric}_count{${at}}`]: `0+${fast + slow}x${steps}`,
  };
}

const replicas = (ready: number, updated: number, wanted: number, minutes = 60): Series => ({
  [`kube_deployment_status_replicas_ready{${DEPLOYMENT}}`]: steady(ready, minutes),
  [`kube_deployment_status_replicas_updated{${DEPLOYMENT}}`]: steady(updated, minutes),
  [`kube_deployment_spec_replicas{${DEPLOYMENT}}`]: steady(wanted, minutes),
});

const phase = (value: string): Series => ({
  [`kube_pod_status_phase{namespace="flood",pod="scoring-a",phase="${value}"}`]: steady(1),
});

const requests: Readonly<Record<string, Fault>> = {
  FailedRequestsInAnHour: {
    series: answered(80, 87, 13),
    at: 70,
    also: ["FailedRequestsInSixHours", "FailedRequestsInADay", "FailedRequestsInDays"],
  },
  FailedRequestsInSixHours: {
    series: answered(80, 95, 5),
    step: 5,
    at: 370,
    also: ["FailedRequestsInADay", "FailedRequestsInDays"],
  },
  FailedRequestsInADay: {
    series: answered(150, 975, 25),
    step: 10,
    at: 1450,
    also: ["FailedRequestsInDays"],
  },
  FailedRequestsInDays: { series: answered(440, 988, 12), step: 10, at: 4350 },
  SlowRequestsInAnHour: {
    series: timed(80, 75, 25),
    at: 70,
    also: ["SlowRequestsInSixHours", "SlowRequestsInADay", "SlowRequestsInDays"],
  },
  SlowRequestsInSixHours: {
    series: timed(80, 92, 8),
    step: 5,
    at: 370,
    also: ["SlowRequestsInADay", "SlowRequestsInDays"],
  },
  SlowRequestsInADay: {
    series: timed(150, 95, 5),
    step: 10,
    at: 1450,
    also: ["SlowRequestsInDays"],
  },
  SlowRequestsInDays: { series: timed(440, 98, 2), step: 10, at: 4350 },
  TooManyRequests: {
    series: answered(60, 100_000, 10, 429),
    at: 30,
  },
  NoRequests: {
    series: {
      'istio_requests_total{namespace="flood-gateway",response_code="200"}': "0+10x200 2000x90",
    },
    at: 280,
  },
};

const pods: Readonly<Record<string, Fault>> = {
  NoPodReady: { series: replicas(0, 3, 3), at: 3 },
  ScoringPodsNotReady: { series: replicas(2, 3, 3), at: 10 },
  RolloutStuck: { series: replicas(3, 1, 3), at: 30 },
  PodsPending: { series: phase("Pending"), at: 20 },
  PodsFailed: { series: phase("Failed"), at: 20 },
  ScoringAtMaximumReplicas: {
    series: {
      [`${HPA}_status_current_replicas{namespace="flood"}`]: steady(12),
      [`${HPA}_status_desired_replicas{namespace="flood"}`]: steady(12),
      [`${HPA}_spec_max_replicas{namespace="flood"}`]: steady(12),
    },
    at: 20,
  },
  AutoscalerBehind: {
    series: {
      [`${HPA}_status_current_replicas{namespace="flood"}`]: steady(3),
      [`${HPA}_status_desired_replicas{namespace="flood"}`]: steady(5),
      [`${HPA}_spec_max_replicas{namespace="flood"}`]: steady(12),
    },
    at: 20,
  },
  QuotaNearLimit: {
    series: {
      'kube_resourcequota{namespace="flood",resource="pods",type="used"}': steady(15),
      'kube_resourcequota{namespace="flood",resource="pods",type="hard"}': steady(16),
    },
    at: 20,
  },
  ScoringContainersCrashLooping: { series: waiting("CrashLoopBackOff"), at: 10 },
  ImagePullFails: { series: waiting("ImagePullBackOff"), at: 10 },
  ContainersOutOfMemory: {
    series: {
      [`kube_pod_container_status_last_terminated_reason{${POD},reason="OOMKilled"}`]: steady(1),
      [`kube_pod_container_status_restarts_total{${POD}}`]: "0x9 1x50",
    },
    at: 12,
  },
  ContainersRestart: {
    series: { [`kube_pod_container_status_restarts_total{${POD}}`]: "0+0.1x60" },
    at: 60,
  },
  ContainerCpuNearLimit: {
    series: {
      [`container_cpu_usage_seconds_total{${POD}}`]: "0+118x60",
      [`kube_pod_container_resource_limits{${POD},resource="cpu"}`]: steady(2),
    },
    at: 25,
  },
  ContainerMemoryNearLimit: {
    series: {
      [`container_memory_working_set_bytes{${POD}}`]: steady(980),
      [`kube_pod_container_resource_limits{${POD},resource="memory"}`]: steady(1000),
    },
    at: 15,
  },
  VolumeNearlyFull: {
    series: {
      'kubelet_volume_stats_used_bytes{namespace="flood",persistentvolumeclaim="v"}': steady(85),
      'kubelet_volume_stats_capacity_bytes{namespace="flood",persistentvolumeclaim="v"}':
        steady(100),
    },
    at: 20,
  },
};

export const FAULTS: readonly Run[] = Object.entries({ ...requests, ...pods, ...nodeFaults }).map(
  ([name, { also = [], ...run }]) => ({ name, ...run, firing: [name, ...also] }),
);
