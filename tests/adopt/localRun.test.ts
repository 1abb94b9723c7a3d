import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { adopt } from "../../adopt/adopt";
import { deploymentPlaces } from "../../config/azureml/fileLines";
import type { ArmServer } from "../../emulator/arm/server";
import { AzureStore } from "../../emulator/azure/azureStore";
import { azurePlace } from "../../emulator/azurePlace";
import { runOnEmulator } from "../../emulator/onEmulator";
import { deployable } from "../../local/deployable";
import type { RegisteredAssets } from "../../local/registered/record";
import type { Arm } from "../../traffic/arm";
import { evaluatedUp } from "../evaluation/client";
import { closeAndExpectNothingLeft, startEndpoint } from "../local/endpoint/support/endpoint";
import { sandboxSettings, SUBSCRIPTION } from "../stacks";
import { overHttps, serveArm, WORKSPACE } from "./liveEndpoints";

/**
 * The folders that adoption writes, run on this machine without an edit of their YAML. The endpoints are those of
 * azure_ai_ml_endpoints.py, written as Azure's bodies. The local code, models and packages are the test's.
 */

const BASE = `/subscriptions/${SUBSCRIPTION}/resourceGroups/${WORKSPACE.resourceGroup}/providers/Microsoft.MachineLearningServices/workspaces/${WORKSPACE.name}`;
const TORCH = "azureml://registries/azureml/environments/torch/versions/12";
const CODE = { codeId: `${BASE}/codes/7a61a0c5-scoring/versions/1`, scoringScript: "score.py" };
const CUSTOM = {
  model: `${BASE}/models/gauge-model/versions/7`,
  environmentId: `${BASE}/environments/sklearn-env/versions/3`,
  codeConfiguration: CODE,
};

interface Shape {
  readonly deployments: Readonly<Record<string, object>>;
  readonly traffic: object;
  readonly mirrorTraffic?: object;
}

const SHAPES: Readonly<Record<string, Shape>> = {
  single: { deployments: { blue: CUSTOM }, traffic: { blue: 100 } },
  "split-two": {
    deployments: {
      blue: CUSTOM,
      green: { ...CUSTOM, model: `${BASE}/models/gauge-model/versions/8` },
    },
    traffic: { blue: 90, green: 10 },
  },
  mirrored: {
    deployments: { blue: CUSTOM, shadow: CUSTOM },
    traffic: { blue: 100 },
    mirrorTraffic: { shadow: 20 },
  },
  "mlflow-only": {
    deployments: { main: { model: `${BASE}/models/flood-mlflow/versions/2` } },
    traffic: { main: 100 },
  },
  "custom-env": {
    deployments: { main: { ...CUSTOM, environmentId: TORCH } },
    traffic: { main: 100 },
  },
};

const SCORE = `import os
def init():
    global name
    name = "/".join(os.environ["AZUREML_MODEL_DIR"].split("/")[-2:])
def run(data):
    return {"model": name, "files": os.listdir(os.environ["AZUREML_MODEL_DIR"])}
`;
const SERVER = "dependencies:\n  - pip:\n      - azureml-inference-server-http==1.5.1\n";

let folder = "";
let armServer: ArmServer;
let arm: Arm;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "adopted-local-"));
  const files = {
    "code/score.py": SCORE,
    "model-7/weights.bin": "7",
    "model-8/weights.bin": "8",
    "mlflow/MLmodel": "flavors:\n  python_function:\n    env: conda.yaml\n",
    "mlflow/conda.yaml": "dependencies:\n  - pip:\n      - mlflow==3.1.0\n",
    "conda.yml": SERVER,
  };
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), text);
  }
  const store = new AzureStore(azurePlace(sandboxSettings({ workspace: WORKSPACE })));
  armServer = await serveArm(store, join(folder, "arm"));
  arm = overHttps(armServer);
  for (const [name, shape] of Object.entries(SHAPES)) await create(name, shape);
});
afterAll(async () => {
  await armServer.close();
  await closeAndExpectNothingLeft();
  rmSync(folder, { recursive: true });
});

async function create(name: string, { deployments, traffic, mirrorTraffic = {} }: Shape) {
  const endpoint = `${BASE}/onlineEndpoints/${name}`;
  const place = { location: "canadacentral", tags: {} };
  const identity = { type: "SystemAssigned" };
  const head = { ...place, identity };
  await arm.put(endpoint, { ...head, properties: { authMode: "Key" } });
  for (const [deployment, properties] of Object.entries(deployments)) {
    await arm.put(`${endpoint}/deployments/${deployment}`, {
      ...place,
      sku: { name: "Default", capacity: 1 },
      properties: {
        endpointComputeType: "Managed",
        instanceType: "Standard_DS3_v2",
        ...properties,
      },
    });
  }
  await arm.put(endpoint, { ...head, properties: { authMode: "Key", traffic, mirrorTraffic } });
}

/** What `npm run local -- up --endpoint` reads of the folder that adoption writes. */
async function runnable(name: string, registered: Partial<RegisteredAssets>) {
  const out = mkdtempSync(join(folder, "adopted-"));
  const settings = { workload: "flood", subscriptionId: SUBSCRIPTION, workspace: WORKSPACE.name };
  await adopt({ out, stack: "adopted", ...settings, endpoint: name }, arm, evaluatedUp);
  const endpointDirectory = join(out, "endpoint");
  const run = await runOnEmulator("sandbox", sandboxSettings({ endpointDirectory }), [], {}, true);
  const places = await deploymentPlaces(endpointDirectory);
  const none = new Map<string, string>();
  return deployable(run.created, join(out, "assets"), {
    registered: { stack: "sandbox", model: none, environment: none, code: none, ...registered },
    placeOf: (one, key) => places.get(one)?.at(key.split(".")).replace(endpointDirectory, "DIR"),
  });
}

const at = (name: string) => join(folder, name);
const named = () => ({
  model: new Map([
    ["gauge-model:7", at("model-7")],
    ["gauge-model:8", at("model-8")],
    ["flood-mlflow:2", at("mlflow")],
  ]),
  environment: new Map([
    ["sklearn-env:3", at("conda.yml")],
    [TORCH, at("conda.yml")],
  ]),
  code: new Map([["7a61a0c5-scoring:1", at("code")]]),
});

describe("an adopted endpoint on this machine", () => {
  it.each(Object.entries(SHAPES))(
    "%s: has every deployment, with the files that were named",
    async (name, { deployments, traffic, mirrorTraffic = {} }) => {
      const { spec, leftOut, codeSources } = await runnable(name, named());
      expect(leftOut).toEqual([]);
      expect(spec).toMatchObject({ name, traffic, mirrorTraffic });
      expect(spec.deployments.map((one) => one.name)).toEqual(Object.keys(deployments));
      for (const { codeDirectory, modelDirectory = "", mlflowModel } of spec.deployments) {
        if (mlflowModel !== undefined) {
          expect(readdirSync(join(modelDirectory, mlflowModel))).toContain("MLmodel");
          continue;
        }
        expect(codeSources.get(join(codeDirectory, "score.py"))).toBe(at("code/score.py"));
        expect(modelDirectory).toMatch(/gauge-model\/[78]$/);
      }
    },
  );

  it("answers with the models that were named", async () => {
    const { spec } = await runnable("split-two", named());
    const running = await startEndpoint();
    await running.apply(spec);
    const answers = await Promise.all(
      ["blue", "green"].map((one) => running.call({}, { "azureml-model-deployment": one })),
    );
    expect(answers.map(({ body }) => JSON.parse(body) as unknown)).toEqual([
      { model: "gauge-model/7", files: ["model-7"] },
      { model: "gauge-model/8", files: ["model-8"] },
    ]);
  });

  it("says what to name, each at its place in what adoption wrote", async () => {
    const add = "is in Azure and not on this machine; name its";
    await expect(runnable("single", {})).rejects.toThrow(
      [
        "These deployments cannot run on this machine:",
        `  DIR/blue.yml:7: blue: its model azureml:gauge-model:7 ${add} file or folder once: npm run local -- model add gauge-model:7 PATH, or fetch it from the workspace: npm run local -- model add gauge-model:7 --azure`,
        `  DIR/blue.yml:10: blue: its code azureml:7a61a0c5-scoring:1 ${add} folder once: npm run local -- code add 7a61a0c5-scoring:1 DIR`,
        `  DIR/blue.yml:12: blue: its environment azureml:sklearn-env:3 ${add} conda file once: npm run local -- environment add sklearn-env:3 CONDA_FILE`,
      ].join("\n"),
    );
  });

  it("says that the named folder lacks the scoring script", async () => {
    const code = new Map([["7a61a0c5-scoring:1", at("model-7")]]);
    await expect(runnable("single", { ...named(), code })).rejects.toThrow(
      `DIR/blue.yml:10: blue: the local copy of its code, ${at("model-7")}, has no score.py; name another one: npm run local -- code add 7a61a0c5-scoring:1 DIR`,
    );
  });
});
