/** Whether the canary's pods can take the requests that a step gives them, counted before it gets them. */
import { percentOf, type Split } from "../../traffic/split";
import { counted, shortNumber } from "../format";
import type { Autoscaler } from "./objects";

/** What of a cluster decides how many requests each track can take. */
export interface ClusterState {
  readonly split: Split;
  readonly stable: { readonly replicas: number; readonly available: number };
  readonly canary: { readonly replicas: number; readonly available: number };
  /** Of the stable track; the canary has a fixed number of pods. */
  readonly autoscaler?: Autoscaler;
  /** Pods of the namespace's ResourceQuota. */
  readonly pods?: { readonly hard: number; readonly used: number };
  /** How many pods the PodDisruptionBudget lets go now. */
  readonly disruptionsAllowed?: number;
}

/** What a plan needs that is not there. */
export interface CapacityReport {
  /** How much the requests take now, for people. */
  readonly need: string;
  /** The next step cannot be taken. */
  readonly problem?: string;
  /** Later ones, or an abort, could not. */
  readonly warnings: readonly string[];
}

/**
 * Pods that all requests need: those of the stable track for its share now. With the autoscaler's own rule for that, used
 * CPU to wanted CPU (Kubernetes documentation, "Horizontal Pod Autoscaling", Algorithm details). Where the CPU is not known, as
 * many as there are, whatever their share: they do not go away with it.
 */
export function podsForAll({ split, stable, autoscaler }: ClusterState): number {
  const share = percentOf(split.traffic, "stable") / 100;
  if (share === 0) return 0;
  const used = autoscaler?.status?.currentMetrics?.[0]?.resource?.current.averageUtilization;
  const wanted = autoscaler?.spec.metrics?.[0]?.resource?.target.averageUtilization;
  const pods = autoscaler?.status?.currentReplicas ?? stable.replicas;
  return used === undefined || wanted === undefined ? pods : (pods * used) / wanted / share;
}

/**
 * @param percents of the steps to come, the next one first
 * @param settings where the numbers are set, for people
 */
export function capacityReport(
  state: ClusterState,
  percents: readonly number[],
  settings: string,
): CapacityReport {
  const all = podsForAll(state);
  const needed = (percent: number) => Math.max(1, Math.ceil((all * percent) / 100 - 1e-9));
  const { canary, autoscaler, pods, disruptionsAllowed } = state;
  const [next = 0, ...later] = percents;
  const tooMuch = later.filter((percent) => needed(percent) > canary.replicas);
  const most = Math.max(...percents.map(needed));
  const have = `scoring-canary has ${counted(canary.available, "available pod", "available pods")} of ${canary.replicas}`;
  const least = autoscaler?.spec.minReplicas ?? 1;
  const room = pods === undefined ? undefined : pods.hard - pods.used;
  return {
    need: `All requests keep ${shortNumber(all)} pods busy; ${have}.`,
    ...(needed(next) > canary.available
      ? {
          problem:
            `${next} % of the requests need ${counted(needed(next), "pod", "pods")} of the canary, and ${have}. ` +
            `Set canary.replicas to ${needed(next)} or more in ${settings}, and run pulumi up`,
        }
      : {}),
    warnings: [
      ...(tooMuch.length === 0
        ? []
        : [
            `${tooMuch.map((percent) => `${percent} %`).join(", ")} of the requests need ${most} pods of the canary at today's load, and ` +
              `it has ${canary.replicas}: set canary.replicas in ${settings} before that step, or it is refused`,
          ]),
      ...(room !== undefined && most - canary.replicas > room
        ? [
            `the ResourceQuota has room for ${counted(room, "more pod", "more pods")}, and ${most - canary.replicas} more may be needed; ` +
              "it grows with canary.replicas and scale.maxReplicas",
          ]
        : []),
      ...(autoscaler !== undefined && Math.ceil(all - 1e-9) > least
        ? [
            `the stable track shrinks to ${counted(least, "pod", "pods")} (scale.minReplicas) as its requests go, and an abort gives it all of them, ` +
              `which need ${Math.ceil(all - 1e-9)}: set scale.minReplicas to that for the time of the rollout`,
          ]
        : []),
      ...(disruptionsAllowed === 0
        ? ["the PodDisruptionBudget lets no pod go now, so that no node can be emptied"]
        : []),
    ],
  };
}
