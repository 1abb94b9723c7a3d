import { textHash } from "./azureml/contentHash";
import type { AssetReference, OnlineDeploymentDefinition } from "./types";

/**
 * What was tried in the sandbox and may run in production: 64 hex digits over code, scoring script, environment and model
 * of a deployment. Local parts count by their content, registered ones by name and version, which never change. Settings
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
    ]),
  );
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
