import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { prepareEnvironment } from "../../../local/endpoint/environment";
import { MLFLOW_HOST, MLFLOW_REQUIREMENTS } from "../../../mlflow/host";
import { mlflowEnvironment } from "../../../mlflow/model";
import {
  CACHE_DIRECTORY,
  closeAndExpectNothingLeft,
  deployment,
  endpoint,
  FIXTURES,
  startEndpoint,
  type TestEndpoint,
} from "./support/endpoint";

/**
 * Real MLflow models without a scoring script on a real endpoint: one of scikit-learn with a signature of columns, the same
 * without any, and one of ONNX with a tensor. That Azure answers the same is taken from its published script, not proved.
 */

const CONDA = `dependencies:
  - python>=3.11
  - pip
  - pip:
      - mlflow==3.17.2
      - scikit-learn==1.9.1
      - skl2onnx==1.20.0
      - onnxruntime==1.32.0
`;

let running: TestEndpoint;
const folder = mkdtempSync(join(tmpdir(), "mlflow-models-"));

beforeAll(async () => {
  const conda = join(folder, "environment.yaml");
  writeFileSync(conda, CONDA);
  const { python } = await prepareEnvironment(CONDA, {
    cacheDirectory: CACHE_DIRECTORY,
    alsoRequired: MLFLOW_REQUIREMENTS,
    onEvent: () => undefined,
  });
  execFileSync(python, [join(FIXTURES, "save_mlflow_models.py"), folder, conda], {
    stdio: "pipe",
  });
  running = await startEndpoint();
  const deployments = ["sklearn", "bare", "onnx"].map((name) =>
    deployment(name, {
      ...MLFLOW_HOST,
      modelDirectory: folder,
      mlflowModel: name,
      condaFile: mlflowEnvironment(join(folder, name)).condaFile,
    }),
  );
  await running.apply(endpoint(deployments, { sklearn: 100 }));
});
afterAll(async () => {
  await closeAndExpectNothingLeft();
  rmSync(folder, { recursive: true });
});

const ask = async (model: string, body: object) => {
  const answer = await running.call(body, { "azureml-model-deployment": model });
  return [answer.status, JSON.parse(answer.body) as unknown] as const;
};
const split = {
  columns: ["a", "b"],
  index: [0, 1],
  data: [
    [1, 2],
    [3, 4],
  ],
};
const IN_SCRIPT = {
  message: "An unexpected error occurred in scoring script. Check the logs for more info.",
};

describe("an MLflow model without a scoring script", () => {
  it.each([
    ["sklearn", "a data frame in the split orientation", split],
    ["sklearn", "the same without an index", { columns: split.columns, data: split.data }],
    ["bare", "a list as a tensor", split.data],
    ["bare", "a data frame in the split orientation", split],
  ])("of %s takes %s, and answers with the prediction alone", async (model, _what, input) => {
    const [status, prediction] = await ask(model, { input_data: input });
    expect(status).toBe(200);
    expect((prediction as number[]).map((one) => Math.round(one))).toEqual([4, 10]);
  });

  it("of onnx takes a tensor and answers with its named outputs", async () => {
    const [status, prediction] = await ask("onnx", { input_data: split.data });
    expect(status).toBe(200);
    const { variable } = prediction as { variable: number[][] };
    expect(variable.map(([one = 0]) => Math.round(one))).toEqual([4, 10]);
  });

  it.each([
    ["a missing column", "sklearn", { ...split, columns: ["a"], data: [[1], [2]] }],
    [
      "text in a column of numbers",
      "sklearn",
      {
        ...split,
        data: [
          ["x", 1],
          [1, 2],
        ],
      },
    ],
    ["records, which Azure does not take", "sklearn", [{ a: 1, b: 2 }]],
    ["a tensor of another shape", "onnx", [[1, 2, 3]]],
  ])("refuses %s", async (_what, model, input) => {
    expect(await ask(model, { input_data: input })).toEqual([424, IN_SCRIPT]);
  });

  it("says what is missing in a body without input_data", async () => {
    const [, body] = await ask("sklearn", { data: split.data });
    expect(body).toEqual({ message: "A value is not provided for the 'input_data' parameter." });
  });

  it("has a Swagger document of its signature", async () => {
    const headers = { authorization: `Bearer ${running.supervisor.keys().primaryKey}` };
    const answer = await fetch(running.supervisor.status().swaggerUri, { headers });
    expect(await answer.json()).toMatchObject({
      definitions: {
        ServiceInput: {
          properties: { input_data: { format: "pandas.DataFrame:split" } },
          example: { input_data: { columns: ["a", "b"] } },
        },
      },
    });
  });
});
