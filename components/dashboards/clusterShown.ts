/** What a panel of the cluster shows: PromQL. */
export interface ClusterShown {
  readonly unit: Unit;
  readonly series: readonly Series[];
  /** Drawn as a line: above it, or below, an alert fires. */
  readonly limit?: number;
}

export type Unit = "perSecond" | "perMinute" | "share" | "milliseconds" | "seconds" | "number";

export interface Series {
  /** Name of the lines; `{{label}}` is the value of a label. */
  readonly legend: string;
  readonly expression: string;
}
