import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import type { CreatedResource } from "../../graph/graph";
import { deployable } from "../../local/deployable";
import { milliseconds } from "../../config/isoDuration";

const WORKSPACE =
  "/subscriptions/s/resourceGroups/g/providers/Microsoft.MachineLearningServices/workspaces/w";
const ML = "azure-native:machinelearningservices:";
const OWN = "pulumi-nodejs:dynamic/mlscore:";
let folder: string;
let assets: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "deployable-"));
  assets = join(folder, "assets");
  writeFileSync(join(folder, "score.py"), "code");
  writeFileSync(join(folder, "weights.bin"), "weights");
});
afterEach(() => {
  rmSync(folder, { recursive: true });
});

const resource = (token: string, id: string, inputs: object): CreatedResource => ({
  token,
  id,
  inputs: { ...inputs },
  outputs: {},
});
const upload = (name: string, files: Record<string, string>) =>
  resource("pulumi-nodejs:dynamic/mlscore:AssetUpload", `upload/${name}`, {
    folder: name,
    files: Object.entries(files).map(([path, file]) => ({ path, source: join(folder, file) })),
  });

/** An endpoint with one deployment; each test changes what it is about. */
function stack(properties: object = {}, environment: object = {}, traffic: object = { blue: 100 }) {
  const all = [
    resource(`${ML}OnlineEndpoint`, `${WORKSPACE}/onlineEndpoints/flood`, {
      endpointName: "flood",
      properties: { authMode: "Key" },
    }),
    upload("code/c/1", { "score.py": "score.py", "pkg/__init__.py": "score.py" }),
    upload("model/m/1", { "weights/weights.bin": "weights.bin" }),
    resource(`${OWN}CodeVersion`, "code", {
      properties: { codeUri: "https://a.blob.core.windows.net/assets/code/c/1" },
    }),
    resource(`${OWN}ModelVersion`, "model", {
      name: "weights",
      version: "7",
      properties: {
        modelUri: "azureml://subscriptions/s/datastores/assets/paths/model/m/1/weights",
      },
    }),
    resource(`${OWN}EnvironmentVersion`, "environment", {
      properties: { condaFile: "dependencies: []", ...environment },
    }),
    resource(`${ML}OnlineDeployment`, `${WORKSPACE}/onlineEndpoints/flood/deployments/blue`, {
      deploymentName: "blue",
      sku: { capacity: 2 },
      properties: {
        codeConfiguration: { codeId: "code", scoringScript: "score.py" },
        model: "model",
        environmentId: "environment",
        ...properties,
      },
    }),
    resource("pulumi-nodejs:dynamic/mlscore:TrafficSplit", "traffic", {
      traffic,
      mirrorTraffic: {},
    }),
  ];
  return new Map(all.map((one) => [one.id, one]));
}

describe("deployable", () => {
  it("gives the spec with Azure's defaults and lays code and model out as Azure does", async () => {
    const { spec, withoutTraffic, leftOut } = await deployable(stack(), assets);
    expect([withoutTraffic, leftOut]).toEqual([[], []]);
    const [blue] = spec.deployments;
    const probe = {
      initialDelaySeconds: 10,
      periodSeconds: 10,
      timeoutSeconds: 2,
      successThreshold: 1,
      failureThreshold: 30,
    };
    expect(spec).toEqual({
      name: "flood",
      authMode: "Key",
      traffic: { blue: 100 },
      mirrorTraffic: {},
      tags: {},
      deployments: [
        {
          name: "blue",
          revision: expect.stringMatching(/^[0-9a-f]{16}$/) as unknown,
          instanceCount: 2,
          codeDirectory: join(assets, "code-c-1"),
          scoringScript: "score.py",
          modelDirectory: join(assets, "model-m-1-mounted", "azureml-models", "weights", "7"),
          condaFile: "dependencies: []",
          environmentVariables: {},
          requestTimeoutMs: 5000,
          maxConcurrentRequestsPerInstance: 1,
          livenessProbe: probe,
          readinessProbe: probe,
        },
      ],
    });
    expect(readFileSync(join(blue!.codeDirectory, "pkg", "__init__.py"), "utf8")).toBe("code");
    expect(readFileSync(join(blue!.modelDirectory!, "weights", "weights.bin"), "utf8")).toBe(
      "weights",
    );
  });

  it("has the tags that are written with the split, or else the endpoint's own", async () => {
    const resources = stack();
    const id = `${WORKSPACE}/onlineEndpoints/flood`;
    const own = { ...resources.get(id)!.inputs, tags: { owner: "tests", stale: "yes" } };
    resources.set(id, { ...resources.get(id)!, inputs: own });
    expect((await deployable(resources, assets)).spec.tags).toEqual({
      owner: "tests",
      stale: "yes",
    });
    const split = { ...resources.get("traffic")!.inputs, settings: { tags: { owner: "tests" } } };
    resources.set("traffic", { ...resources.get("traffic")!, inputs: split });
    expect((await deployable(resources, assets)).spec.tags).toEqual({ owner: "tests" });
  });

  it("runs a private copy, which a later edit does not reach", async () => {
    const first = await deployable(stack(), assets);
    writeFileSync(join(folder, "score.py"), "edited");
    const second = await deployable(stack(), assets);
    expect(second).toEqual(first);
    expect(readFileSync(join(assets, "code-c-1", "score.py"), "utf8")).toBe("code");
    expect(readdirSync(assets).sort()).toEqual(["code-c-1", "model-m-1-mounted"]);
  });

  it.each([
    ["a collection of the script", { model_inputs: { dataCollectionMode: "Enabled" } }, "100"],
    ["a sampled one", { rows: { dataCollectionMode: "Enabled", samplingRate: 0.25 } }, "25"],
    ["one that is off", { rows: { dataCollectionMode: "Disabled" } }, undefined],
    ["payloads alone", { request: { dataCollectionMode: "Enabled" } }, undefined],
  ])("gives the data collector its variables for %s", async (_what, collections, rate) => {
    const { spec } = await deployable(stack({ dataCollector: { collections } }), assets);
    const on = { AZUREML_MDC_ENABLED: "true", AZUREML_MDC_LOCAL_CAPTURE: "true" };
    expect(spec.deployments[0]!.environmentVariables).toEqual(
      rate === undefined ? {} : { ...on, AZUREML_MDC_SAMPLE_RATE: rate },
    );
  });

  const revisionWith = async (properties: object) =>
    (await deployable(stack(properties), assets)).spec.deployments[0]!.revision;

  it.each([
    ["the request timeout", { requestSettings: { requestTimeout: "PT6S" } }],
    ["the concurrency", { requestSettings: { maxConcurrentRequestsPerInstance: 2 } }],
    ["a variable", { environmentVariables: { A: "1" } }],
    ["a probe", { readinessProbe: { period: "PT1S" } }],
  ])("gives another revision when %s changes", async (_what, properties) => {
    expect(await revisionWith(properties)).not.toBe(await revisionWith({}));
  });

  it("gives the same revision when only the number of instances changes", async () => {
    const more = stack();
    const deployment = [...more.values()].find(({ token }) => token.endsWith(":OnlineDeployment"))!;
    more.set(deployment.id, {
      ...deployment,
      inputs: { ...deployment.inputs, sku: { capacity: 5 } },
    });
    const [blue] = (await deployable(more, assets)).spec.deployments;
    expect([blue!.instanceCount, blue!.revision]).toEqual([5, await revisionWith({})]);
  });

  it.each([
    [
      "a registered model",
      { model: "/elsewhere/models/m" },
      {},
      "its model /elsewhere/models/m is in Azure and not on this machine; name its file or folder once: npm run local -- model add /elsewhere/models/m PATH, or fetch it",
    ],
    [
      "registered code",
      { codeConfiguration: { codeId: "/other" } },
      {},
      "its code /other is in Azure and not on this machine; name its folder once: npm run local -- code add /other DIR",
    ],
    ["no code", { codeConfiguration: undefined }, {}, "it has no scoring script"],
    [
      "a registered environment",
      { environmentId: "/curated" },
      {},
      "its environment /curated is in Azure and not on this machine; name its conda file once: npm run local -- environment add /curated CONDA_FILE",
    ],
    [
      "an image that has the packages",
      {},
      { condaFile: undefined, image: "registry.example/team/env:v1" },
      "its environment is the image registry.example/team/env:v1 without a conda file; name a conda file with its packages once: npm run local -- environment add registry.example/team/env:v1 CONDA_FILE",
    ],
    [
      "an image of its own",
      {},
      { inferenceConfig: {} },
      "its environment is a container image of its own",
    ],
  ])("refuses %s that has traffic", async (_what, properties, environment, reason) => {
    await expect(deployable(stack(properties, environment), assets)).rejects.toMatchObject({
      name: "UserError",
      message: expect.stringContaining(`blue: ${reason}`) as unknown,
    });
  });

  it("says everything that is missing of a deployment, each at its place in the YAML", async () => {
    const missing = {
      model: `${WORKSPACE}/models/m/versions/1`,
      environmentId: `${WORKSPACE}/environments/e/versions/2`,
      codeConfiguration: { codeId: `${WORKSPACE}/codes/c/versions/3` },
    };
    const registered = {
      stack: "trial",
      model: new Map(),
      environment: new Map(),
      code: new Map(),
    };
    const placeOf = (name: string, key: string) => `${name}.yml:${key.length}`;
    await expect(deployable(stack(missing), assets, { registered, placeOf })).rejects.toThrow(
      [
        "These deployments cannot run on this machine:",
        "  blue.yml:5: blue: its model azureml:m:1 is in Azure and not on this machine; name its file or folder once: npm run local -- model add --stack trial m:1 PATH, or fetch it from the workspace: npm run local -- model add --stack trial m:1 --azure",
        "  blue.yml:23: blue: its code azureml:c:3 is in Azure and not on this machine; name its folder once: npm run local -- code add --stack trial c:3 DIR",
        "  blue.yml:11: blue: its environment azureml:e:2 is in Azure and not on this machine; name its conda file once: npm run local -- environment add --stack trial e:2 CONDA_FILE",
      ].join("\n"),
    );
  });

  it("leaves out a deployment without traffic that cannot run here, with the reason", async () => {
    const both = stack({}, {}, { blue: 100, green: 0 });
    const green = { deploymentName: "green", sku: { capacity: 1 }, properties: { model: "/far" } };
    both.set("green", resource(`${ML}OnlineDeployment`, "green", green));
    const { spec, withoutTraffic, leftOut } = await deployable(both, assets, { all: true });
    expect(withoutTraffic).toEqual([]);
    expect(spec.deployments.map(({ name }) => name)).toEqual(["blue"]);
    expect(spec.traffic).toEqual({ blue: 100 });
    expect(leftOut).toEqual([expect.stringContaining("green: its model /far is in Azure")]);
  });
});

describe("deployments without traffic", () => {
  /** Blue, and a green one that is the same except for its name. */
  function two(traffic: object, mirrorTraffic: object = {}) {
    const resources = stack({}, {}, traffic);
    const blue = [...resources.values()].find(({ token }) => token.endsWith(":OnlineDeployment"))!;
    resources.set("green", {
      ...blue,
      id: "green",
      inputs: { ...blue.inputs, deploymentName: "green" },
    });
    const split = resources.get("traffic")!;
    resources.set("traffic", { ...split, inputs: { traffic, mirrorTraffic } });
    return resources;
  }
  const started = async (...given: Parameters<typeof deployable>) => {
    const { spec, withoutTraffic, leftOut } = await deployable(...given);
    return { started: spec.deployments.map(({ name }) => name), withoutTraffic, leftOut };
  };

  it.each([
    ["not", { blue: 100, green: 0 }, {}, {}, ["blue"], ["green"]],
    ["not when the split does not name them", { blue: 100 }, {}, {}, ["blue"], ["green"]],
    ["when they get copies", { blue: 100 }, { green: 10 }, {}, ["blue", "green"], []],
    ["when all are asked for", { blue: 100 }, {}, { all: true }, ["blue", "green"], []],
    [
      "when they run already",
      { blue: 100 },
      {},
      { running: new Set(["green"]) },
      ["blue", "green"],
      [],
    ],
    ["when none has traffic", { blue: 0, green: 0 }, {}, {}, ["blue", "green"], []],
  ])("are started: %s", async (_when, traffic, mirrorTraffic, options, names, withoutTraffic) => {
    expect(await started(two(traffic, mirrorTraffic), assets, options)).toEqual({
      started: names,
      withoutTraffic,
      leftOut: [],
    });
  });
});

describe("a build context", () => {
  const PATH = process.env["PATH"];
  afterEach(() => {
    process.env["PATH"] = PATH;
  });

  /** Programs that answer as Java and Maven do, and nothing else on the PATH but Node's own folder. */
  function programs(java: string | undefined, maven: boolean): void {
    const bin = mkdtempSync(join(folder, "bin-"));
    const write = (name: string, line: string) => {
      writeFileSync(join(bin, name), `#!/bin/sh\n${line}\n`, { mode: 0o755 });
    };
    if (java !== undefined) write("java", `echo 'openjdk version "${java}"' >&2`);
    if (maven) write("mvn", "echo Apache Maven");
    process.env["PATH"] = bin;
  }

  function built(files: Record<string, string>, traffic: object = { blue: 100 }) {
    const context = "https://a.blob.core.windows.net/assets/environment/e/1/";
    const resources = stack({}, { condaFile: undefined, build: { contextUri: context } }, traffic);
    for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
    const names = Object.fromEntries(Object.keys(files).map((name) => [name, name]));
    const uploaded = upload("environment/e/1", names);
    return new Map([...resources, [uploaded.id, uploaded]]);
  }
  const CONTEXT = { Dockerfile: "FROM x", "conda.yml": "dependencies: [python=3.11]" };
  const BAKED = { ...CONTEXT, "bake.py": "pass", "jars.lock": "" };

  it("is run by its conda file, as text", async () => {
    programs(undefined, false);
    const [blue] = (await deployable(built(CONTEXT), assets)).spec.deployments;
    expect(blue).toMatchObject({ condaFile: "dependencies: [python=3.11]" });
    expect(blue).not.toHaveProperty("buildDirectory");
  });

  it("with a bake.py is run where Java and Maven are, from a copy of its own", async () => {
    programs("17.0.15", true);
    const [blue] = (await deployable(built(BAKED), assets)).spec.deployments;
    expect(blue).toMatchObject({ buildDirectory: join(assets, "environment-e-1") });
    expect(readdirSync(blue!.buildDirectory!).sort()).toEqual(Object.keys(BAKED).sort());
  });

  it.each([
    ["no Java", undefined, true, "Java 17 or later"],
    ["an old Java", "11.0.2", true, "Java 17 or later"],
    ["no Maven", "21", false, "Maven"],
    ["neither", undefined, false, "Java 17 or later and Maven"],
  ])("with a bake.py is refused on a machine with %s", async (_what, java, maven, needs) => {
    programs(java, maven);
    const reason = `blue: its environment needs ${needs}, not on this machine's PATH`;
    await expect(deployable(built(BAKED), assets)).rejects.toThrow(reason);
    const withoutTraffic = new Map(built(BAKED, { blue: 0, other: 100 }));
    await expect(deployable(withoutTraffic, assets, { all: true })).rejects.toThrow(reason);
  });

  it("without a conda file is refused", async () => {
    await expect(deployable(built({ Dockerfile: "FROM x" }), assets)).rejects.toThrow(
      "its environment is a container image of its own; that needs Azure or Docker",
    );
  });
});

describe("milliseconds", () => {
  it.each([
    ["PT3M", 180_000],
    ["PT1M30S", 90_000],
    ["PT0.5S", 500],
    ["PT1H", 3_600_000],
    ["", 7],
    ["3 minutes", 7],
  ])("reads %s as %d", (text, value) => {
    expect(milliseconds(text, 7)).toBe(value);
  });
});
