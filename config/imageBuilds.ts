import type { Problem } from "../errors";
import { readYamlFile } from "./azureml/yamlFile";
import type { KeyPath } from "./azureml/yamlTree";
import { isPrivate, type NetworkLevel } from "./networkLevel";
import type { OutboundRule } from "./networkTypes";
import type { OnlineDeploymentDefinition, OnlineEndpointDefinition } from "./types";

/**
 * What Azure ML would have to build or install for a deployment, and cannot at this level.
 *
 * Images: with a private registry neither the registry's tasks nor serverless compute build them; a compute cluster of the
 * workspace does, or the image is there already (Azure ML, "Configure a private endpoint for a workspace" and "Secure a
 * workspace with virtual networks", Azure Container Registry).
 */
export function imageBuildProblems(
  level: NetworkLevel,
  hasBuildCompute: boolean,
  outboundRules: Readonly<Record<string, OutboundRule>>,
  { deployments }: OnlineEndpointDefinition,
): Problem[] {
  if (!isPrivate(level)) return [];
  return [
    ...(hasBuildCompute ? [] : deployments.flatMap(unbuilt)),
    ...(level === "privateBothWays" && !reaches(outboundRules, "pypi.org")
      ? deployments.flatMap(uninstalled)
      : []),
  ];
}

/** Whether Azure ML builds an image for the deployment. */
export function buildsImage(deployment: OnlineDeploymentDefinition): boolean {
  return builtPart(deployment) !== undefined;
}

/** Key of the environment that makes Azure ML build it. */
function builtPart({ environment }: OnlineDeploymentDefinition): string | undefined {
  if (environment?.kind !== "inline") return undefined;
  if (environment.condaFile !== undefined) return "conda_file";
  return environment.buildContext === undefined ? undefined : "build";
}

function unbuilt(deployment: OnlineDeploymentDefinition): Problem[] {
  const part = builtPart(deployment);
  if (part === undefined) return [];
  const message =
    "makes Azure ML build an image, which with a private registry only a compute cluster of the workspace can do: " +
    "set mlscore:network imageBuild: {vmSize: Standard_DS3_v2}, or name an image that has all packages and leave this out";
  return [at(deployment.file, ["environment", part], message)];
}

/** Azure ML, "Deploy MLflow models to online endpoints": without egress the model has to be packaged. */
function uninstalled({ file, environment, model }: OnlineDeploymentDefinition): Problem[] {
  if (environment !== undefined || model?.kind !== "local" || model.modelType !== "mlflow_model") {
    return [];
  }
  const message =
    "is an MLflow model without an environment: Azure ML installs its packages when the container starts, and at level " +
    "privateBothWays nothing reaches pypi.org; give the deployment an environment with scoring script, or approve pypi.org in mlscore:outboundRules";
  return [at(file, ["model"], message)];
}

function at(file: string, key: KeyPath, message: string): Problem {
  const line = readYamlFile(file).yaml?.lineOf(key);
  const place = { file, key: key.join("."), ...(line === undefined ? {} : { line }) };
  return { ...place, message, severity: "error" };
}

function reaches(rules: Readonly<Record<string, OutboundRule>>, host: string): boolean {
  return Object.values(rules).some((rule) => rule.type === "FQDN" && rule.destination === host);
}

/** An endpoint whose YAML opens it, in a level that has no public access. */
export function publicEndpointProblems(
  level: NetworkLevel,
  { file, publicNetworkAccess }: OnlineEndpointDefinition,
): Problem[] {
  if (!isPrivate(level) || publicNetworkAccess === "Disabled") return [];
  const key = ["public_network_access"];
  // Left out it is the level's to say; Azure's default is open.
  if (readYamlFile(file).yaml?.sourceOf(key) === undefined) return [];
  const message = `is enabled, and mlscore:network has level ${level}, which has no public access; remove it, or set it to disabled`;
  return [at(file, key, message)];
}
