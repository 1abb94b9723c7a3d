import * as machinelearningservices from "@pulumi/azure-native/machinelearningservices";
import * as pulumi from "@pulumi/pulumi";
import { z } from "zod";
import { UserError } from "../errors";
import type { OnlineDeploymentDefinition, SandboxConfig } from "../config/types";
import { isNotFound } from "./liveCluster";
import { type InstanceCount, scaledCount } from "./scaledInstances";
import type { StackOutputs } from "./stackOutputs";

/** By deployment. */
export type InstanceCounts = Readonly<Record<string, InstanceCount>>;

/**
 * How many instances each deployment is to have. What somebody made of it outside stays as long as the YAML says what it
 * said at the last update: the next write of the deployment would otherwise revert it silently (pulumi/docs issue 16161:
 * ignoring the change would send the state's number). Where Azure Monitor scales a deployment, see `scaledCount`.
 *
 * @param before the stack's outputs so far, with `instanceCounts` as declared last time
 * @throws UserError when a deployment that was there cannot be looked up for another reason than that it is gone
 */
export async function instanceCounts(
  config: SandboxConfig,
  before: StackOutputs,
): Promise<InstanceCounts> {
  const { endpoint, workspace, autoscale } = config;
  const last = z.record(z.string(), z.number()).safeParse(before?.["instanceCounts"]).data ?? {};
  const counts = await Promise.all(
    endpoint.deployments.map(async (deployment) => {
      const { name, instanceCount } = deployment;
      const place = {
        deploymentName: name,
        endpointName: endpoint.name,
        workspaceName: workspace.name,
        resourceGroupName: workspace.resourceGroupName,
      };
      if (autoscale[name] !== undefined) {
        return [
          name,
          await scaledCount(deployment, config, before, () => liveCount(place)),
        ] as const;
      }
      const exactly = (count: number) => [name, { count, ignoresChanges: false }] as const;
      // A number that changed in the YAML is desired, and needs no read of the live one.
      if (last[name] !== instanceCount) return exactly(instanceCount);
      const live = await liveCount(place);
      if (live === undefined || live === instanceCount) return exactly(instanceCount);
      await pulumi.log.warn(keptMessage(deployment, live));
      return exactly(live);
    }),
  );
  return Object.fromEntries(counts);
}

/** The output from which the next update knows what was declared. */
export function declaredCounts({ endpoint }: SandboxConfig): Readonly<Record<string, number>> {
  return Object.fromEntries(
    endpoint.deployments.map(({ name, instanceCount }) => [name, instanceCount]),
  );
}

function keptMessage({ name, file, instanceCount }: OnlineDeploymentDefinition, live: number) {
  return (
    `${name} runs ${live} instances, although ${file} says ${instanceCount}: it was changed outside Pulumi and is ` +
    "left unchanged. Keep it with `npm run rollout -- adopt --azure`, or undo it with `npm run rollout -- restore --azure`."
  );
}

async function liveCount(
  args: machinelearningservices.GetOnlineDeploymentArgs,
): Promise<number | undefined> {
  try {
    return (await machinelearningservices.getOnlineDeployment(args)).sku?.capacity;
  } catch (error) {
    const { message } = error as Error;
    if (isNotFound(message)) return undefined;
    throw new UserError(
      `deployment ${args.deploymentName} of ${args.endpointName} cannot be looked up; the identity that runs this needs ` +
        `the role Reader on the resource group: ${message}`,
    );
  }
}
