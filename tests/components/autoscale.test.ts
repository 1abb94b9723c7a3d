import { beforeAll, describe, expect, it } from "@jest/globals";
import * as pulumi from "@pulumi/pulumi";
import { scaledCount, scaledDeployments } from "../../components/scaledInstances";
import type { StackOutputs } from "../../components/stackOutputs";
import { loadConfig } from "../../config";
import type { OnlineDeploymentDefinition, SandboxConfig } from "../../config/types";
import type { EmulatorRun } from "../../emulator/onEmulator";
import { typeProblems } from "../azureTypes";
import { inputsOf, namesOf, sandboxRun, sandboxSettings, SUBSCRIPTION } from "../stacks";

/** Proves what is declared for `mlscore:autoscale`; the engine's part of it is in tests/engine/autoscale.test.ts. */

const ENDPOINT =
  `/subscriptions/${SUBSCRIPTION}/resourceGroups/rg/providers/Microsoft.MachineLearningServices` +
  "/workspaces/mlw-flood-0d1782/onlineEndpoints/gauge-endpoint";
const BLUE = `${ENDPOINT}/deployments/blue`;
const SETTING = "monitor:AutoscaleSetting";
const AUTOSCALE = {
  blue: {
    minInstances: 1,
    maxInstances: 4,
    cpu: { scaleOutAbove: 60, scaleInBelow: 25, scaleOutBy: 2 },
    latency: { scaleOutAbove: 250, statistic: "p90" },
    windowMinutes: 10,
    cooldownMinutes: 30,
  },
};

describe("a scaled deployment", () => {
  let run: EmulatorRun;
  beforeAll(async () => {
    run = await sandboxRun({ autoscale: AUTOSCALE });
  });

  it("has one setting with its limits, its rules and the YAML's number as the default", () => {
    const trigger = {
      timeGrain: "PT1M",
      statistic: "Average",
      timeWindow: "PT10M",
      timeAggregation: "Average",
    };
    const cpu = {
      metricName: "CpuUtilizationPercentage",
      metricNamespace: "microsoft.machinelearningservices/workspaces/onlineendpoints/deployments",
      metricResourceUri: BLUE,
      ...trigger,
    };
    const action = { type: "ChangeCount", cooldown: "PT30M" };
    expect(namesOf(run, SETTING)).toEqual(["endpoint-blue-autoscale"]);
    expect(inputsOf(run, SETTING, "endpoint-blue-autoscale")).toEqual({
      resourceGroupName: "rg",
      autoscaleSettingName: "autoscale-gauge-endpoint-blue",
      location: "canadacentral",
      enabled: true,
      targetResourceUri: BLUE,
      profiles: [
        {
          name: "default",
          capacity: { minimum: "1", maximum: "4", default: "2" },
          rules: [
            {
              metricTrigger: { ...cpu, operator: "GreaterThan", threshold: 60 },
              scaleAction: { ...action, direction: "Increase", value: "2" },
            },
            {
              metricTrigger: { ...cpu, operator: "LessThan", threshold: 25 },
              scaleAction: { ...action, direction: "Decrease", value: "1" },
            },
            {
              metricTrigger: {
                metricName: "RequestLatency_P90",
                metricNamespace: "microsoft.machinelearningservices/workspaces/onlineendpoints",
                metricResourceUri: ENDPOINT,
                dimensions: [{ dimensionName: "deployment", operator: "Equals", values: ["blue"] }],
                ...trigger,
                operator: "GreaterThan",
                threshold: 250,
              },
              scaleAction: { ...action, direction: "Increase", value: "1" },
            },
          ],
        },
      ],
      tags: { owner: "tests" },
    });
  });

  it("has a body that Azure's types know", () => {
    const inputs = inputsOf(run, SETTING, "endpoint-blue-autoscale");
    expect(typeProblems(`azure-native:${SETTING}`, inputs)).toEqual([]);
  });

  it("is created before its setting, and every other deployment too", () => {
    const setting = run.resources.find(({ name }) => name === "endpoint-blue-autoscale")!;
    const dependencies = setting.dependencies.map((urn) => urn.split("::").at(-1));
    expect(dependencies).toEqual(expect.arrayContaining(["endpoint-blue", "endpoint-green"]));
  });

  it("adds the setting and changes no other resource", async () => {
    const without = await sandboxRun();
    const rest = run.resources.filter(({ name }) => name !== "endpoint-blue-autoscale");
    expect(rest).toEqual(without.resources);
  });
});

describe("the number of instances of a scaled deployment", () => {
  let config: SandboxConfig;
  beforeAll(async () => {
    pulumi.runtime.setAllConfig({ ...sandboxSettings({ autoscale: AUTOSCALE }) });
    const loaded = await loadConfig("test");
    if (loaded.target !== "sandbox") throw new Error("no sandbox");
    config = loaded;
  });
  const blueOf = ({ endpoint }: SandboxConfig) => endpoint.deployments[0]!;
  const changed = (changes: Partial<OnlineDeploymentDefinition>): SandboxConfig => ({
    ...config,
    endpoint: { ...config.endpoint, deployments: [{ ...blueOf(config), ...changes }] },
  });
  const count = (now: SandboxConfig, before: StackOutputs, live?: number) => {
    let reads = 0;
    const read = () => {
      reads += 1;
      return Promise.resolve(live);
    };
    return scaledCount(blueOf(now), now, before, read).then((result) => ({ ...result, reads }));
  };
  const outputs = () => ({ scaledDeployments: scaledDeployments(config) });

  it("is the YAML's at creation", async () => {
    expect(await count(config, undefined)).toEqual({ count: 2, ignoresChanges: false, reads: 1 });
  });

  it("is the live one, within the limits, when scaling begins or the deployment is written", async () => {
    const kept = (live: number) => ({ count: live, ignoresChanges: false, reads: 1 });
    expect(await count(config, { scaledDeployments: {} }, 3)).toEqual(kept(3));
    expect(await count(config, { scaledDeployments: {} }, 9)).toEqual(kept(4));
    const { environmentVariables, model } = blueOf(config);
    if (model?.kind !== "local") throw new Error("blue has no local model");
    for (const changes of [
      { environmentVariables: { ...environmentVariables, MORE: "1" } },
      { tags: { stage: "demo" } },
      { model: { ...model, version: "another" } },
      { instanceType: "Standard_DS4_v2" },
    ]) {
      expect(await count(changed(changes), outputs(), 3)).toEqual(kept(3));
    }
    const tagged = { ...config, tags: { owner: "another" } };
    expect(await count(tagged, outputs(), 3)).toEqual(kept(3));
  });

  it("is ignored, and not read, as long as nothing else of the deployment changes", async () => {
    const ignored = (declared: number) => ({ count: declared, ignoresChanges: true, reads: 0 });
    expect(await count(config, outputs(), 4)).toEqual(ignored(2));
    // Only the default changes, which is the setting's.
    expect(await count(changed({ instanceCount: 3 }), outputs(), 4)).toEqual(ignored(3));
    // Another checkout of the same files.
    const { model } = blueOf(config);
    if (model?.kind !== "local") throw new Error("blue has no local model");
    const elsewhere = { file: "/elsewhere/blue.yml", model: { ...model, files: [] } };
    expect(await count(changed(elsewhere), outputs(), 4)).toEqual(ignored(2));
  });
});
