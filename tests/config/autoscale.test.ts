import { describe, expect, it } from "@jest/globals";
import * as pulumi from "@pulumi/pulumi";
import { loadConfig } from "../../config";
import { ConfigError } from "../../errors";
import { sandboxSettings } from "../stacks";

/** The fixture's deployments are blue, with 2 instances, and green, with 1. */

async function loaded(autoscale: unknown) {
  pulumi.runtime.setAllConfig({ ...sandboxSettings({ autoscale }) });
  const config = await loadConfig("test");
  if (config.target !== "sandbox") throw new Error("no sandbox");
  return config.autoscale;
}

async function faults(autoscale: unknown): Promise<string[]> {
  const error: unknown = await loaded(autoscale).then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (!(error instanceof ConfigError)) throw new Error(`no ConfigError but ${String(error)}`);
  return error.problems
    .filter(({ severity }) => severity === "error")
    .map(({ file, key, message }) => `${file} ${key ?? ""}: ${message}`);
}

const LIMITS = { minInstances: 1, maxInstances: 4 };

describe("mlscore:autoscale", () => {
  it("scales nothing where it is not written", async () => {
    expect(await loaded(undefined)).toEqual({});
  });

  it("has the rules of Azure's example where limits alone are written", async () => {
    expect(await loaded({ blue: LIMITS })).toEqual({
      blue: {
        minInstances: 1,
        maxInstances: 4,
        windowMinutes: 5,
        cooldownMinutes: 20,
        rules: [
          { metric: "cpu", direction: "out", threshold: 70, instances: 1 },
          { metric: "cpu", direction: "in", threshold: 30, instances: 1 },
        ],
      },
    });
  });

  it("has a pair of rules for each metric that is written, and no others", async () => {
    const latency = { scaleOutAbove: 200.5, scaleInBelow: 50, scaleOutBy: 2 };
    const { blue } = await loaded({
      blue: { ...LIMITS, latency, windowMinutes: 10, cooldownMinutes: 60 },
    });
    expect(blue).toEqual({
      ...LIMITS,
      windowMinutes: 10,
      cooldownMinutes: 60,
      rules: [
        { metric: "p95", direction: "out", threshold: 200.5, instances: 2 },
        { metric: "p95", direction: "in", threshold: 50, instances: 1 },
      ],
    });
    const both = await loaded({
      blue: {
        ...LIMITS,
        cpu: { scaleOutAbove: 60 },
        latency: { ...latency, statistic: "average" },
      },
    });
    expect(both["blue"]?.rules.map(({ metric, direction }) => `${metric} ${direction}`)).toEqual([
      "cpu out",
      "average out",
      "average in",
    ]);
  });

  it.each<[string, unknown, string]>([
    [
      "a deployment that is not there",
      { bleu: LIMITS },
      'autoscale.bleu: is no deployment; the endpoint has blue, green; did you mean "blue"?',
    ],
    [
      "a YAML's number outside the limits",
      { blue: { minInstances: 3, maxInstances: 4 } },
      "autoscale.blue: allows 3 to 4 instances, and instance_count in blue.yml is 2; it must be within these limits: the " +
        "deployment starts with it, and Azure goes back to it where it has no metrics",
    ],
    [
      "limits without room",
      { blue: { minInstances: 2, maxInstances: 2 } },
      "autoscale.blue.maxInstances: is 2; must be more than minInstances, 2",
    ],
    [
      "no instance at all",
      { blue: { ...LIMITS, minInstances: 0 } },
      "autoscale.blue.minInstances: is 0; must be a whole number from 1 to 50 (the fewest instances; a deployment cannot be " +
        "scaled to none)",
    ],
    [
      "more than Azure runs",
      { blue: { ...LIMITS, maxInstances: 51 } },
      "autoscale.blue.maxInstances: is 51; must be a whole number from 1 to 50 (the most instances; Azure runs at most 50 per " +
        "deployment)",
    ],
    [
      "a step of more than the room",
      { blue: { ...LIMITS, cpu: { scaleOutAbove: 70, scaleInBy: 4 } } },
      "autoscale.blue.cpu.scaleInBy: is 4; must be at most maxInstances less minInstances, 3",
    ],
    [
      "thresholds that cross",
      { blue: { ...LIMITS, latency: { scaleOutAbove: 70, scaleInBelow: 70 } } },
      "autoscale.blue.latency.scaleInBelow: is 70; must be less than scaleOutAbove",
    ],
    [
      "a window that Azure does not take",
      { blue: { ...LIMITS, windowMinutes: 1 } },
      "autoscale.blue.windowMinutes: is 1; must be a whole number from 5 to 720 (minutes that a metric is averaged over)",
    ],
    [
      "a statistic that Azure does not have",
      { blue: { ...LIMITS, latency: { scaleOutAbove: 70, statistic: "p75" } } },
      'autoscale.blue.latency.statistic: is "p75"; must be one of average, p50, p90, p95, p99',
    ],
    [
      "a misspelt key",
      { blue: { ...LIMITS, maxInstance: 3 } },
      'autoscale.blue.maxInstance: is not a known key; did you mean "maxInstances"?',
    ],
  ])("refuses %s", async (_what, autoscale, message) => {
    expect(await faults(autoscale)).toEqual([`Pulumi.test.yaml ${message}`]);
  });
});
