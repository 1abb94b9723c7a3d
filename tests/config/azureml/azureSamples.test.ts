import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, it } from "@jest/globals";
import {
  readDeploymentFile,
  readEndpointDirectory,
  readEndpointFile,
} from "../../../config/azureml";

/**
 * The public samples of Azure ML's online endpoints (repository Azure/azureml-examples, folder cli/endpoints/online,
 * read at 085cd6e of 2026-07-31): every endpoint and deployment file loads, or is refused with these reasons.
 *
 * Runs over a checkout that AZUREML_EXAMPLES names (the folder that contains cli/endpoints/online). The samples are not
 * part of this repository; shapes.test.ts proves the same shapes with files of our own.
 */
const EXPECTED: Readonly<Record<string, "loads" | readonly string[]>> = {
  "custom-container/minimal/multimodel/minimal-multimodel-deployment.yml": [
    '3 endpoint_name: is the placeholder "{{ENDPOINT_NAME}}"; put the endpoint\'s name here',
    '12 environment.image: is "{{ACR_NAME}}.azurecr.io/azureml-examples/minimal-multimodel:1", in which "{{ACR_NAME}}" is a placeholder; put the image\'s full name here',
  ],
  "custom-container/minimal/multimodel/minimal-multimodel-endpoint.yml": [
    '2 name: is the placeholder "{{ENDPOINT_NAME}}"; put the endpoint\'s name here',
  ],
  "custom-container/minimal/single-model/conda-in-dockerfile/minimal-single-model-conda-in-dockerfile-deployment.yml":
    [
      '3 endpoint_name: is the placeholder "{{ENDPOINT_NAME}}"; put the endpoint\'s name here',
      '12 environment.image: is "{{ACR_NAME}}.azurecr.io/azureml-examples/minimal-single-model-conda-in-dockerfil…", in which "{{ACR_NAME}}" is a placeholder; put the image\'s full name here',
    ],
  "custom-container/minimal/single-model/conda-in-dockerfile/minimal-single-model-conda-in-dockerfile-endpoint.yml":
    ['2 name: is the placeholder "{{ENDPOINT_NAME}}"; put the endpoint\'s name here'],
  "custom-container/minimal/single-model/minimal-single-model-endpoint.yml": [
    '2 name: is the placeholder "{{ENDPOINT_NAME}}"; put the endpoint\'s name here',
  ],
  "custom-container/minimal/single-model/pip-in-dockerfile/minimal-single-model-pip-in-dockerfile-deployment.yml":
    [
      '3 endpoint_name: is the placeholder "{{ENDPOINT_NAME}}"; put the endpoint\'s name here',
      '12 environment.image: is "{{ACR_NAME}}.azurecr.io/azureml-examples/minimal-single-model-pip-in-dockerfile:…", in which "{{ACR_NAME}}" is a placeholder; put the image\'s full name here',
    ],
  "custom-container/mlflow/multideployment-scikit/mlflow-deployment.yml": [
    '2 name: is the placeholder "{{deployment_name}}"; put the deployment\'s name here',
    '3 endpoint_name: is the placeholder "{{ENDPOINT_NAME}}"; put the endpoint\'s name here',
    '5 model.name: is the placeholder "{{model_name}}"; put the name here',
    '6 model.path: is "./{{model_name}}/model", in which "{{model_name}}" is a placeholder; put the path here',
    '8 environment.name: is the placeholder "{{environment_name}}"; put the name here',
    '9 environment.image: is "{{acr_name}}.azurecr.io/azureml-examples/mlflow-cc-{{model_name}}:latest", in which "{{acr_name}}" is a placeholder; put the image\'s full name here',
  ],
  "custom-container/mlflow/multideployment-scikit/mlflow-endpoint.yml": [
    '2 name: is the placeholder "{{ENDPOINT_NAME}}"; put the endpoint\'s name here',
  ],
  "custom-container/r/multimodel-plumber/r-deployment.yml": [
    '14 environment.image: is "{{ACR_NAME}}.azurecr.io/r_server", in which "{{ACR_NAME}}" is a placeholder; put the image\'s full name here',
  ],
  "custom-container/r/multimodel-plumber/r-endpoint.yml": "loads",
  "custom-container/tfserving/half-plus-two-integrated/half-plus-two-integrated-deployment.yml": [
    '3 endpoint_name: is the placeholder "{{ENDPOINT_NAME}}"; put the endpoint\'s name here',
    '5 environment.image: is "{{ACR_NAME}}.azurecr.io/azureml-examples/tfsintegrated:1", in which "{{ACR_NAME}}" is a placeholder; put the image\'s full name here',
  ],
  "custom-container/tfserving/half-plus-two/tfserving-deployment.yml": [
    '6 model.version: is the placeholder "{{MODEL_VERSION}}"; put the version here',
    '9 environment_variables.MODEL_BASE_PATH: "{{MODEL_VERSION}}" is a placeholder; put the variable\'s value here',
    '7 model.path: is "./half_plus_two", a custom model that does not exist; paths are relative to this file',
  ],
  "custom-container/tfserving/half-plus-two/tfserving-endpoint.yml": "loads",
  "custom-container/torchserve/densenet/torchserve-deployment.yml": [
    '9 environment.image: is "{{ACR_NAME}}.azurecr.io/torchserve:1", in which "{{ACR_NAME}}" is a placeholder; put the image\'s full name here',
    '5 model.path: is "torchserve", a custom model that does not exist; paths are relative to this file',
  ],
  "custom-container/torchserve/densenet/torchserve-endpoint.yml": "loads",
  "custom-container/triton/single-model/triton-cc-deployment.yml": [
    '3 endpoint_name: is the placeholder "{{ENDPOINT_NAME}}"; put the endpoint\'s name here',
    '9 environment.image: is "{{acr_name}}.azurecr.io/azureml-examples/triton-cc:latest", in which "{{acr_name}}" is a placeholder; put the image\'s full name here',
    '5 model.path: is "./models/model_1", a custom model that does not exist; paths are relative to this file',
  ],
  "custom-container/triton/single-model/triton-cc-endpoint.yml": [
    '2 name: is the placeholder "{{ENDPOINT_NAME}}"; put the endpoint\'s name here',
  ],
  "data-collector/custom-blob-storage/custom-blob-storage.YAML": [
    '2 endpoint_name: is "my_endpoint", which has the character "_"; a name has 3 to 32 letters, digits and single dashes, and begins with a letter',
    '3 model: is "azureml:iris_mlflow_model@latest"; the label "latest" moves, so the same files could deploy different versions: pin a version, azureml:iris_mlflow_model:<version>',
    '8 code_configuration.code: is "scripts", a code folder that does not exist; paths are relative to this file',
    '6 environment.conda_file: is "model/conda.yaml", a conda file that does not exist; paths are relative to this file',
  ],
  "data-collector/workspace-blob-storage/workspace-blob-storage-custom1.YAML": [
    '2 endpoint_name: is "my_endpoint", which has the character "_"; a name has 3 to 32 letters, digits and single dashes, and begins with a letter',
    '3 model: is "azureml:iris_mlflow_model@latest"; the label "latest" moves, so the same files could deploy different versions: pin a version, azureml:iris_mlflow_model:<version>',
    '8 code_configuration.code: is "scripts", a code folder that does not exist; paths are relative to this file',
    '6 environment.conda_file: is "model/conda.yaml", a conda file that does not exist; paths are relative to this file',
  ],
  "data-collector/workspace-blob-storage/workspace-blob-storage-custom2.YAML": [
    '2 endpoint_name: is "my_endpoint", which has the character "_"; a name has 3 to 32 letters, digits and single dashes, and begins with a letter',
    '3 model: is "azureml:iris_mlflow_model@latest"; the label "latest" moves, so the same files could deploy different versions: pin a version, azureml:iris_mlflow_model:<version>',
    '8 code_configuration.code: is "scripts", a code folder that does not exist; paths are relative to this file',
    '6 environment.conda_file: is "model/conda.yaml", a conda file that does not exist; paths are relative to this file',
  ],
  "data-collector/workspace-blob-storage/workspace-blob-storage-payload1.YAML": [
    '2 endpoint_name: is "my_endpoint", which has the character "_"; a name has 3 to 32 letters, digits and single dashes, and begins with a letter',
    '3 model: is "azureml:iris_mlflow_model@latest"; the label "latest" moves, so the same files could deploy different versions: pin a version, azureml:iris_mlflow_model:<version>',
    '8 code_configuration.code: is "scripts", a code folder that does not exist; paths are relative to this file',
    '6 environment.conda_file: is "model/conda.yaml", a conda file that does not exist; paths are relative to this file',
  ],
  "data-collector/workspace-blob-storage/workspace-blob-storage-payload2.YAML": [
    '2 endpoint_name: is "my_endpoint", which has the character "_"; a name has 3 to 32 letters, digits and single dashes, and begins with a letter',
    '3 model: is "azureml:iris_mlflow_model@latest"; the label "latest" moves, so the same files could deploy different versions: pin a version, azureml:iris_mlflow_model:<version>',
    '8 code_configuration.code: is "scripts", a code folder that does not exist; paths are relative to this file',
    '6 environment.conda_file: is "model/conda.yaml", a conda file that does not exist; paths are relative to this file',
  ],
  "deploy-with-packages/custom-model/deployment.yml": [
    '4 environment: is "azureml:sklearn-regression-online-pkg@latest"; the label "latest" moves, so the same files could deploy different versions: pin a version, azureml:sklearn-regression-online-pkg:<version>',
  ],
  "deploy-with-packages/custom-model/endpoint.yml": "loads",
  "deploy-with-packages/custom-model/model-deployment.yml": [
    '2 name: is "regular_deployment", which has the character "_"; a name has 3 to 32 letters, digits and single dashes, and begins with a letter',
    '4 model: is "azureml:sklearn-regression@latest"; the label "latest" moves, so the same files could deploy different versions: pin a version, azureml:sklearn-regression:<version>',
    '5 environment: is "azureml:sklearn-regression-env@latest"; the label "latest" moves, so the same files could deploy different versions: pin a version, azureml:sklearn-regression-env:<version>',
  ],
  "deploy-with-packages/mlflow-model/deployment.yml": [
    '4 environment: is "azureml:heart-classifier-mlflow-pkg@latest"; the label "latest" moves, so the same files could deploy different versions: pin a version, azureml:heart-classifier-mlflow-pkg:<version>',
  ],
  "deploy-with-packages/mlflow-model/endpoint.yml": "loads",
  "deploy-with-packages/mlflow-model/model-deployment.yml": [
    '4 model: is "azureml:heart-classifier-mlflow@latest"; the label "latest" moves, so the same files could deploy different versions: pin a version, azureml:heart-classifier-mlflow:<version>',
  ],
  "kubernetes/kubernetes-blue-deployment.yml": [
    "1 -: is for an online endpoint on Kubernetes; this project deploys managed online endpoints only",
  ],
  "kubernetes/kubernetes-endpoint.yml": [
    "1 -: is for an online endpoint on Kubernetes; this project deploys managed online endpoints only",
  ],
  "kubernetes/kubernetes-green-deployment.yml": [
    "1 -: is for an online endpoint on Kubernetes; this project deploys managed online endpoints only",
  ],
  "managed/binary-payloads/binary-payloads-deployment.yml": [
    '3 endpoint_name: is the placeholder "<ENDPOINT_NAME>"; put the endpoint\'s name here',
    '8 code_configuration.scoring_script: is the placeholder "<SCORING_SCRIPT>"; put the scoring script\'s file name here',
  ],
  "managed/inference-schema/deployment-numpy.yml": [
    '3 endpoint_name: is the placeholder "<endpoint_name>"; put the endpoint\'s name here',
  ],
  "managed/inference-schema/deployment-pandas.yml": [
    '3 endpoint_name: is the placeholder "<endpoint_name>"; put the endpoint\'s name here',
  ],
  "managed/inference-schema/deployment-standard.yml": [
    '3 endpoint_name: is the placeholder "<endpoint_name>"; put the endpoint\'s name here',
  ],
  "managed/keyvault/keyvault-deployment.yml": [
    '3 endpoint_name: is the placeholder "<ENDPOINT_NAME>"; put the endpoint\'s name here',
    '13 environment_variables.KV_SECRET_MULTIPLIER: "<KV_NAME>" is a placeholder; put the variable\'s value here',
  ],
  "managed/managed-identities/1-sai-create-endpoint.yml": "loads",
  "managed/managed-identities/1-uai-create-endpoint.yml": [
    '7 identity.user_assigned_identities.0.resource_id: is the placeholder "user_identity_ARM_id_place_holder"; put the ARM id of the user-assigned identity here',
  ],
  "managed/managed-identities/2-sai-deployment.yml": "loads",
  "managed/managed-identities/2-uai-deployment.yml": "loads",
  "managed/minimal/single-model-registered/deployment.yml": [
    '3 endpoint_name: is the placeholder "{{ENDPOINT_NAME}}"; put the endpoint\'s name here',
    '4 model: is "azureml:minimalregistered:{{MODEL_VERSION}}", in which "{{MODEL_VERSION}}" is a placeholder; put the model\'s name and version here',
  ],
  "managed/openapi/deployment.yml": [
    '3 endpoint_name: is the placeholder "<my-endpoint-name>"; put the endpoint\'s name here',
    '7 code_configuration.code: is the placeholder "<CODE_DIR>"; put the path of the code folder here',
  ],
  "managed/sample/blue-deployment-with-curated-env.yml": [
    '9 environment: is "azureml://registries/azureml/environments/sklearn-1.5/labels/latest"; the label "latest" moves, so the same files could deploy different versions: pin a version, azureml://registries/azureml/environments/sklearn-1.5/versions/<version>',
  ],
  "managed/sample/blue-deployment-with-registered-assets.yml": "loads",
  "managed/sample/blue-deployment.yml": "loads",
  "managed/sample/endpoint.yml": "loads",
  "managed/sample/green-deployment-with-curated-env.yml": [
    '9 environment: is "azureml://registries/azureml/environments/sklearn-1.5/labels/latest"; the label "latest" moves, so the same files could deploy different versions: pin a version, azureml://registries/azureml/environments/sklearn-1.5/versions/<version>',
  ],
  "managed/sample/green-deployment-with-registered-assets.yml": "loads",
  "managed/sample/green-deployment.yml": "loads",
  "managed/vnet/mlflow/blue-deployment-vnet.yml": [
    '3 endpoint_name: is the placeholder "placeholder-name"; put the endpoint\'s name here',
    '10 environment.image: is "placeholder.azurecr.io/repo/mlflow:v1", in which "placeholder" is a placeholder; put the image\'s full name here',
  ],
  "managed/vnet/mlflow/endpoint.yml": "loads",
  "managed/vnet/sample/blue-deployment-vnet.yml": [
    '3 endpoint_name: is the placeholder "placeholder-name"; put the endpoint\'s name here',
    '11 environment.image: is "placeholder.azurecr.io/repo/img:v1", in which "placeholder" is a placeholder; put the image\'s full name here',
  ],
  "managed/vnet/sample/endpoint.yml": "loads",
  "ncd/create-endpoint.yaml": "loads",
  "ncd/lightgbm-deployment.yaml": "loads",
  "ncd/sklearn-deployment-with-script.yaml": "loads",
  "ncd/sklearn-deployment.yaml": "loads",
  "triton/single-model/create-managed-deployment.yaml": "loads",
  "triton/single-model/create-managed-endpoint.yaml": "loads",
};

/** Whole folders: the names of the deployments that are read, or the reasons why none are. */
const FOLDERS: Readonly<Record<string, readonly string[]>> = {
  "managed/sample": ["blue", "green"],
  ncd: ["lightgbm-deployment", "sklearn-deployment", "sklearn-deployment-script"],
  "triton/single-model": ["blue"],
  "managed/managed-identities": [
    '2-sai-deployment.yml is "blue", which several files declare (2-sai-deployment.yml, 2-uai-deployment.yml); name one of them blue-deployment.yml, or give each its own name',
    '2-uai-deployment.yml is "blue", which several files declare (2-sai-deployment.yml, 2-uai-deployment.yml); name one of them blue-deployment.yml, or give each its own name',
    " has 2 endpoint files (1-sai-create-endpoint.yml, 1-uai-create-endpoint.yml); keep one per folder",
  ],
  kubernetes: [
    "kubernetes-blue-deployment.yml is for an online endpoint on Kubernetes; this project deploys managed online endpoints only",
    "kubernetes-endpoint.yml is for an online endpoint on Kubernetes; this project deploys managed online endpoints only",
    "kubernetes-green-deployment.yml is for an online endpoint on Kubernetes; this project deploys managed online endpoints only",
  ],
};

const checkout = process.env["AZUREML_EXAMPLES"];
if (checkout === undefined) {
  // Not console.warn: Jest drops the console of a suite in which everything is skipped.
  process.stderr.write("SKIPPED: AZUREML_EXAMPLES names no checkout of Azure/azureml-examples\n");
}
const root = path.join(checkout ?? "", "cli", "endpoints", "online");

(checkout === undefined ? describe.skip : describe)("the public samples", () => {
  it("are all in the table", () => {
    const files = readdirSync(root, { recursive: true, encoding: "utf8" })
      .filter((file) => /\.ya?ml$/i.test(file))
      .filter((file) => {
        const text = readFileSync(path.join(root, file), "utf8");
        return /Online(?:Endpoint|Deployment)\.schema|^endpoint_name:/m.test(text);
      });
    expect(files.map((file) => file.split(path.sep).join("/")).sort()).toEqual(
      Object.keys(EXPECTED).sort(),
    );
  });

  it.each(Object.entries(EXPECTED))("%s", async (name, expected) => {
    const file = path.join(root, name);
    const isEndpoint = /OnlineEndpoint\.schema/.test(readFileSync(file, "utf8"));
    const read = isEndpoint ? readEndpointFile(file) : await readDeploymentFile(file);
    const errors = read.problems
      .filter((problem) => problem.severity === "error")
      .map(({ line = 0, key = "-", message }) => `${line} ${key}: ${message}`);
    expect(read.value === undefined ? errors : "loads").toEqual(expected);
  });

  it.each(Object.entries(FOLDERS))("the folder %s", async (name, expected) => {
    const folder = path.join(root, name);
    const { definition, problems } = await readEndpointDirectory(folder);
    const reasons = problems
      .filter((problem) => problem.severity === "error")
      .map(({ file, message }) => `${path.relative(folder, file)} ${message}`);
    expect(definition?.deployments.map((deployment) => deployment.name) ?? reasons).toEqual(
      expected,
    );
  });
});
