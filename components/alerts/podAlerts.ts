import type { Alert } from "./alert";

export interface PodsWatched {
  /** Of the scoring pods. */
  readonly namespace: string;
  /** Of the gateway's pods. */
  readonly gatewayNamespace: string;
}

/**
 * Alerts on the pods of the two namespaces: AKS's recommended alerts (Azure Monitor, "Recommended alert rules for
 * Kubernetes clusters", pod level) and those of the AKS baseline. All metrics are among those that managed Prometheus keeps
 * by default (Azure Monitor, "Default Prometheus metrics configuration": kube-state, cadvisor).
 */
export function podAlerts({ namespace, gatewayNamespace }: PodsWatched): Alert[] {
  const both = (metric: string, more = "") =>
    `${metric}{namespace=~"${namespace}|${gatewayNamespace}"${more}}`;
  const scoring = (metric: string, more = "") => `${metric}{namespace="${namespace}"${more}}`;
  return [...deploymentAlerts(both), ...scaleAlerts(scoring), ...containerAlerts(both)];
}

type Of = (metric: string, more?: string) => string;

function deploymentAlerts(of: Of): Alert[] {
  const sum = (metric: string) => `sum by (namespace, deployment) (${of(metric)})`;
  const ready = sum("kube_deployment_status_replicas_ready");
  const wanted = sum("kube_deployment_spec_replicas");
  return [
    {
      name: "NoPodReady",
      severity: 0,
      summary: "No pod of a deployment is ready: nothing answers.",
      runbook: "no-healthy-instance",
      prometheus: { expression: `${ready} == 0 and ${wanted} > 0`, for: "PT2M" },
    },
    {
      name: "ScoringPodsNotReady",
      severity: 1,
      summary: "Fewer than 80 % of a deployment's pods, the gateway's among them, are ready.",
      runbook: "no-healthy-instance",
      prometheus: { expression: `${ready} / ${wanted} < 0.8`, for: "PT5M" },
    },
    {
      name: "RolloutStuck",
      severity: 1,
      summary: "A deployment has had pods of its old release for 20 minutes.",
      runbook: "deployment-failed",
      prometheus: {
        expression: `${sum("kube_deployment_status_replicas_updated")} < ${wanted}`,
        for: "PT20M",
      },
    },
    {
      name: "PodsPending",
      severity: 1,
      summary: "A pod has had no node, or no state, for 15 minutes.",
      runbook: "capacity",
      prometheus: {
        expression: `sum by (namespace, pod) (${of("kube_pod_status_phase", ',phase=~"Pending|Unknown"')}) > 0`,
        for: "PT15M",
      },
    },
    {
      name: "PodsFailed",
      severity: 2,
      summary: "A pod has failed and stays so.",
      runbook: "no-healthy-instance",
      prometheus: {
        expression: `sum by (namespace, pod) (${of("kube_pod_status_phase", ',phase="Failed"')}) > 0`,
        for: "PT15M",
      },
    },
  ];
}

function scaleAlerts(of: Of): Alert[] {
  const current = of("kube_horizontalpodautoscaler_status_current_replicas");
  return [
    {
      name: "ScoringAtMaximumReplicas",
      severity: 2,
      summary: "The autoscaler is at its maximum; more load makes requests wait.",
      runbook: "too-many-requests",
      prometheus: {
        expression: `${current} == ${of("kube_horizontalpodautoscaler_spec_max_replicas")}`,
        for: "PT15M",
      },
    },
    {
      name: "AutoscalerBehind",
      severity: 2,
      summary: "The autoscaler has wanted another number of pods for 15 minutes.",
      runbook: "capacity",
      prometheus: {
        expression: `${current} != ${of("kube_horizontalpodautoscaler_status_desired_replicas")}`,
        for: "PT15M",
      },
    },
    {
      name: "QuotaNearLimit",
      severity: 2,
      summary: "More than 90 % of a quota of the namespace is used; new pods will be refused.",
      runbook: "capacity",
      prometheus: {
        expression: `max by (namespace, resource) (${of("kube_resourcequota", ',type="used"')}) / max by (namespace, resource) (${of("kube_resourcequota", ',type="hard"')} > 0) > 0.9`,
        for: "PT15M",
      },
    },
  ];
}

function containerAlerts(of: Of): Alert[] {
  const waiting = (reason: string) =>
    `max_over_time(${of("kube_pod_container_status_waiting_reason", `,reason=~"${reason}"`)}[5m]) >= 1`;
  const by = "namespace, pod, container";
  const restarts = (window: string) =>
    `sum by (${by}) (increase(${of("kube_pod_container_status_restarts_total")}[${window}]))`;
  const limit = (resource: string) =>
    `sum by (${by}) (${of("kube_pod_container_resource_limits", `,resource="${resource}"`)})`;
  return [
    {
      name: "ScoringContainersCrashLooping",
      severity: 1,
      summary: "A container fails repeatedly after its start.",
      runbook: "no-healthy-instance",
      prometheus: { expression: waiting("CrashLoopBackOff"), for: "PT5M" },
    },
    {
      name: "ImagePullFails",
      severity: 1,
      summary: "The image of a container cannot be pulled.",
      runbook: "registry-or-vault-unreachable",
      prometheus: { expression: waiting("ErrImagePull|ImagePullBackOff"), for: "PT5M" },
    },
    {
      name: "ContainersOutOfMemory",
      severity: 1,
      summary: "A container was ended because it used more memory than it may.",
      runbook: "capacity",
      prometheus: {
        expression: `sum by (${by}) (${of("kube_pod_container_status_last_terminated_reason", ',reason="OOMKilled"')}) > 0 and ${restarts("10m")} > 0`,
        for: "PT1M",
      },
    },
    {
      name: "ContainersRestart",
      severity: 2,
      summary: "A container has restarted more than three times within an hour.",
      runbook: "no-healthy-instance",
      prometheus: { expression: `${restarts("1h")} > 3`, for: "PT5M" },
    },
    {
      name: "ContainerCpuNearLimit",
      severity: 2,
      summary: "A container uses more than 95 % of the CPU that it may.",
      runbook: "capacity",
      prometheus: {
        expression: `sum by (${by}) (rate(${of("container_cpu_usage_seconds_total", ',container!=""')}[5m])) / ${limit("cpu")} > 0.95`,
        for: "PT15M",
      },
    },
    {
      name: "ContainerMemoryNearLimit",
      severity: 2,
      summary: "A container uses more than 95 % of the memory that it may.",
      runbook: "capacity",
      prometheus: {
        expression: `sum by (${by}) (${of("container_memory_working_set_bytes", ',container!=""')}) / ${limit("memory")} > 0.95`,
        for: "PT10M",
      },
    },
    {
      name: "VolumeNearlyFull",
      severity: 2,
      summary: "A volume of a pod is more than 80 % full.",
      runbook: "capacity",
      prometheus: {
        expression: `${of("kubelet_volume_stats_used_bytes")} / ${of("kubelet_volume_stats_capacity_bytes")} > 0.8`,
        for: "PT15M",
      },
    },
  ];
}
