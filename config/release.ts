import { join } from "node:path";
import { MOST_BYTES, readTextIfThere } from "../input/userFile";
import { MLFLOW_HOST } from "../mlflow/host";
import { textHash } from "./azureml/contentHash";
import { mlflowModelOf } from "./mlflowModel";
import type { AssetReference, OnlineDeploymentDefinition } from "./types";

/**
 * What was tried in the sandbox and may run in production: 64 hex digits over code, scoring script, environment and model
 * of a deployment; for an MLflow model without code also over the script that serves it in the image. Local parts count by their content, registered ones by name and version, which never change. Settings
 * (environment variables, probes, instances) are no part of it: they differ between stacks by design.
 */
export function releaseId(deployment: OnlineDeploymentDefinition): string {
  const { codeConfiguration, environment, model } = deployment;
  // A list, so that no two parts can be confused.
  return textHash(
    JSON.stringify([
      partOf(codeConfiguration?.code),
      codeConfiguration?.scoringScript ?? null,
      partOf(environment),
      partOf(model),
      ...mlflowHost(deployment),
    ]),
  );
}

/** Its packages need no part of their own: their lock lies in the model's folder. */
function mlflowHost(deployment: OnlineDeploymentDefinition): string[] {
  if (mlflowModelOf(deployment) === undefined || deployment.codeConfiguration !== undefined) {
    return [];
  }
  const script = join(MLFLOW_HOST.codeDirectory, MLFLOW_HOST.scoringScript);
  // A project that only imports the package builds no image.
  const text = readTextIfThere(script, MOST_BYTES.text);
  return text === undefined ? [] : [`sha256:${textHash(text)}`];
}

type Part = { readonly kind: "local" | "inline"; readonly contentHash: string } | AssetReference;

function partOf(part: Part | undefined): string | null {
  if (part === undefined) return null;
  switch (part.kind) {
    case "workspace":
      return `azureml:${part.name}:${part.version}`;
    case "label":
      return `azureml:${part.name}@${part.label}`;
    case "id":
      // Azure compares ids without regard to case.
      return part.id.toLowerCase();
    case "local":
    case "inline":
      return `sha256:${part.contentHash}`;
  }
}
