import type { Run, Series } from "./promtool";

/** What faults of pods and nodes are made of. */

export interface Fault extends Omit<Run, "name" | "firing"> {
  /** Others that follow from the same fault. */
  readonly also?: readonly string[];
}

export const POD = 'namespace="flood",pod="scoring-a",container="server"';

/** A value that stays. */
export const steady = (value: number, minutes = 60) => `${value}x${minutes}`;

export const waiting = (reason: string, at = POD): Series => ({
  [`kube_pod_container_status_waiting_reason{${at},reason="${reason}"}`]: steady(1),
});
