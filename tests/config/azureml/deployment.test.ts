import path from "node:path";
import { describe, expect, it } from "@jest/globals";
import { readDeploymentFile } from "../../../config/azureml";
import { DEPLOYMENT, folderWith, lines, SOUND } from "./harness";

type Edit = readonly [from: string, to: string];

async function read(edit?: Edit, more: Readonly<Record<string, string>> = {}) {
  const text = edit === undefined ? DEPLOYMENT : DEPLOYMENT.replace(...edit);
  if (edit !== undefined && text === DEPLOYMENT) throw new Error(`nothing to replace: ${edit[0]}`);
  const folder = folderWith({ ...SOUND, ...more, "d.yml": text });
  const result = await readDeploymentFile(path.join(folder, "d.yml"), { endpointName: "flood" });
  return { ...result, said: lines(result.problems, folder), folder };
}

/** Replaces a line by others, or adds lines at the end. */
const add = (text: string): Edit => ["instance_count: 1\n", `instance_count: 1\n${text}\n`];

describe("a sound deployment file", () => {
  it("gives the whole definition and no problem", async () => {
    const sample = path.join(__dirname, "fixtures", "sample");
    const file = path.join(sample, "blue-deployment.yml");
    const result = await readDeploymentFile(file, { endpointName: "flood" });
    expect(result).toEqual({
      problems: [],
      value: {
        file,
        name: "blue",
        tags: {},
        properties: {},
        // The hashes were made with sha256sum, from the description in contentHash.ts.
        model: {
          kind: "local",
          name: "flood-blue-model-2d32e2031c9bdcc3",
          version: "1",
          contentHash: "2d32e2031c9bdcc3cc0d4fbd8d7c6b483c7658f55437c1b58ca23a3592a881eb",
          shape: "folder",
          files: [{ path: "model/weights.bin", source: path.join(sample, "model", "weights.bin") }],
          modelType: "custom_model",
          tags: {},
        },
        codeConfiguration: {
          code: {
            kind: "local",
            name: "flood-code",
            version: "9c7ba752e12632ea",
            contentHash: "9c7ba752e12632ea90ea529b632aa9f68041d2e3c41bb62680e878d22d115224",
            shape: "folder",
            files: [{ path: "score.py", source: path.join(sample, "code", "score.py") }],
          },
          scoringScript: "score.py",
        },
        environment: {
          kind: "inline",
          contentHash: "9e5fe0b1cb998802683d4f7eb9beac200bc97d0070942da4dd1d7cff0e4b0432",
          properties: {},
          name: "flood-environment",
          version: "9e5fe0b1cb998802",
          image: "registry.example.com/base:1.2",
          condaFile: "name: scoring\nchannels: [conda-forge]\ndependencies: [python=3.12]\n",
          tags: {},
        },
        environmentVariables: {},
        instanceType: "Standard_DS3_v2",
        instanceCount: 1,
        requestSettings: { requestTimeoutMs: 5000, maxConcurrentRequestsPerInstance: 1 },
        appInsightsEnabled: false,
      },
    });
  });

  it("warns of what looks like a secret, wherever it stands, and never shows it", async () => {
    const { said } = await read([
      "instance_count: 1\n",
      `instance_count: 1
description: uses postgresql://app:hunter2@db.example.com/gauges
tags:
  owner: flood-team
  api_key: hunter2
properties:
  sas: https://a.blob.example.com/c?sv=1&sig=abcdef
environment_variables:
  DB_PWD: x1
  CONN: Server=a;AccountKey=abc
  PIN_PASSWORD: 1234567
  DISASTER_MODE: calm
  TOKEN_LIMIT: "5"
`,
    ]);
    const places = said.filter((one) => one.includes("looks like a secret"));
    expect(places.map((one) => one.replace(/: looks.*\((.*), hidden.*/, ": $1"))).toEqual([
      "warning d.yml:14 description: password in an address",
      "warning d.yml:17 tags.api_key: by its name",
      "warning d.yml:19 properties.sas: shared access signature",
      "warning d.yml:21 environment_variables.DB_PWD: by its name",
      "warning d.yml:22 environment_variables.CONN: key in a connection string",
      "warning d.yml:23 environment_variables.PIN_PASSWORD: by its name",
    ]);
    expect(said.join()).not.toMatch(/hunter2|abcdef|AccountKey=abc|x1|1234567/);
  });

  it("may use every key there is", async () => {
    const { value, said } = await read(
      [
        DEPLOYMENT,
        `$schema: http://azureml/sdk-2-0/OnlineDeployment.json
name: blue
endpoint_name: flood
type: managed
description: Floods
tags: { team: water, n: 1, on_call: true }
properties: { p: "1" }
model:
  name: flood
  version: 7
  path: model/weights.bin
  type: custom_model
  description: weights
  tags: { t: v }
  properties: { p: v }
  flavors: { python_function: { loader: m } }
model_mount_path: /models
code_configuration:
  code: azureml:flood-code:2
  scoring_script: ./score.py
environment:
  name: flood-env
  version: "1.10"
  build:
    path: context
  inference_config:
    liveness_route: { path: /live, port: 5001 }
    readiness_route: { path: /ready, port: 5001 }
    scoring_route: { path: /score, port: 5001 }
    startup_route: { path: /start, port: 5001 }
  os_type: Linux
  description: e
  tags: { t: v }
environment_variables: { WORKERS: 4, RATE: 0.5, NAME: x }
instance_type: Standard_DS3_v2
instance_count: "3"
app_insights_enabled: 'True'
request_settings:
  request_timeout_ms: 180000
  max_concurrent_requests_per_instance: 4
liveness_probe: { initial_delay: 1, period: 2, timeout: 3, success_threshold: 1, failure_threshold: 4 }
readiness_probe: { success_threshold: 2 }
startup_probe: { failure_threshold: 9 }
scale_settings: { type: default }
data_collector:
  sampling_rate: 0.5
  rolling_rate: Day
  request_logging: { capture_headers: [x-request-id] }
  collections:
    request: { enabled: 'True', client_id: c }
    model_inputs: { enabled: false, data: { version: 2 } }
    model_outputs: { enabled: true, data: "azureml:out:1" }
`,
      ],
      { "context/Dockerfile": "FROM base\n" },
    );
    expect(said).toEqual([
      'warning d.yml:6 tags.on_call: is true, which the Azure CLI passes on as the text "True"; put the intended text in quotes',
    ]);
    expect(value).toMatchObject({
      description: "Floods",
      tags: { team: "water", n: "1", on_call: "True" },
      properties: { p: "1" },
      model: {
        name: "flood",
        version: "7",
        shape: "file",
        files: [{ path: "weights.bin" }],
        description: "weights",
        tags: { t: "v" },
        properties: { p: "v" },
        flavors: { python_function: { loader: "m" } },
      },
      modelMountPath: "/models",
      codeConfiguration: {
        code: { kind: "workspace", name: "flood-code", version: "2" },
        scoringScript: "score.py",
      },
      environment: {
        name: "flood-env",
        version: "1.10",
        buildContext: {
          name: "flood-blue-context",
          dockerfilePath: "Dockerfile",
          files: [{ path: "Dockerfile" }],
        },
        inferenceConfig: {
          livenessRoute: { path: "/live", port: 5001 },
          readinessRoute: { path: "/ready", port: 5001 },
          scoringRoute: { path: "/score", port: 5001 },
          startupRoute: { path: "/start", port: 5001 },
        },
        description: "e",
        tags: { t: "v" },
      },
      environmentVariables: { WORKERS: "4", RATE: "0.5", NAME: "x" },
      instanceCount: 3,
      appInsightsEnabled: true,
      requestSettings: { requestTimeoutMs: 180000, maxConcurrentRequestsPerInstance: 4 },
      livenessProbe: {
        initialDelaySeconds: 1,
        periodSeconds: 2,
        timeoutSeconds: 3,
        successThreshold: 1,
        failureThreshold: 4,
      },
      readinessProbe: { successThreshold: 2 },
      startupProbe: { failureThreshold: 9 },
    });
    expect(value?.dataCollector).toEqual({
      rollingRate: "Day",
      captureHeaders: ["x-request-id"],
      collections: {
        request: { enabled: true, samplingRate: 0.5, clientId: "c" },
        model_inputs: {
          enabled: false,
          samplingRate: 0.5,
          data: {
            name: "flood-blue-model_inputs",
            version: "2",
            path: "azureml://datastores/workspaceblobstore/paths/modelDataCollector/flood/blue/model_inputs",
          },
        },
        model_outputs: { enabled: true, samplingRate: 0.5, dataId: "azureml:out:1" },
      },
    });
  });

  it("names a model's folder as Azure lays it out, the resolved name for path: .", async () => {
    const { value, folder } = await read(["path: model", "path: ."]);
    const model = value?.model;
    if (model?.kind !== "local") throw new Error("a local model was expected");
    const own = path.basename(folder);
    expect(model.files.map((file) => file.path)).toContain(`${own}/model/weights.bin`);
    expect(model.files.map((file) => file.path)).toContain(`${own}/d.yml`);
  });

  it("gets a new environment version with any change of image, conda file or routes", async () => {
    const version = async (edit?: Edit, more?: Readonly<Record<string, string>>) => {
      const { value } = await read(edit, more);
      if (value?.environment?.kind !== "inline") throw new Error("an environment was expected");
      return value.environment.version;
    };
    const same = await version();
    expect(await version(undefined, { "unrelated.txt": "x" })).toBe(same);
    // A Windows checkout has other line ends and the same environment.
    expect(await version(undefined, { "conda.yml": "dependencies:\r\n  - python=3.12\r\n" })).toBe(
      same,
    );
    const others = [
      await version(["base:1.2", "base:1.3"]),
      await version(undefined, { "conda.yml": "dependencies:\n  - python=3.13\n" }),
      await version([
        "  conda_file: conda.yml\n",
        "  conda_file: conda.yml\n  inference_config: {liveness_route: {path: /, port: 1}, readiness_route: {path: /, port: 1}, scoring_route: {path: /, port: 1}}\n",
      ]),
    ];
    expect(new Set([same, ...others]).size).toBe(4);
  });

  it("gets a new environment version with any change of the build context", async () => {
    const edit: Edit = [
      "  image: registry.example.com/base:1.2\n  conda_file: conda.yml",
      "  build: {path: context}",
    ];
    const version = async (dockerfile: string) => {
      const { value } = await read(edit, { "context/Dockerfile": dockerfile });
      return value?.environment?.kind === "inline" ? value.environment.version : undefined;
    };
    expect(await version("FROM a\n")).toMatch(/^[0-9a-f]{16}$/);
    expect(await version("FROM a\n")).toBe(await version("FROM a\n"));
    expect(await version("FROM a\n")).not.toBe(await version("FROM b\n"));
  });

  it("may have its conda environment in place", async () => {
    const { value, said } = await read([
      "conda_file: conda.yml",
      "conda_file: { dependencies: [python=3.12] }",
    ]);
    expect(said).toEqual([]);
    expect(value?.environment).toMatchObject({ condaFile: "dependencies:\n  - python=3.12\n" });
  });
});

describe("one thing changed in a sound deployment file", () => {
  it.each<[Edit, string]>([
    [
      ["name: blue", "name: b"],
      'error d.yml:2 name: is "b", which is too short (1); a name has 3 to 32 letters, digits and single dashes, and begins with a letter',
    ],
    [["name: blue", "nam: blue"], 'error d.yml:2 nam: is not a known key; did you mean "name"?'],
    [
      ["name: blue\n", "name:\n"],
      "error d.yml:2 name: has no value; must be the deployment's name",
    ],
    [
      ["name: blue", "name: 123"],
      "error d.yml:2 name: is 123, which YAML does not read as text; put it in quotes",
    ],
    [
      ["endpoint_name: flood", "endpoint_name: flod"],
      'error d.yml:3 endpoint_name: is "flod"; the endpoint in this folder is "flood"',
    ],
    [
      ["path: model", "path: modle"],
      'error d.yml:5 model.path: is "modle", a custom model that does not exist; did you mean "model"?',
    ],
    [
      ["path: model", "path: ~/model"],
      'error d.yml:5 model.path: is "~/model", a custom model that does not exist; "~" is not replaced by the home folder',
    ],
    [
      ["path: model", "path: sub\\model"],
      'error d.yml:5 model.path: is "sub\\\\model", a custom model that does not exist; write / between folders, not \\',
    ],
    [
      ["path: model", "path: azureml://datastores/d/paths/p"],
      'error d.yml:5 model.path: is "azureml://datastores/d/paths/p", a location in the cloud; its bytes cannot be hashed here, so the same version could mean other bytes: give a local path, or register it and name it by version',
    ],
    [
      ["path: model", "path: azureml:flood:1"],
      'error d.yml:5 model.path: is "azureml:flood:1", a registered model; write it as the value of model itself, without path',
    ],
    [
      ["path: model", "path: model\n  type: mlflow_model"],
      'error d.yml:5 model.path: is "model", a folder without the file MLmodel, so it is not an MLflow model',
    ],
    [
      ["path: model", "path: model/weights.bin\n  type: triton_model"],
      'error d.yml:5 model.path: is "model/weights.bin", a file; the triton model must be a folder',
    ],
    [
      ["path: model", "path: model\n  type: onnx_model"],
      'error d.yml:6 model.type: is "onnx_model"; must be one of custom_model, mlflow_model, triton_model',
    ],
    [
      ["path: model", "path: model\n  version: 1.10"],
      "error d.yml:6 model.version: is 1.10, which YAML reads as the number 1.1; put it in quotes",
    ],
    [
      ["path: model", "path: model\n  version: latest"],
      'error d.yml:6 model.version: is "latest"; it is a label that moves, not a version; write a number, or leave it out to get one from the content',
    ],
    ...["2024-01-01", '"0"', '"1.2"', "v3"].map((version): [Edit, string] => [
      ["path: model", `path: model\n  version: ${version}`],
      `error d.yml:6 model.version: is ${version.startsWith('"') ? version : `"${version}"`}; it is not a positive whole number, and Azure takes nothing else as the version of a model; write 1, 2, …, or leave it out to get one from the content`,
    ]),
    [
      ["path: model", `path: model\n  name: ${"m".repeat(239)}`],
      `error d.yml:6 model.name: is "${"m".repeat(40)}…${"m".repeat(40)}"; it is too long (239) for the 17 characters of the content's hash that follow it; shorten it or write a version`,
    ],
    [
      ["path: model", "path: model\n  name: my model"],
      'error d.yml:6 model.name: is "my model"; it may have only letters, digits, dashes, underscores and dots, beginning with a letter or a digit',
    ],
    [
      ["model:\n  path: model", "model: model"],
      'error d.yml:4 model: is "model"; a local model is given as a mapping, model: {path: …}, and a registered one as azureml:<name>:<version>',
    ],
    [
      ["model:\n  path: model", "model: [model]"],
      "error d.yml:4 model: is a list; must be text or a mapping of keys and values",
    ],
    [
      ["code: code", "code: score.py"],
      'error d.yml:7 code_configuration.code: is "score.py", a code folder that does not exist; paths are relative to this file',
    ],
    [
      ["code: code", "code: code/score.py"],
      'error d.yml:7 code_configuration.code: is "code/score.py", a file; the code folder must be a folder',
    ],
    [
      ["scoring_script: score.py", "scoring_script: scores.py"],
      'error d.yml:8 code_configuration.scoring_script: is "scores.py", which is not among the files of the code folder; did you mean "score.py"?',
    ],
    [
      ["scoring_script: score.py", "scoring_script: code/score.py"],
      'error d.yml:8 code_configuration.scoring_script: is "code/score.py", which is not in the code folder; the path begins below that folder, so write "score.py"',
    ],
    [
      ["scoring_script: score.py", "scoring_script: ../score.py"],
      'error d.yml:8 code_configuration.scoring_script: is "../score.py"; must be a path below the code folder',
    ],
    [
      ["  scoring_script: score.py\n", ""],
      "error d.yml:6 code_configuration.scoring_script: is missing; must be the scoring script's path below the code folder",
    ],
    [
      ["  image: registry.example.com/base:1.2\n", ""],
      'error d.yml:9 environment: needs "image": the conda environment is installed on top of a container image',
    ],
    [
      ["  image: registry.example.com/base:1.2\n  conda_file: conda.yml", "  name: e"],
      'error d.yml:9 environment: needs "image" (a container image) or "build" (a Docker build context)',
    ],
    [
      ["base:1.2", "base"],
      'warning d.yml:10 environment.image: is "registry.example.com/base", which has no tag: what runs can change at any restart; pin a version or a digest',
    ],
    [
      ["registry.example.com/base:1.2", "https://registry.example.com/base:1.2"],
      'error d.yml:10 environment.image: is "https://registry.example.com/base:1.2"; must be an image such as registry.example.com/team/image:1.2, without https:// or spaces',
    ],
    [
      ["  conda_file: conda.yml", "  os_type: windows"],
      'error d.yml:11 environment.os_type: is "windows"; managed online endpoints run Linux containers',
    ],
    [
      ["conda_file: conda.yml", "conda_file: conda.yaml"],
      'error d.yml:11 environment.conda_file: is "conda.yaml", a conda file that does not exist; did you mean "conda.yml"?',
    ],
    [
      ["conda_file: conda.yml", "conda_file: d.yml"],
      'error d.yml:11 environment.conda_file: is "d.yml", which has no list "dependencies", so it is not a conda environment',
    ],
    [
      ["conda_file: conda.yml", "build: {path: code}"],
      'error d.yml:11 environment.build: is given together with "image"; an environment has one of the two',
    ],
    [
      ["  image: registry.example.com/base:1.2\n  conda_file: conda.yml", "  build: {path: code}"],
      'error d.yml:10 environment.build.path: is "code"; there is no "Dockerfile" in the build context',
    ],
    [
      ["conda_file: conda.yml", "inference_config: {scoring_route: {path: /, port: 99999}}"],
      "error d.yml:11 environment.inference_config.liveness_route: is missing; must be a mapping of keys and values",
    ],
    [
      ["instance_type: Standard_DS3_v2", "instance_type: DS3"],
      'error d.yml:12 instance_type: is "DS3"; must be a VM size, which begins with Standard_, such as Standard_DS3_v2',
    ],
    [
      ["instance_type: Standard_DS3_v2\n", ""],
      "error d.yml:1 instance_type: is missing; must be a VM size such as Standard_DS3_v2",
    ],
    [
      ["instance_count: 1", "instance_count: 0"],
      "error d.yml:13 instance_count: is 0; must be a whole number from 1 to 50 (instances; Azure runs 1 to 50 per deployment)",
    ],
    [
      ["instance_count: 1", "instance_count: 51"],
      "error d.yml:13 instance_count: is 51; must be a whole number from 1 to 50 (instances; Azure runs 1 to 50 per deployment)",
    ],
    [
      ["instance_count: 1", "instance_count: 1.5"],
      "error d.yml:13 instance_count: is 1.5; must be a whole number from 1 to 50 (instances; Azure runs 1 to 50 per deployment)",
    ],
    [
      ["instance_count", "instanceCount"],
      'error d.yml:13 instanceCount: is not a known key; did you mean "instance_count"?',
    ],
    [
      add("request_settings: {request_timeout_ms: 180001}"),
      "error d.yml:14 request_settings.request_timeout_ms: is 180001; must be a whole number from 1 to 180000 (milliseconds; a managed endpoint cuts a request off at 180 s)",
    ],
    [
      add("request_settings: {request_timeout_ms: 0}"),
      "error d.yml:14 request_settings.request_timeout_ms: is 0; must be a whole number from 1 to 180000 (milliseconds; a managed endpoint cuts a request off at 180 s)",
    ],
    [
      add("request_settings: {max_queue_wait_ms: 500}"),
      "warning d.yml:14 request_settings.max_queue_wait_ms: is deprecated in Azure; raise request_timeout_ms instead",
    ],
    [
      add("request_timeout_ms: 100"),
      'error d.yml:14 request_timeout_ms: is not a known key; it belongs under "request_settings"',
    ],
    [
      add("liveness_probe: {timeout: 0}"),
      "error d.yml:14 liveness_probe.timeout: is 0; must be a whole number of at least 1 (seconds)",
    ],
    [
      add("liveness_probe: {success_threshold: 2}"),
      "error d.yml:14 liveness_probe.success_threshold: is 2; must be 1 (fixed for liveness probes)",
    ],
    [
      add("liveness_probe: 5"),
      "error d.yml:14 liveness_probe: is 5; must be a mapping of keys and values",
    ],
    [
      add("scale_settings: {type: target_utilization}"),
      `error d.yml:14 scale_settings.type: is "target_utilization", which scales Kubernetes deployments only; Azure Monitor scales a managed one: set mlscore:autoscale with minInstances and maxInstances of the deployment in the stack's settings`,
    ],
    [
      add("scale_settings: {type: default, max_instances: 3}"),
      "error d.yml:14 scale_settings.max_instances: scales Kubernetes deployments only; Azure Monitor scales a managed one: set mlscore:autoscale with minInstances and maxInstances of the deployment in the stack's settings",
    ],
    [
      add("resources: {}"),
      "error d.yml:14 resources: sets CPU and memory of Kubernetes deployments; a managed one has instance_type: remove the key",
    ],
    [
      add("package_model: true"),
      "error d.yml:14 package_model: has Azure build a model package during the deployment, which nothing pins; build the package first and name its environment and version here",
    ],
    [
      add("provisioning_state: Succeeded"),
      "warning d.yml:14 provisioning_state: is what Azure reports, not a setting; it is ignored",
    ],
    [
      add("egress_public_network_access: disabled"),
      "warning d.yml:14 egress_public_network_access: belongs to the legacy network isolation and must not be set in a workspace with a managed network, which replaces it",
    ],
    [
      add("model_mount_path: /m"),
      "warning d.yml:14 model_mount_path: has an effect in custom containers only, which have environment.inference_config",
    ],
    [
      add("app_insights_enabled: maybe"),
      'error d.yml:14 app_insights_enabled: is "maybe"; must be true or false',
    ],
    [
      add("data_collector: {collections: {}}"),
      "error d.yml:14 data_collector.collections: is empty; name what is to be collected, such as request or response",
    ],
    [
      add("data_collector: {sampling_rate: 2, collections: {request: {enabled: true}}}"),
      "error d.yml:14 data_collector.sampling_rate: is 2; must be a number from 0 to 1 (share of the requests)",
    ],
    [
      add("environment_variables: {A: [1]}"),
      "error d.yml:14 environment_variables.A: is a list; must be text",
    ],
    [
      add("environment_variables: {A:}"),
      "error d.yml:14 environment_variables.A: has no value; must be text",
    ],
    [
      add("environment_variables: {DEBUG: yes}"),
      'warning d.yml:14 environment_variables.DEBUG: is yes, which the Azure CLI passes on as the text "True"; put the intended text in quotes',
    ],
    [
      add("environment_variables: {1A: x}"),
      "error d.yml:14 environment_variables.1A: is not a valid name for an environment variable: letters, digits, _ - and . only, not beginning with a digit",
    ],
    [
      add("environment_variables: {DB_PASSWORD: hunter2}"),
      "warning d.yml:14 environment_variables.DB_PASSWORD: looks like a secret in plain text (by its name, hidden); keep it in Key Vault and read it with the endpoint's identity, or give a reference such as ${{keyvault:https://<vault>.vault.azure.net/secrets/<name>}}",
    ],
    [
      add("environment_variables: {API_KEY: [hunter2]}"),
      "error d.yml:14 environment_variables.API_KEY: is (hidden); must be text",
    ],
    [
      add("tags: {secret: 010}"),
      'warning d.yml:14 tags.secret: is (hidden), which the Azure CLI passes on as the text "8"; put the intended text in quotes',
    ],
  ])("%j is told exactly", async (edit, expected) => {
    const { said, value } = await read(edit);
    // The first line is about the change; what follows from it may follow.
    expect(said).toContain(expected);
    expect(value === undefined).toBe(expected.startsWith("error "));
    expect(said.join("\n")).not.toContain("hunter2");
  });

  it("is the only thing told about", async () => {
    const { said } = await read(["scoring_script: score.py", "scoring_script: scores.py"]);
    expect(said).toHaveLength(1);
  });
});

describe("several things wrong in one file", () => {
  it("do not include what only follows from a misspelt key", async () => {
    const { said } = await read([
      DEPLOYMENT,
      DEPLOYMENT.replace("code_configuration", "codeConfiguration").replace(
        "instance_type",
        "instanceType",
      ),
    ]);
    expect(said).toEqual([
      'error d.yml:6 codeConfiguration: is not a known key; did you mean "code_configuration"?',
      'error d.yml:12 instanceType: is not a known key; did you mean "instance_type"?',
    ]);
  });

  it("do not include what only follows from a placeholder", async () => {
    const { said } = await read(["instance_count: 1", "instance_count: {{COUNT}}"]);
    expect(said).toEqual([
      'error d.yml:13 instance_count: is the placeholder "{{COUNT}}"; put the real value here',
    ]);
  });

  it("are told at once, those found by reading further too", async () => {
    const { said, value } = await read([
      DEPLOYMENT,
      DEPLOYMENT.replace("instance_count: 1", "instance_count: 0")
        .replace("path: model", "path: none")
        .replace("flood", "other"),
    ]);
    expect(value).toBeUndefined();
    expect(said).toEqual([
      'error d.yml:3 endpoint_name: is "other"; the endpoint in this folder is "flood"',
      'error d.yml:5 model.path: is "none", a custom model that does not exist; paths are relative to this file',
      "error d.yml:13 instance_count: is 0; must be a whole number from 1 to 50 (instances; Azure runs 1 to 50 per deployment)",
    ]);
  });
});

describe("optional parts of a deployment", () => {
  const parts = (text: string): Edit => [
    DEPLOYMENT,
    `name: blue\nendpoint_name: flood\n${text}instance_type: Standard_DS3_v2\ninstance_count: 1\n`,
  ];
  const model = "model: {path: model}\n";
  const image = "environment: {image: r.example.com/a:1}\n";

  it.each<[string, string, string[]]>([
    [
      "nothing to run",
      "",
      ["error d.yml:1 environment: is missing, and so is the model: there is nothing to run"],
    ],
    [
      "a custom model alone",
      model,
      [
        "error d.yml:1 environment: is missing; a model of type custom_model needs one (only mlflow_model and triton_model do not)",
      ],
    ],
    [
      "a registered model alone",
      "model: azureml:m:1\n",
      [
        "warning d.yml:1 environment: is missing; that works only when the registered model is an MLflow or a Triton model",
      ],
    ],
    [
      "a model in a container without server or code",
      model + image,
      [
        "error d.yml:1 code_configuration: is missing; give the scoring code, or environment.inference_config when the container brings its own server",
      ],
    ],
    [
      "code without environment",
      "code_configuration: {code: code, scoring_script: score.py}\n",
      ["error d.yml:1 environment: is missing; scoring code needs an environment to run in"],
    ],
    [
      "code in a container",
      `code_configuration: {code: code, scoring_script: score.py}\n${image}`,
      [],
    ],
    ["a registered environment alone", "environment: azureml:e:1\n", []],
  ])("%s", async (_, text, expected) => {
    expect((await read(parts(text))).said).toEqual(expected);
  });
});

describe("an asset folder", () => {
  it("without files is refused", async () => {
    const { said } = await read(["path: model", "path: void"], { "void/.DS_Store": "" });
    expect(said).toEqual([
      'error d.yml:5 model.path: is "void", a folder without files to upload (it is empty, or everything in it is ignored)',
    ]);
  });

  it("that ignores its own scoring script says so", async () => {
    const { said } = await read(undefined, { "code/.amlignore": "score.py\n", "code/x.py": "" });
    expect(said).toEqual([
      'error d.yml:8 code_configuration.scoring_script: is "score.py", which is not among the files of the code folder',
    ]);
  });
});
