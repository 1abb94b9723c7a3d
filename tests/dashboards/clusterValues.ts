import type { PanelId } from "../../components/dashboards/panels";

/** What each line of the cluster's dashboards shows of `CLUSTER`, by panel and legend, to a thousandth. */

type Values = Readonly<Record<string, Readonly<Record<string, number>>>>;

const TRACK = "{{destination_service_name}}";
const tracks = (stable: number, canary: number) => ({
  '{destination_service_name="scoring-stable"}': stable,
  '{destination_service_name="scoring-canary"}': canary,
});
const HPA = "{{horizontalpodautoscaler}}";
const hpa = (value: number) => ({
  '{namespace="flood",horizontalpodautoscaler="scoring-stable"}': value,
});
const deployment = (value: number) => ({
  '{namespace="flood",deployment="scoring-stable"}': value,
});
const CONTAINER = "{{pod}} {{container}}";
const container = (value: number) => ({ '{namespace="flood",pod="p",container="server"}': value });
const waiting = (reason: string, value: number) => ({
  [`{namespace="flood",pod="p",container="server",reason="${reason}"}`]: value,
});
const instance = (value: number) => ({ '{instance="n1"}': value });
const WINDOWS = ["1h", "6h", "1d", "3d"];

const scoring: Partial<Readonly<Record<PanelId, Values>>> = {
  requests: { [TRACK]: tracks(6, 2) },
  split: { [TRACK]: tracks(0.75, 0.25) },
  statuses: {
    "{{response_code}}": {
      '{response_code="200"}': 6.75,
      '{response_code="429"}': 0.5,
      '{response_code="500"}': 0.75,
    },
  },
  failed: { [TRACK]: tracks(0.125, 0.25) },
  slow: { [TRACK]: tracks(0.125, 0.25) },
  latency: {
    [`${TRACK} 50 %`]: tracks(500, 500),
    [`${TRACK} 95 %`]: tracks(1900, 2200),
    [`${TRACK} 99 %`]: tracks(2380, 2440),
  },
  // 1.25 of 8 requests a second are bad; of 1000 failures 5 are allowed, and of slow ones 10.
  burnRate: Object.fromEntries([
    ...WINDOWS.map((window) => [`failed, ${window}`, { "{}": 31.25 }]),
    ...WINDOWS.map((window) => [`slow, ${window}`, { "{}": 15.625 }]),
  ]) as Values,
  refused: { refused: { "{}": 30 } },
  readyPods: {
    "{{deployment}} wanted": deployment(3),
    "{{deployment}} ready": deployment(2),
    "{{deployment}} of the new release": deployment(1),
  },
  podPhases: {
    "{{pod}} pending": { '{namespace="flood",pod="p"}': 1 },
    "{{pod}} failed": { '{namespace="flood",pod="q"}': 1 },
  },
  autoscaler: { [`${HPA} now`]: hpa(3), [`${HPA} wanted`]: hpa(4), [`${HPA} at most`]: hpa(12) },
  quota: { "{{resource}}": { '{namespace="flood",resource="pods"}': 0.75 } },
  waiting: {
    [`${CONTAINER} fails`]: waiting("CrashLoopBackOff", 1),
    [`${CONTAINER} has no image`]: waiting("ImagePullBackOff", 0),
  },
  restarts: {
    [`${CONTAINER} restarts`]: container(7.5),
    [`${CONTAINER} out of memory`]: container(1),
  },
  cpu: { [CONTAINER]: container(0.5) },
  memory: { [CONTAINER]: container(0.75) },
  disk: {
    "{{persistentvolumeclaim}}": { '{namespace="flood",persistentvolumeclaim="v"}': 0.25 },
  },
};

const nodes: Partial<Readonly<Record<PanelId, Values>>> = {
  nodeConditions: {
    "{{node}} ready": { '{node="n1",condition="Ready",status="true"}': 1 },
    "{{node}} unreachable": { '{node="n1"}': 1 },
    "{{node}} {{condition}}": { '{node="n1",condition="DiskPressure"}': 1 },
  },
  nodeCpu: { "{{instance}}": instance(0.75) },
  nodeMemory: { "{{instance}}": instance(0.75) },
  nodeDisk: {
    "{{instance}} {{mountpoint}}": { '{instance="n1",mountpoint="/",fstype="ext4"}': 0.5 },
  },
  nodeRequests: { cpu: { "{}": 0.75 }, memory: { "{}": 1.25 } },
  systemPods: {
    "{{pod}} {{container}}": {
      '{namespace="kube-system",pod="s",container="c",reason="CrashLoopBackOff"}': 1,
    },
  },
  systemSets: {
    "{{daemonset}}": { '{daemonset="d"}': 0.75 },
    "{{statefulset}}": { '{statefulset="s"}': 0.5 },
    "{{job_name}} failed": { '{job_name="j",condition="true"}': 1 },
  },
  podStart: { "{{instance}}": instance(2) },
  apiServer: { "{{instance}}": instance(0.25) },
};

export const CLUSTER_VALUES: Readonly<Record<"scoring" | "nodes", typeof scoring>> = {
  scoring,
  nodes,
};
