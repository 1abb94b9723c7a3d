/** What a panel of the cluster shows: PromQL. */
export interface ClusterShown {
  readonly unit: Unit;
  readonly series: readonly Series[];
  /** Drawn as a line: above it, or below, an alert fires. */
  readonly limit?: number;
}

export type Unit = "perSecond" | "perMinute" | "share" | "milliseconds" | "seconds" | "number";

/** A line of a panel. */
export interface Series {
  /** Name of the lines; `{{label}}` is the value of a label. */
  readonly legend: string;
  readonly expression: string;
}

export function line(legend: string, expression: string): Series {
  return { legend, expression };
}

/** One line for each of what the legend tells apart, and the limit of its alert. */
export function lines(unit: Unit, legend: string, expression: string, limit: number): ClusterShown {
  return { unit, series: [line(legend, expression)], limit };
}
