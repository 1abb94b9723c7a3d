import { steady, waiting, type Fault } from "./faultParts";
import type { Series } from "./promtool";

/** What can be wrong with nodes and with what AKS runs itself. */

const condition = (name: string, status: string, values: string): Series => ({
  [`kube_node_status_condition{node="n1",condition="${name}",status="${status}"}`]: values,
});

export const nodeFaults: Readonly<Record<string, Fault>> = {
  NodeNotReady: { series: condition("Ready", "true", steady(0)), at: 20 },
  NodeReadinessFlaps: {
    series: condition("Ready", "true", Array.from({ length: 20 }, () => "1 1 0").join(" ")),
    at: 40,
  },
  NodeUnreachable: {
    series: {
      'kube_node_spec_taint{node="n1",key="node.kubernetes.io/unreachable",effect="NoSchedule"}':
        steady(1),
    },
    at: 20,
  },
  NodeUnderPressure: { series: condition("MemoryPressure", "true", steady(1)), at: 10 },
  NodeCpuHigh: {
    series: { 'node_cpu_seconds_total{instance="n1",mode="idle"}': "0+3x60" },
    at: 25,
  },
  NodeMemoryHigh: {
    series: {
      'node_memory_MemAvailable_bytes{instance="n1"}': steady(8),
      'node_memory_MemTotal_bytes{instance="n1"}': steady(100),
    },
    at: 20,
  },
  NodeDiskNearlyFull: {
    series: {
      'node_filesystem_avail_bytes{instance="n1",fstype="ext4"}': steady(15),
      'node_filesystem_size_bytes{instance="n1",fstype="ext4"}': steady(100),
    },
    at: 20,
  },
  CpuOvercommitted: { series: overcommitted("cpu"), at: 20 },
  MemoryOvercommitted: { series: overcommitted("memory"), at: 20 },
  SystemPodsCrashLoop: {
    series: waiting(
      "CrashLoopBackOff",
      'namespace="kube-system",pod="coredns-a",container="coredns"',
    ),
    at: 20,
  },
  DaemonSetIncomplete: {
    series: {
      'kube_daemonset_status_number_ready{daemonset="d"}': steady(5),
      'kube_daemonset_status_desired_number_scheduled{daemonset="d"}': steady(6),
    },
    at: 35,
  },
  JobFailed: { series: { 'kube_job_failed{job_name="j",condition="true"}': steady(1) }, at: 20 },
  StatefulSetIncomplete: {
    series: {
      'kube_statefulset_status_replicas_ready{statefulset="s"}': steady(1),
      'kube_statefulset_status_replicas{statefulset="s"}': steady(2),
    },
    at: 20,
  },
  PodsStartSlowly: {
    series: {
      'kubelet_pod_worker_duration_seconds_bucket{instance="n1",le="60"}': "0+9x60",
      'kubelet_pod_worker_duration_seconds_bucket{instance="n1",le="120"}': "0+10x60",
      'kubelet_pod_worker_duration_seconds_bucket{instance="n1",le="+Inf"}': "0+10x60",
    },
    at: 20,
  },
  ApiServerErrors: {
    series: {
      'rest_client_requests_total{instance="n1",code="200"}': "0+95x60",
      'rest_client_requests_total{instance="n1",code="503"}': "0+5x60",
    },
    at: 25,
  },
};

/** Three nodes of 4 with 9 requested: without one of them it is more than is left. */
function overcommitted(resource: string): Series {
  const allocatable = (node: string) =>
    `kube_node_status_allocatable{node="${node}",resource="${resource}"}`;
  return {
    [allocatable("n1")]: steady(4),
    [allocatable("n2")]: steady(4),
    [allocatable("n3")]: steady(4),
    [`kube_pod_container_resource_requests{pod="p",resource="${resource}"}`]: steady(9),
  };
}
