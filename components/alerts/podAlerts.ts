import type { Alert } from "./alert";
import { podQueries, type PodsWatched } from "./podQueries";

type Queries = ReturnType<typeof podQueries>;

/**
 * Alerts on the pods of the two namespaces: AKS's recommended alerts (Azure Monitor, "Recommended alert rules for
 * Kubernetes clusters", pod level) and those of the AKS baseline.
 */
export function podAlerts(watched: PodsWatched): Alert[] {
  const queries = podQueries(watched);
  return [...deploymentAlerts(queries), ...scaleAlerts(queries), ...containerAlerts(queries)];
}

function deploymentAlerts({ ready, wanted, updated, inPhase }: Queries): Alert[] {
  return [
    {
      name: "NoPodReady",
      severity: 0,
      summary: "No pod of a deployment is ready: nothing answers.",
      runbook: "no-healthy-instance",
      panel: "readyPods",
      prometheus: { expression: `${ready} == 0 and ${wanted} > 0`, for: "PT2M" },
    },
    {
      name: "ScoringPodsNotReady",
      severity: 1,
      summary: "Fewer than 80 % of a deployment's pods, the gateway's among them, are ready.",
      runbook: "no-healthy-instance",
      panel: "readyPods",
      prometheus: { expression: `${ready} / ${wanted} < 0.8`, for: "PT5M" },
    },
    {
      name: "RolloutStuck",
      severity: 1,
      summary: "A deployment has had pods of its old release for 20 minutes.",
      runbook: "deployment-failed",
      panel: "readyPods",
      prometheus: {
        expression: `${updated} < ${wanted}`,
        for: "PT20M",
      },
    },
    {
      name: "PodsPending",
      severity: 1,
      summary: "A pod has had no node, or no state, for 15 minutes.",
      runbook: "capacity",
      panel: "podPhases",
      prometheus: {
        expression: `${inPhase("Pending|Unknown")} > 0`,
        for: "PT15M",
      },
    },
    {
      name: "PodsFailed",
      severity: 2,
      summary: "A pod has failed and stays so.",
      runbook: "no-healthy-instance",
      panel: "podPhases",
      prometheus: {
        expression: `${inPhase("Failed")} > 0`,
        for: "PT15M",
      },
    },
  ];
}

function scaleAlerts(queries: Queries): Alert[] {
  const { replicas, desiredReplicas, maxReplicas, quotaShare } = queries;
  return [
    {
      name: "ScoringAtMaximumReplicas",
      severity: 2,
      summary: "The autoscaler is at its maximum; more load makes requests wait.",
      runbook: "too-many-requests",
      panel: "autoscaler",
      prometheus: {
        expression: `${replicas} == ${maxReplicas}`,
        for: "PT15M",
      },
    },
    {
      name: "AutoscalerBehind",
      severity: 2,
      summary: "The autoscaler has wanted another number of pods for 15 minutes.",
      runbook: "capacity",
      panel: "autoscaler",
      prometheus: {
        expression: `${replicas} != ${desiredReplicas}`,
        for: "PT15M",
      },
    },
    {
      name: "QuotaNearLimit",
      severity: 2,
      summary: "More than 90 % of a quota of the namespace is used; new pods will be refused.",
      runbook: "capacity",
      panel: "quota",
      prometheus: {
        expression: `${quotaShare} > 0.9`,
        for: "PT15M",
      },
    },
  ];
}

function containerAlerts(queries: Queries): Alert[] {
  const { waiting, restarts, outOfMemory, cpuShare, memoryShare, volumeShare } = queries;
  return [
    {
      name: "ScoringContainersCrashLooping",
      severity: 1,
      summary: "A container fails repeatedly after its start.",
      runbook: "no-healthy-instance",
      panel: "waiting",
      prometheus: { expression: `${waiting("CrashLoopBackOff")} >= 1`, for: "PT5M" },
    },
    {
      name: "ImagePullFails",
      severity: 1,
      summary: "The image of a container cannot be pulled.",
      runbook: "registry-or-vault-unreachable",
      panel: "waiting",
      prometheus: { expression: `${waiting("ErrImagePull|ImagePullBackOff")} >= 1`, for: "PT5M" },
    },
    {
      name: "ContainersOutOfMemory",
      severity: 1,
      summary: "A container was ended because it used more memory than it may.",
      runbook: "capacity",
      panel: "restarts",
      prometheus: {
        expression: `${outOfMemory} > 0 and ${restarts("10m")} > 0`,
        for: "PT1M",
      },
    },
    {
      name: "ContainersRestart",
      severity: 2,
      summary: "A container has restarted more than three times within an hour.",
      runbook: "no-healthy-instance",
      panel: "restarts",
      prometheus: { expression: `${restarts("1h")} > 3`, for: "PT5M" },
    },
    {
      name: "ContainerCpuNearLimit",
      severity: 2,
      summary: "A container uses more than 95 % of the CPU that it may.",
      runbook: "capacity",
      panel: "cpu",
      prometheus: {
        expression: `${cpuShare} > 0.95`,
        for: "PT15M",
      },
    },
    {
      name: "ContainerMemoryNearLimit",
      severity: 2,
      summary: "A container uses more than 95 % of the memory that it may.",
      runbook: "capacity",
      panel: "memory",
      prometheus: {
        expression: `${memoryShare} > 0.95`,
        for: "PT10M",
      },
    },
    {
      name: "VolumeNearlyFull",
      severity: 2,
      summary: "A volume of a pod is more than 80 % full.",
      runbook: "capacity",
      panel: "disk",
      prometheus: {
        expression: `${volumeShare} > 0.8`,
        for: "PT15M",
      },
    },
  ];
}
