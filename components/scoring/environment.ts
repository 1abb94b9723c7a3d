import type { OnlineDeploymentDefinition } from "../../config/types";

/** The YAML's environment variables as a container's. What a pod cannot have, config/ has refused. */
export function containerEnvironment({
  environmentVariables,
  requestSettings,
}: OnlineDeploymentDefinition): { readonly name: string; readonly value: string }[] {
  // Without a limit of its own, a worker goes on with a request that the gateway has given up.
  const limit = { SCORING_TIMEOUT_MS: String(requestSettings.requestTimeoutMs) };
  return Object.entries({ ...limit, ...environmentVariables }).map(([name, value]) => ({
    name,
    // Kubernetes replaces $(NAME) in values; a doubled dollar sign is one (documentation of EnvVar).
    value: value.replaceAll("$(", "$$$$("),
  }));
}

/**
 * Whether the code reads from Azure with the workload identity: some variable names a place in Azure storage or a key
 * vault. Only then do pods get a way to them and to Entra ID.
 */
export function usesAzure(deployment: OnlineDeploymentDefinition): boolean {
  const place =
    /^(?:abfss?|azure|az|adl):\/\/|\.(?:blob|dfs)\.core\.windows\.net(?:[:/]|$)|\.vault\.azure\.net(?:[:/]|$)/i;
  return Object.values(deployment.environmentVariables).some((value) => place.test(value));
}
