import path from "node:path";
import { describe, expect, it } from "@jest/globals";
import { readDeploymentFile } from "../../config/azureml";
import { instanceEnvironment } from "../../local/endpoint/instanceEnvironment";
import { nameAndVersion } from "../../local/registered/reference";
import { variablesOf } from "../../local/variables";
import { DEPLOYMENT, folderWith, lines, SOUND } from "../config/azureml/harness";
import { deployment } from "../local/endpoint/support/endpoint";

/** The variables that a scoring script finds, by the YAML of its deployment. */

async function read(text: string) {
  const folder = folderWith({ ...SOUND, "d.yml": text });
  const result = await readDeploymentFile(path.join(folder, "d.yml"), { endpointName: "flood" });
  return { ...result, said: lines(result.problems, folder) };
}

/** Of azureml-ai-monitoring 1.0.0: a Collector raises unless AZUREML_MDC_ENABLED is true (its config.py). */
describe("the data collector's variables", () => {
  const ON = (rate: string) => ({
    AZUREML_MDC_ENABLED: "true",
    AZUREML_MDC_LOCAL_CAPTURE: "true",
    AZUREML_MDC_SAMPLE_RATE: rate,
  });
  it.each<[string, Record<string, string>]>([
    ["collections: {model_inputs: {enabled: 'True'}}", ON("100")],
    ["collections: {model_inputs: {enabled: true}}", ON("100")],
    ["collections: {model_inputs: {enabled: yes}, model_outputs: {enabled: no}}", ON("100")],
    [
      "collections: {model_inputs: {enabled: 'False'}, model_outputs: {enabled: 'true'}}",
      ON("100"),
    ],
    ["{sampling_rate: 0.25, collections: {rows: {enabled: true}}}", ON("25")],
    ["{sampling_rate: 0, collections: {rows: {enabled: true}}}", ON("0")],
    [
      "{rolling_rate: day, collections: {rows: {enabled: true}, request: {enabled: false}}}",
      ON("100"),
    ],
    ["collections: {request: {enabled: true}, response: {enabled: true}}", {}],
    ["collections: {Request: {enabled: true}, rows: {enabled: false}}", {}],
    ["collections: {model_inputs: {enabled: 'False'}}", {}],
    [
      "{sampling_rate: 1.0, collections: {request: {enabled: true}, inputs: {enabled: true}}}",
      ON("100"),
    ],
  ])("%s", async (text, expected) => {
    const { said, value } = await read(
      `${DEPLOYMENT}data_collector:${text.startsWith("{") ? ` ${text}` : `\n  ${text}`}\n`,
    );
    expect(said).toEqual([]);
    // In the form of ARM, as components/onlineDeployment.ts declares it.
    const collections = Object.entries(value?.dataCollector?.collections ?? {}).map(
      ([name, { enabled, samplingRate }]) => [
        name,
        {
          dataCollectionMode: enabled ? "Enabled" : "Disabled",
          ...(samplingRate === undefined ? {} : { samplingRate }),
        },
      ],
    );
    const properties = {
      dataCollector: { collections: Object.fromEntries(collections) as object },
    };
    expect(variablesOf({ properties })).toEqual(expected);
    const environmentVariables = { AZUREML_MDC_ENABLED: "false" };
    expect(variablesOf({ properties: { ...properties, environmentVariables } })).toMatchObject(
      environmentVariables,
    );
  });
});

/** One worker unless the YAML passes WORKER_COUNT (reference-yaml-deployment-managed-online, RequestSettings). */
describe("workers", () => {
  const CONCURRENT = "request_settings: {max_concurrent_requests_per_instance: 4}\n";
  it.each<[string, string, string | undefined]>([
    ["", "1", "the server has one worker"],
    ["environment_variables: {LOG: x}\n", "1", "the server has one worker"],
    ["environment_variables: {worker_count: '4'}\n", "1", "the server has one worker"],
    ["environment_variables: {WORKER_COUNT: '1'}\n", "1", "the server has one worker"],
    ["environment_variables: {WORKER_COUNT: '2'}\n", "2", "the server has 2 workers"],
    ["environment_variables: {WORKER_COUNT: 3}\n", "3", "the server has 3 workers"],
    ["environment_variables: {WORKER_COUNT: '4'}\n", "4", undefined],
    ["environment_variables: {WORKER_COUNT: 8}\n", "8", undefined],
    ["environment_variables: {WORKER_COUNT: ''}\n", "", "takes a whole number from 1"],
    ["environment_variables: {WORKER_COUNT: auto}\n", "auto", "takes a whole number from 1"],
    ["environment_variables: {WORKER_COUNT: '0'}\n", "0", "takes a whole number from 1"],
    ["environment_variables: {WORKER_COUNT: 2.5}\n", "2.5", "takes a whole number from 1"],
  ])("%j: %s", async (text, count, words) => {
    const { said, value } = await read(DEPLOYMENT + CONCURRENT + text);
    expect(said).toEqual(words === undefined ? [] : [expect.stringContaining(words)]);
    const spec = deployment("blue", {
      maxConcurrentRequestsPerInstance: 4,
      environmentVariables: value?.environmentVariables ?? {},
    });
    expect(instanceEnvironment(spec, "/environment", "/home", {})["WORKER_COUNT"]).toBe(count);
  });
});

/** `azureml-models/<name>/<version>` (concept-online-deployment-model-specification). */
describe("the end of AZUREML_MODEL_DIR", () => {
  const WORKSPACE =
    "/subscriptions/s/resourceGroups/g/providers/Microsoft.MachineLearningServices/workspaces/w";
  it.each<[string, string, string]>([
    [`${WORKSPACE}/models/dune/versions/7`, "dune", "7"],
    [`${WORKSPACE}/models/dune/Versions/1.10`, "dune", "1.10"],
    [`${WORKSPACE}/models/dune.v2-x_y/versions/2024-05-01`, "dune.v2-x_y", "2024-05-01"],
    [`${WORKSPACE}/models/versions/versions/3`, "versions", "3"],
    [`${WORKSPACE}/models/dune/labels/latest`, "dune", "latest"],
    ["azureml://registries/contoso/models/dune/versions/4", "dune", "4"],
    ["azureml://registries/azureml/models/dune/labels/latest", "dune", "latest"],
    ["azureml://datastores/blob/paths/models/dune", "dune", "1"],
    ["azureml://datastores/blob/paths/models/dune/", "dune", "1"],
    ["azureml://jobs/j1/outputs/artifacts/paths/model/", "model", "1"],
    ["runs:/0a1b/model", "model", "1"],
  ])("of the model %s", (id, name, version) => {
    expect(nameAndVersion(id)).toEqual({ name, version });
  });

  it.each<[string, string, RegExp]>([
    ["name: dune\n  version: '7'", "dune", /^7$/],
    ["name: dune\n  version: 12", "dune", /^12$/],
    ["name: dune", "dune-", /^1$/],
    ["version: 2", "flood-blue-model", /^2$/],
  ])("of a model with %j", async (text, name, version) => {
    const { value } = await read(DEPLOYMENT.replace("path: model\n", `path: model\n  ${text}\n`));
    const model = value?.model as { name: string; version: string };
    expect(model.name.startsWith(name)).toBe(true);
    expect(model.version).toMatch(version);
  });
});
