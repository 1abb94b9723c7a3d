import path from "node:path";
import { describe, expect, it } from "@jest/globals";
import { readDeploymentFile, readEndpointFile } from "../../../config/azureml";
import { lines } from "./harness";

/**
 * Every shape of endpoint and deployment YAML that the public samples have, as small files of our own. What the table
 * does not prove: that the samples themselves are read so; that is azureSamples.test.ts, which needs a checkout of them.
 */
const SHAPES: Readonly<Record<string, readonly string[]>> = {
  "angled-deployment.yml": [
    'error angled-deployment.yml:3 endpoint_name: is the placeholder "<ENDPOINT_NAME>"; put the endpoint\'s name here',
    'error angled-deployment.yml:7 code_configuration.code: is the placeholder "<CODE_DIR>"; put the path of the code folder here',
    'error angled-deployment.yml:8 code_configuration.scoring_script: is the placeholder "<SCORING_SCRIPT>"; put the scoring script\'s file name here',
  ],
  "collected-deployment.YAML": [
    'error collected-deployment.YAML:2 endpoint_name: is "my_endpoint", which has the character "_"; a name has 3 to 32 letters, digits and single dashes, and begins with a letter',
    'error collected-deployment.YAML:3 model: is "azureml:iris_mlflow_model@latest"; the label "latest" moves, so the same files could deploy different versions: pin a version, azureml:iris_mlflow_model:<version>',
    'error collected-deployment.YAML:6 environment.conda_file: is "model/conda.yaml", a conda file that does not exist; paths are relative to this file',
    'error collected-deployment.YAML:8 code_configuration.code: is "scripts", a code folder that does not exist; paths are relative to this file',
  ],
  "container-alone-deployment.yml": [],
  "file-in-container-deployment.yml": [],
  "key-endpoint.yml": [],
  "kubernetes-deployment.yml": [
    "error kubernetes-deployment.yml:1 is for an online endpoint on Kubernetes; this project deploys managed online endpoints only",
  ],
  "kubernetes-endpoint.yml": [
    "error kubernetes-endpoint.yml:1 is for an online endpoint on Kubernetes; this project deploys managed online endpoints only",
  ],
  "labelled-deployment.yml": [
    'error labelled-deployment.yml:2 name: is "regular_deployment", which has the character "_"; a name has 3 to 32 letters, digits and single dashes, and begins with a letter',
    'error labelled-deployment.yml:4 model: is "azureml:flood@latest"; the label "latest" moves, so the same files could deploy different versions: pin a version, azureml:flood:<version>',
    'error labelled-deployment.yml:5 environment: is "azureml:flood-env@latest"; the label "latest" moves, so the same files could deploy different versions: pin a version, azureml:flood-env:<version>',
  ],
  "labelled-mlflow-deployment.yml": [
    "warning labelled-mlflow-deployment.yml:1 environment: is missing; that works only when the registered model is an MLflow or a Triton model",
    'error labelled-mlflow-deployment.yml:4 model: is "azureml:flood@latest"; the label "latest" moves, so the same files could deploy different versions: pin a version, azureml:flood:<version>',
  ],
  "labelled-registry-deployment.yml": [
    'error labelled-registry-deployment.yml:9 environment: is "azureml://registries/azureml/environments/sklearn-1.5/labels/latest"; the label "latest" moves, so the same files could deploy different versions: pin a version, azureml://registries/azureml/environments/sklearn-1.5/versions/<version>',
  ],
  "local-deployment.yml": [
    'warning local-deployment.yml:11 environment.image: is "registry.example.com/base:latest", which has the tag "latest": what runs can change at any restart; pin a version or a digest',
  ],
  "missing-model-deployment.yml": [
    'error missing-model-deployment.yml:5 model.path: is "torchserve", a custom model that does not exist; paths are relative to this file',
  ],
  "mlflow-deployment.yaml": [],
  "mlflow-with-script-deployment.yaml": [],
  "package-deployment.yml": [
    'error package-deployment.yml:4 environment: is "azureml:flood-pkg@latest"; the label "latest" moves, so the same files could deploy different versions: pin a version, azureml:flood-pkg:<version>',
  ],
  "placeholder-identity-endpoint.yml": [
    'error placeholder-identity-endpoint.yml:7 identity.user_assigned_identities.0.resource_id: is the placeholder "user_identity_ARM_id_place_holder"; put the ARM id of the user-assigned identity here',
  ],
  "placeholder-image-deployment.yml": [
    'error placeholder-image-deployment.yml:3 endpoint_name: is the placeholder "placeholder-name"; put the endpoint\'s name here',
    "warning placeholder-image-deployment.yml:4 egress_public_network_access: belongs to the legacy network isolation and must not be set in a workspace with a managed network, which replaces it",
    'error placeholder-image-deployment.yml:8 environment.image: is "placeholder.azurecr.io/repo/img:v1", in which "placeholder" is a placeholder; put the image\'s full name here',
    'warning placeholder-image-deployment.yml:13 instance_type: is "Standard_F2s_v2", which is often too small to start an inference server; Standard_DS3_v2 is the documentation\'s choice',
  ],
  "plumber-deployment.yml": [
    'warning plumber-deployment.yml:13 environment.image: is "registry.example.com/r_server", which has no tag: what runs can change at any restart; pin a version or a digest',
  ],
  "private-endpoint.yml": [],
  "registered-deployment.yml": [],
  "templated-deployment.yml": [
    'error templated-deployment.yml:3 endpoint_name: is the placeholder "{{ENDPOINT_NAME}}"; put the endpoint\'s name here',
    'error templated-deployment.yml:5 model.name: is the placeholder "{{model_name}}"; put the name here',
    'error templated-deployment.yml:6 model.version: is the placeholder "{{MODEL_VERSION}}"; put the version here',
    'error templated-deployment.yml:12 environment.image: is "{{ACR_NAME}}.azurecr.io/team/image:1", in which "{{ACR_NAME}}" is a placeholder; put the image\'s full name here',
    'error templated-deployment.yml:14 environment_variables.MODEL_BASE_PATH: "{{MODEL_VERSION}}" is a placeholder; put the variable\'s value here',
  ],
  "templated-endpoint.yml": [
    'error templated-endpoint.yml:2 name: is the placeholder "{{ENDPOINT_NAME}}"; put the endpoint\'s name here',
  ],
  "templated-reference-deployment.yml": [
    'error templated-reference-deployment.yml:4 model: is "azureml:flood:{{MODEL_VERSION}}", in which "{{MODEL_VERSION}}" is a placeholder; put the model\'s name and version here',
  ],
  "token-endpoint.yml": [],
  "triton-deployment.yaml": [],
  "unnamed-endpoint-deployment.yml": [
    "warning unnamed-endpoint-deployment.yml:1 endpoint_name: is missing; it is taken from the endpoint file in the same folder",
    'warning unnamed-endpoint-deployment.yml:14 environment_variables.STORAGE_ACCOUNT_NAME: "storage_place_holder" looks like a placeholder; the container gets it as it is',
  ],
  "vault-deployment.yml": [
    'error vault-deployment.yml:3 endpoint_name: is the placeholder "<my-endpoint-name>"; put the endpoint\'s name here',
    'error vault-deployment.yml:13 environment_variables.KV_SECRET_MULTIPLIER: "<KV_NAME>" is a placeholder; put the variable\'s value here',
  ],
};

const folder = path.join(__dirname, "fixtures", "shapes");

describe("a shape found in the public samples", () => {
  it.each(Object.keys(SHAPES))("%s", async (name) => {
    const file = path.join(folder, name);
    const read = name.includes("endpoint.")
      ? readEndpointFile(file)
      : await readDeploymentFile(file);
    const said = lines(read.problems, folder);
    expect(said).toEqual(SHAPES[name]);
    expect(read.value === undefined).toBe(said.some((line) => line.startsWith("error ")));
  });
});
