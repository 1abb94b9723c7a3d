import { basename } from "node:path";
import type { LATENCIES, AutoscaleSettings } from "./autoscaleSettings";
import type { Report } from "./azureml/issues";
import { didYouMean } from "./azureml/nearest";
import type { OnlineEndpointDefinition } from "./types";

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

/** The rules of Azure's example (Azure ML, "Autoscale online endpoints"), where none are written. */
const EXAMPLE_RULES = { scaleOutAbove: 70, scaleInBelow: 30, scaleOutBy: 1, scaleInBy: 1 };

export function autoscales(settings: AutoscaleSettings): Autoscales {
  return Object.fromEntries(
    Object.entries(settings).map(([deployment, { cpu, latency, ...limits }]) => {
      const ofCpu = cpu ?? (latency === undefined ? EXAMPLE_RULES : undefined);
      const rules = [
        ...(ofCpu === undefined ? [] : rulesOf("cpu", ofCpu)),
        ...(latency === undefined ? [] : rulesOf(latency.statistic, latency)),
      ];
      return [deployment, { ...limits, rules }];
    }),
  );
}

interface Thresholds {
  readonly scaleOutAbove: number;
  readonly scaleInBelow?: number | undefined;
  readonly scaleOutBy: number;
  readonly scaleInBy: number;
}

function rulesOf(metric: AutoscaleMetric, thresholds: Thresholds): AutoscaleRule[] {
  const { scaleOutAbove, scaleInBelow, scaleOutBy, scaleInBy } = thresholds;
  return [
    { metric, direction: "out", threshold: scaleOutAbove, instances: scaleOutBy },
    ...(scaleInBelow === undefined
      ? []
      : [{ metric, direction: "in" as const, threshold: scaleInBelow, instances: scaleInBy }]),
  ];
}

/**
 * `mlscore:autoscale` against the YAML: it names deployments, and the YAML's `instance_count` is their number at creation and
 * where Azure Monitor has no metrics, which Azure wants within the limits (microsoft/onefuzz issue 2249).
 */
export function checkAutoscale(
  settings: AutoscaleSettings,
  { deployments }: OnlineEndpointDefinition,
  report: Report,
): void {
  const names = deployments.map(({ name }) => name);
  for (const [name, { minInstances, maxInstances }] of Object.entries(settings)) {
    const deployment = deployments.find((one) => one.name === name);
    if (deployment === undefined) {
      const known = `the endpoint has ${names.join(", ")}`;
      report.error(["autoscale", name], `is no deployment; ${known}${didYouMean(name, names)}`);
      continue;
    }
    const { instanceCount, file } = deployment;
    if (instanceCount >= minInstances && instanceCount <= maxInstances) continue;
    report.error(
      ["autoscale", name],
      `allows ${minInstances} to ${maxInstances} instances, and instance_count in ${basename(file)} is ${instanceCount}; it must be ` +
        "within these limits: the deployment starts with it, and Azure goes back to it where it has no metrics",
    );
  }
}
