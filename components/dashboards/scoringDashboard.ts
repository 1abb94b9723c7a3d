import type { Watched } from "../alerts/alert";
import { BURN_WINDOWS, burnRate } from "../alerts/burnRate";
import { podQueries, type PodsWatched } from "../alerts/podQueries";
import { REFUSED_A_MINUTE } from "../alerts/requestAlerts";
import { requestQueries, TRACK_LABEL, type Windowed } from "../alerts/requestQueries";
import { line, lines, type ClusterShown } from "./clusterShown";
import type { Dashboard, Panel } from "./description";

/** The endpoint in the cluster: requests through the gateway, and the pods that answer them, stable beside canary. */
export function scoringDashboard(watched: Watched & PodsWatched): Dashboard<ClusterShown> {
  return {
    purpose:
      "Requests through the gateway by release, against the objectives, and the pods that answer them.",
    sections: [
      { title: "Traffic", panels: requestPanels(watched) },
      { title: "Objectives", panels: objectivePanels(watched) },
      { title: "Pods", panels: podPanels(watched) },
      { title: "Containers", panels: containerPanels(watched) },
    ],
  };
}

/** Long enough for two samples of every target, and short enough to see a step of a rollout. */
const WINDOW = "5m";

function requestPanels({ gatewayNamespace, objectives }: Watched & PodsWatched) {
  const { all, failed, timed, slow, latency } = requestQueries(gatewayNamespace, objectives);
  const byTrack = `{{${TRACK_LABEL}}}`;
  // Where nothing failed there is no series of failures; it is then 0 and not missing.
  const share = (part: Windowed, of: Windowed) =>
    `(${part(WINDOW, TRACK_LABEL)} or ${of(WINDOW, TRACK_LABEL)} * 0) / ${of(WINDOW, TRACK_LABEL)}`;
  return [
    {
      id: "requests",
      what: "Requests a second by the Service that they went to: stable or canary.",
      shown: {
        unit: "perSecond",
        series: [line(byTrack, all(WINDOW, TRACK_LABEL))],
      },
    },
    {
      id: "split",
      what: "Share of the requests by Service. During a rollout it follows the weights of the route.",
      shown: {
        unit: "share",
        series: [line(byTrack, `${all(WINDOW, TRACK_LABEL)} / on () group_left () ${all(WINDOW)}`)],
      },
    },
    {
      id: "statuses",
      what: "Requests a second by the status that callers get.",
      shown: {
        unit: "perSecond",
        series: [line("{{response_code}}", all(WINDOW, "response_code"))],
      },
    },
    {
      id: "failed",
      what: "Share of the requests that were answered with 408, 424, 429 or 5xx.",
      shown: { unit: "share", series: [line(byTrack, share(failed, all))] },
    },
    {
      id: "slow",
      what: `Share of the requests that took longer than ${objectives.latencyMs} ms.`,
      shown: { unit: "share", series: [line(byTrack, share(slow, timed))] },
    },
    {
      id: "latency",
      what: "Milliseconds that 50, 95 and 99 % of the requests keep to.",
      shown: {
        unit: "milliseconds",
        series: [0.5, 0.95, 0.99].map((part) =>
          line(`${byTrack} ${part * 100} %`, latency(part, WINDOW, TRACK_LABEL)),
        ),
      },
    },
  ] satisfies Panel<ClusterShown>[];
}

function objectivePanels({ gatewayNamespace, objectives }: Watched & PodsWatched) {
  const { all, failed, refused, timed, slow } = requestQueries(gatewayNamespace, objectives);
  const { goodPercent, fastPercent, periodDays } = objectives;
  const rates = (what: string, part: Windowed, of: Windowed, percent: number) =>
    BURN_WINDOWS.map(({ long }) =>
      line(
        `${what}, ${long}`,
        `${part(long)} / ${of(long)} / ${Number((1 - percent / 100).toPrecision(6))}`,
      ),
    );
  const limits = BURN_WINDOWS.map(
    ({ budget, long }) => `${burnRate(objectives, budget, long)} over ${long}`,
  );
  return [
    {
      id: "burnRate",
      what: `How fast the failed and slow requests that ${periodDays} days may have are used up: at 1 they last for exactly that long. An alert fires above ${limits.join(", ")}.`,
      shown: {
        unit: "number",
        series: [
          ...rates("failed", failed, all, goodPercent),
          ...rates("slow", slow, timed, fastPercent),
        ],
        limit: 1,
      },
    },
    {
      id: "refused",
      what: "Requests a minute that were refused because the pods were busy.",
      shown: lines("perMinute", "refused", `${refused("15m")} * 60`, REFUSED_A_MINUTE),
    },
  ] satisfies Panel<ClusterShown>[];
}

function podPanels(watched: PodsWatched) {
  const queries = podQueries(watched);
  return [
    {
      id: "readyPods",
      what: "Pods of each Deployment: wanted, ready, and already of the new release.",
      shown: {
        unit: "number",
        series: [
          line("{{deployment}} wanted", queries.wanted),
          line("{{deployment}} ready", queries.ready),
          line("{{deployment}} of the new release", queries.updated),
        ],
      },
    },
    {
      id: "podPhases",
      what: "Pods without a node or without a state, and pods that failed.",
      shown: {
        unit: "number",
        series: [
          line("{{pod}} pending", queries.inPhase("Pending|Unknown")),
          line("{{pod}} failed", queries.inPhase("Failed")),
        ],
      },
    },
    {
      id: "autoscaler",
      what: "Pods that there are, that the autoscaler wants, and that it may have at most.",
      shown: {
        unit: "number",
        series: [
          line("{{horizontalpodautoscaler}} now", queries.replicas),
          line("{{horizontalpodautoscaler}} wanted", queries.desiredReplicas),
          line("{{horizontalpodautoscaler}} at most", queries.maxReplicas),
        ],
      },
    },
    {
      id: "quota",
      what: "Used share of the namespace's quota; at 1 new pods are refused.",
      shown: lines("share", "{{resource}}", queries.quotaShare, 0.9),
    },
  ] satisfies Panel<ClusterShown>[];
}

function containerPanels(watched: PodsWatched) {
  const queries = podQueries(watched);
  const container = "{{pod}} {{container}}";
  return [
    {
      id: "waiting",
      what: "1 for a container that failed after its start, or whose image could not be pulled.",
      shown: {
        unit: "number",
        series: [
          line(`${container} fails`, queries.waiting("CrashLoopBackOff")),
          line(`${container} has no image`, queries.waiting("ErrImagePull|ImagePullBackOff")),
        ],
      },
    },
    {
      id: "restarts",
      what: "Restarts within an hour, and containers that were last ended because they used too much memory.",
      shown: {
        unit: "number",
        series: [
          line(`${container} restarts`, queries.restarts("1h")),
          line(`${container} out of memory`, queries.outOfMemory),
        ],
        limit: 3,
      },
    },
    {
      id: "cpu",
      what: "Used share of a container's CPU limit.",
      shown: lines("share", container, queries.cpuShare, 0.95),
    },
    {
      id: "memory",
      what: "Used share of a container's memory limit.",
      shown: lines("share", container, queries.memoryShare, 0.95),
    },
    {
      id: "disk",
      what: "Used share of the pods' volumes.",
      shown: lines("share", "{{persistentvolumeclaim}}", queries.volumeShare, 0.8),
    },
  ] satisfies Panel<ClusterShown>[];
}
