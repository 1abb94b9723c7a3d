import * as machinelearningservices from "@pulumi/azure-native/machinelearningservices";
import * as storage from "@pulumi/azure-native/storage";
import type * as pulumi from "@pulumi/pulumi";
import type { SandboxConfig } from "../config/types";
import { resolvedName } from "./resolvedName";
import { grantRoleToEach } from "./roles";
import type { UsedWorkspace } from "./workspace";

export interface AssetStorageArgs {
  readonly subscriptionId: string;
  readonly workspace: UsedWorkspace;
  /** Who uploads: they may write the container, nobody else. */
  readonly deployers: SandboxConfig["deployers"];
  /** Who previews: they may read the container. */
  readonly readers: SandboxConfig["readers"];
}

export interface AssetStorage {
  readonly containerId: pulumi.Output<string>;
  readonly containerName: pulumi.Output<string>;
  readonly datastoreName: pulumi.Output<string>;
  /** What an upload waits for. */
  readonly uploadsAfter: pulumi.Resource[];
}

/** A container for the files of assets, the workspace's datastore on it, and the roles of those who write and read it. */
export function assetStorage(
  name: string,
  args: AssetStorageArgs,
  parent: pulumi.Resource,
): AssetStorage {
  const { workspace, subscriptionId } = args;
  const container = new storage.BlobContainer(
    `${name}-container`,
    {
      containerName: workspace.assetContainer,
      accountName: workspace.storageAccountName,
      resourceGroupName: workspace.storageResourceGroupName,
      publicAccess: "None",
    },
    { parent },
  );
  const containerName = resolvedName(container, workspace.assetContainer);
  const datastoreName = workspace.assetContainer.replaceAll("-", "_");
  const datastore = new machinelearningservices.Datastore(
    `${name}-datastore`,
    {
      name: datastoreName,
      resourceGroupName: workspace.resourceGroupName,
      workspaceName: workspace.name,
      properties: {
        datastoreType: "AzureBlob",
        accountName: workspace.storageAccountName,
        containerName,
        credentials: { credentialsType: "None" },
        serviceDataAccessAuthIdentity: workspace.datastoreIdentity,
      },
    },
    { parent },
  );
  const grants = grantRoleToEach(
    `${name}-deployer`,
    args.deployers,
    { role: "Storage Blob Data Contributor", scope: container.id, subscriptionId },
    { parent },
  );
  // A refresh lists the blobs of each upload.
  grantRoleToEach(
    `${name}-reader`,
    args.readers,
    { role: "Storage Blob Data Reader", scope: container.id, subscriptionId },
    { parent },
  );
  return {
    containerId: container.id,
    containerName,
    datastoreName: resolvedName(datastore, datastoreName),
    // A grant takes some minutes to take effect in storage; creating the workspace takes as long, so uploads wait for both.
    uploadsAfter: [...grants, datastore, ...(workspace.reachableAfter ?? [])],
  };
}
