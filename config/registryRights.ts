import type { Problem } from "../errors";
import { readYamlFile } from "./azureml/yamlFile";
import { privateRegistryOf } from "./azureml/imageName";
import { registryHost } from "./names";
import type { OnlineEndpointDefinition } from "./types";

/**
 * Images that Azure could not pull: the endpoint's identity needs AcrPull on the registry of each (Microsoft Learn, "Access
 * Azure resources from an online endpoint with a managed identity"), and a stack grants that on its own registry only.
 */
export function registryProblems(
  { deployments }: OnlineEndpointDefinition,
  ownRegistry: string,
): Problem[] {
  return deployments.flatMap(({ file, environment }) => {
    const image = environment?.kind === "inline" ? environment.image : undefined;
    const host = image === undefined ? undefined : privateRegistryOf(image);
    if (host === undefined || host === registryHost(ownRegistry)) return [];
    const line = readYamlFile(file).yaml?.lineOf(["environment", "image"]);
    const message =
      `is in the registry ${host}: give the endpoint's identity the role AcrPull on it, or import the image ` +
      `(az acr import) into this stack's ${registryHost(ownRegistry)}, the only one on which the stack grants that role`;
    const place = { file, key: "environment.image", ...(line === undefined ? {} : { line }) };
    return [{ ...place, message, severity: "warning" }];
  });
}
