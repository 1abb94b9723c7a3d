import { nodeQueries as queries } from "../alerts/nodeQueries";
import { line, lines, type ClusterShown } from "./clusterShown";
import type { Dashboard, Panel } from "./description";

/** The cluster's nodes, and what AKS runs on them itself. */
export function nodesDashboard(): Dashboard<ClusterShown> {
  return {
    purpose: "The cluster's nodes, and what AKS runs on them itself.",
    sections: [
      { title: "Nodes", panels: nodePanels() },
      { title: "System", panels: systemPanels() },
    ],
  };
}

function nodePanels() {
  return [
    {
      id: "nodeConditions",
      what: "1 for a node that is ready; and 1 for one that cannot be reached, or is short of memory, disk or process ids.",
      shown: {
        unit: "number",
        series: [
          line("{{node}} ready", queries.ready),
          line("{{node}} unreachable", queries.unreachable),
          line("{{node}} {{condition}}", queries.underPressure),
        ],
      },
    },
    {
      id: "nodeCpu",
      what: "Used share of a node's CPU.",
      shown: lines("share", "{{instance}}", queries.cpuShare, 0.9),
    },
    {
      id: "nodeMemory",
      what: "Used share of a node's memory.",
      shown: lines("share", "{{instance}}", `1 - ${queries.freeMemoryShare}`, 0.9),
    },
    {
      id: "nodeDisk",
      what: "Used share of a node's disks.",
      shown: lines("share", "{{instance}} {{mountpoint}}", queries.diskShare, 0.8),
    },
    {
      id: "nodeRequests",
      what: "What pods request, as a share of what is left when the largest node fails: above 1 they do not fit any more.",
      shown: {
        unit: "share",
        series: (["cpu", "memory"] as const).map((resource) =>
          line(
            resource,
            `${queries.requested(resource)} / (${queries.spareAllocatable(resource)})`,
          ),
        ),
        limit: 1,
      },
    },
  ] satisfies Panel<ClusterShown>[];
}

function systemPanels() {
  return [
    {
      id: "systemPods",
      what: "1 for a container of kube-system that fails repeatedly after its start.",
      shown: {
        unit: "number",
        series: [line("{{pod}} {{container}}", queries.systemPodsWaiting)],
      },
    },
    {
      id: "systemSets",
      what: "Ready share of each DaemonSet and StatefulSet; and 1 for a job that failed.",
      shown: {
        unit: "number",
        series: [
          line("{{daemonset}}", queries.daemonSetShare),
          line("{{statefulset}}", `${queries.statefulSetReady} / ${queries.statefulSetWanted}`),
          line("{{job_name}} failed", queries.jobFailed),
        ],
      },
    },
    {
      id: "podStart",
      what: "Seconds in which 99 of 100 pods of a node start.",
      shown: lines("seconds", "{{instance}}", queries.podStartSeconds, 60),
    },
    {
      id: "apiServer",
      what: "Share of a kubelet's requests to the API server that fail with 5xx.",
      shown: lines("share", "{{instance}}", queries.apiErrorShare, 0.01),
    },
  ] satisfies Panel<ClusterShown>[];
}
