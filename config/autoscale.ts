import { basename } from "node:path";
import type { AutoscaleSettings } from "./autoscaleSettings";
import type { AutoscaleMetric, AutoscaleRule, Autoscales } from "./autoscaleTypes";
import type { Report } from "./azureml/issues";
import { didYouMean } from "./azureml/nearest";
import type { OnlineEndpointDefinition } from "./types";

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
