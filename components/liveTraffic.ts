import * as machinelearningservices from "@pulumi/azure-native/machinelearningservices";
import { UserError } from "../errors";
import type { SandboxConfig } from "../config/types";
import { isNotFound } from "./liveCluster";
import { releasesIn } from "./releases";
import type { LiveTraffic } from "./soak";
import type { StackOutputs } from "./stackOutputs";

/**
 * What the endpoint routes before anything is declared; undefined while there is no endpoint, or no release on record whose
 * traffic could be told.
 *
 * @param before the stack's outputs so far
 * @throws UserError when it cannot be looked up for another reason than that it does not exist
 */
export async function liveTraffic(
  { endpoint, workspace }: SandboxConfig,
  before: StackOutputs,
): Promise<LiveTraffic | undefined> {
  if (Object.keys(releasesIn(before)).length === 0) return undefined;
  try {
    const { properties, tags } = await machinelearningservices.getOnlineEndpoint({
      endpointName: endpoint.name,
      workspaceName: workspace.name,
      resourceGroupName: workspace.resourceGroupName,
    });
    const { traffic = {}, mirrorTraffic = {} } = properties;
    return { split: { traffic, mirrorTraffic }, tags: tags ?? {} };
  } catch (error) {
    const { message } = error as Error;
    if (isNotFound(message)) return undefined;
    throw new UserError(
      `endpoint ${endpoint.name} cannot be looked up, so it is not known which releases have traffic; the identity ` +
        `that runs this needs the role Reader on the resource group: ${message}`,
    );
  }
}
