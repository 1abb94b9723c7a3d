import type { Alert } from "./alert";
import { nodeQueries as queries } from "./nodeQueries";

/**
 * Alerts on the cluster's nodes and on what AKS runs itself: AKS's recommended alerts (Azure Monitor, "Recommended alert rules
 * for Kubernetes clusters", node and cluster level) and those of the AKS baseline.
 */
export function nodeAlerts(): Alert[] {
  return [...conditionAlerts(), ...usageAlerts(), ...systemAlerts()];
}

function conditionAlerts(): Alert[] {
  const { ready } = queries;
  return [
    {
      name: "NodeNotReady",
      severity: 1,
      summary: "A node has not been ready for 15 minutes.",
      runbook: "node-not-ready",
      panel: "nodeConditions",
      prometheus: { expression: `${ready} == 0`, for: "PT15M" },
    },
    {
      name: "NodeReadinessFlaps",
      severity: 2,
      summary: "A node has become ready and not ready again and again for 15 minutes.",
      runbook: "node-not-ready",
      panel: "nodeConditions",
      prometheus: { expression: `sum by (node) (changes(${ready}[15m])) > 2`, for: "PT15M" },
    },
    {
      name: "NodeUnreachable",
      severity: 1,
      summary: "A node cannot be reached; its pods start elsewhere.",
      runbook: "node-not-ready",
      panel: "nodeConditions",
      prometheus: {
        expression: `${queries.unreachable} == 1`,
        for: "PT15M",
      },
    },
    {
      name: "NodeUnderPressure",
      severity: 2,
      summary: "A node is short of memory, disk or process ids; it evicts pods.",
      runbook: "node-not-ready",
      panel: "nodeConditions",
      prometheus: {
        expression: `${queries.underPressure} == 1`,
        for: "PT5M",
      },
    },
  ];
}

function usageAlerts(): Alert[] {
  return [
    {
      name: "NodeCpuHigh",
      severity: 2,
      summary: "A node has used more than 90 % of its CPU for 15 minutes.",
      runbook: "capacity",
      panel: "nodeCpu",
      prometheus: {
        expression: `${queries.cpuShare} > 0.9`,
        for: "PT15M",
      },
    },
    {
      name: "NodeMemoryHigh",
      severity: 2,
      summary: "A node has less than 10 % of its memory left.",
      runbook: "capacity",
      panel: "nodeMemory",
      prometheus: {
        expression: `${queries.freeMemoryShare} < 0.1`,
        for: "PT15M",
      },
    },
    {
      name: "NodeDiskNearlyFull",
      severity: 2,
      summary: "A disk of a node is more than 80 % full.",
      runbook: "node-not-ready",
      panel: "nodeDisk",
      prometheus: {
        expression: `${queries.diskShare} > 0.8`,
        for: "PT15M",
      },
    },
    ...(["cpu", "memory"] as const).map((resource): Alert => ({
      name: resource === "cpu" ? "CpuOvercommitted" : "MemoryOvercommitted",
      severity: 3,
      summary: `Pods request so much ${resource === "cpu" ? "CPU" : "memory"} that they do not fit when the largest node fails.`,
      runbook: "capacity",
      panel: "nodeRequests",
      prometheus: {
        expression: `${queries.requested(resource)} > ${queries.spareAllocatable(resource)}`,
        for: "PT15M",
      },
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
      panel: "systemPods",
      prometheus: {
        expression: `${queries.systemPodsWaiting} >= 1`,
        for: "PT15M",
      },
    },
    {
      name: "DaemonSetIncomplete",
      severity: 2,
      summary: "A DaemonSet does not run on every node that it is meant for.",
      runbook: "node-not-ready",
      panel: "systemSets",
      prometheus: {
        expression: `${queries.daemonSetShare} < 1`,
        for: "PT30M",
      },
    },
    {
      name: "JobFailed",
      severity: 3,
      summary: "A job of the cluster has failed.",
      runbook: "cluster-upgrade",
      panel: "systemSets",
      prometheus: { expression: `${queries.jobFailed} > 0`, for: "PT15M" },
    },
    {
      name: "StatefulSetIncomplete",
      severity: 3,
      summary: "A StatefulSet has fewer ready pods than it wants.",
      runbook: "node-not-ready",
      panel: "systemSets",
      prometheus: {
        expression: `${queries.statefulSetReady} != ${queries.statefulSetWanted}`,
        for: "PT15M",
      },
    },
    {
      name: "PodsStartSlowly",
      severity: 3,
      summary: "On a node, one pod in a hundred takes longer than a minute to start.",
      runbook: "registry-or-vault-unreachable",
      panel: "podStart",
      prometheus: {
        expression: `${queries.podStartSeconds} > 60`,
        for: "PT10M",
      },
    },
    {
      name: "ApiServerErrors",
      severity: 3,
      summary: "More than 1 % of the kubelets' requests to the API server fail with 5xx.",
      runbook: "cluster-upgrade",
      panel: "apiServer",
      prometheus: {
        expression: `${queries.apiErrorShare} > 0.01`,
        for: "PT15M",
      },
    },
  ];
}
