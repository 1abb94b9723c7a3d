/** The environment variables of a scoring process: Azure's, the deployment's own, and very little of the caller's. */
import { delimiter, dirname, basename, join } from "node:path";

import type { DeploymentSpec } from "./spec";

/**
 * Taken over from the caller: enough to find programs, a language and the network. Everything else stays out, cloud
 * credentials above all: in Azure the scoring script has the endpoint's identity, not the deployer's. Nor does it get
 * the caller's home, where the signed-in Azure CLI keeps its tokens.
 */
const INHERITED = new Set([
  ...["PATH", "USER", "LANG", "LC_ALL", "LC_CTYPE", "TZ", "TMPDIR"],
  ...["HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY", "ALL_PROXY"],
  ...["http_proxy", "https_proxy", "no_proxy", "all_proxy"],
  ...["SSL_CERT_FILE", "SSL_CERT_DIR", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"],
]);

/** A deployment may not set these: they would take the server off the loopback address or out of our sight. */
const RESERVED = ["SEPERATE_HEALTH_ENDPOINT", "GUNICORN_CMD_ARGS", "AZUREML_DEBUG_PORT"];

export function instanceEnvironment(
  spec: DeploymentSpec,
  environmentDirectory: string,
  homeDirectory: string,
  caller: NodeJS.ProcessEnv,
): Record<string, string> {
  const variables: Record<string, string> = {};
  for (const [name, value] of Object.entries(caller)) {
    if (INHERITED.has(name) && value !== undefined) variables[name] = value;
  }
  variables["PATH"] = [join(environmentDirectory, "bin"), variables["PATH"] ?? ""].join(delimiter);
  variables["HOME"] = homeDirectory;
  variables["VIRTUAL_ENV"] = environmentDirectory;
  // Lines appear in the log when they are printed.
  variables["PYTHONUNBUFFERED"] = "1";
  // The folder with the code stays as it was uploaded; installed packages were compiled when they were installed.
  variables["PYTHONDONTWRITEBYTECODE"] = "1";

  // As in the image: MLflow reports its use to its makers unless it is told (mlflow/telemetry/utils.py).
  if (spec.mlflowModel !== undefined) variables["MLFLOW_DISABLE_TELEMETRY"] = "true";

  // Defaults, which the deployment's own variables override. WORKER_COUNT: one worker unless the YAML passes it on
  // (reference-yaml-deployment-managed-online, RequestSettings: "To do so, pass WORKER_COUNT").
  variables["WORKER_COUNT"] = "1";
  // Milliseconds. So that a worker is free again when the router has given up on it.
  variables["SCORING_TIMEOUT_MS"] = String(spec.requestTimeoutMs);
  Object.assign(variables, spec.environmentVariables);
  for (const name of RESERVED) Reflect.deleteProperty(variables, name);

  // As a deployment in Azure shows them: AML_APP_ROOT is the folder of the script, AZUREML_ENTRY_SCRIPT its name (the
  // SDK's local endpoints do the same, azure-ai-ml local_endpoints).
  variables["AML_APP_ROOT"] = join(spec.codeDirectory, dirname(spec.scoringScript));
  variables["AZUREML_ENTRY_SCRIPT"] = basename(spec.scoringScript);
  // Where server.py has the worker listen; a deployment cannot set it.
  if (spec.debugPort === undefined) delete variables["MLSCORE_DEBUG_PORT"];
  else {
    variables["MLSCORE_DEBUG_PORT"] = String(spec.debugPort);
    // The debugger warns of frozen modules otherwise, which are none of the user's (debugpy's settings).
    variables["PYDEVD_DISABLE_FILE_VALIDATION"] = "1";
  }
  if (spec.modelDirectory === undefined) delete variables["AZUREML_MODEL_DIR"];
  else variables["AZUREML_MODEL_DIR"] = spec.modelDirectory;
  // Where the script for MLflow models looks for the model, here and in Azure (see scoring/mlflow/mlflow_score.py).
  if (spec.mlflowModel !== undefined) variables["MLFLOW_MODEL_FOLDER"] = spec.mlflowModel;
  return variables;
}
