import { Compute } from "@pulumi/azure-native/machinelearningservices";
import type * as pulumi from "@pulumi/pulumi";

/**
 * Name of the cluster, 2 to 32 letters, digits and dashes. It has the size in it: a cluster that is made again by the name of
 * a deleted one has had that one's size (Azure/azure-rest-api-specs issue 18889).
 */
export function imageBuildComputeName(vmSize: string): string {
  const size = vmSize
    .replace(/^Standard_/i, "")
    .replaceAll("_", "-")
    .toLowerCase();
  return `image-build-${size}`;
}

export interface ImageBuildComputeArgs {
  readonly vmSize: string;
  readonly workspaceName: pulumi.Input<string>;
  readonly resourceGroupName: pulumi.Input<string>;
  readonly location: string;
  readonly tags: Readonly<Record<string, string>>;
}

/**
 * Compute cluster of at most one node on which a workspace with a private registry builds its images; with nothing to build it
 * has no node and costs nothing. It is in the workspace's managed network, so it has no public address, no subnet of its own
 * and nobody signs in to it.
 */
export function imageBuildCompute(
  name: string,
  { vmSize, ...place }: ImageBuildComputeArgs,
  opts: pulumi.CustomResourceOptions,
): pulumi.Resource {
  return new Compute(
    name,
    {
      ...place,
      computeName: imageBuildComputeName(vmSize),
      identity: { type: "SystemAssigned" },
      properties: {
        computeType: "AmlCompute",
        disableLocalAuth: true,
        properties: {
          vmSize,
          vmPriority: "Dedicated",
          osType: "Linux",
          enableNodePublicIp: false,
          remoteLoginPortPublicAccess: "Disabled",
          scaleSettings: {
            minNodeCount: 0,
            maxNodeCount: 1,
            nodeIdleTimeBeforeScaleDown: "PT5M",
          },
        },
      },
    },
    opts,
  );
}
