import type { LATENCIES } from "./autoscaleSettings";

/** `cpu`: of the deployment's instances; the others are latencies of its requests. */
export type AutoscaleMetric = "cpu" | (typeof LATENCIES)[number];

export interface AutoscaleRule {
  readonly metric: AutoscaleMetric;
  /** `out`: above the threshold, instances are added; `in`: below it, they are removed. */
  readonly direction: "out" | "in";
  /** Percent for `cpu`, milliseconds for a latency. */
  readonly threshold: number;
  readonly instances: number;
}

/** The limits between which Azure Monitor chooses a deployment's number of instances, and by which rules. */
export interface Autoscale {
  readonly minInstances: number;
  readonly maxInstances: number;
  readonly windowMinutes: number;
  readonly cooldownMinutes: number;
  readonly rules: readonly AutoscaleRule[];
}

/** By the name of the deployment; one that is missing has the number of instances that its YAML says. */
export type Autoscales = Readonly<Record<string, Autoscale>>;
