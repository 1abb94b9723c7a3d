import type { Problem } from "../errors";
import { privateRegistryOf } from "./azureml/imageName";
import { problemAt } from "./azureml/problemAt";
import { registryHost } from "./names";
import type { OnlineEndpointDefinition } from "./types";

/**
 * Images that Azure could not pull: the endpoint's identity needs AcrPull on the registry of each (Microsoft Learn, "Access
 * Azure resources from an online endpoint with a managed identity"), and a stack grants that on its workspace's registry only.
 *
 * @param ownRegistry name of that registry; undefined for an existing workspace
 */
export function registryProblems(
  { deployments }: OnlineEndpointDefinition,
  ownRegistry: string | undefined,
): Problem[] {
  return deployments.flatMap(({ file, environment }) => {
    const image = environment?.kind === "inline" ? environment.image : undefined;
    const host = image === undefined ? undefined : privateRegistryOf(image);
    const granted = ownRegistry === undefined ? undefined : registryHost(ownRegistry);
    if (host === undefined || host === granted) return [];
    const message =
      `is in the registry ${host}: give the endpoint's identity the role AcrPull on it, or import the image (az acr import) ` +
      `into ${granted === undefined ? "the workspace's registry" : `this stack's ${granted}`}, the only one on which the stack grants that role`;
    return [problemAt(file, ["environment", "image"], message, "warning")];
  });
}
