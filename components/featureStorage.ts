import * as storage from "@pulumi/azure-native/storage";
import * as pulumi from "@pulumi/pulumi";
import { identityOnly } from "./identityOnly";
import { nameWhenMade } from "./known";
import { sendDiagnostics } from "./observability";

export interface FeatureStorageArgs {
  readonly accountName: string;
  readonly resourceGroupName: pulumi.Input<string>;
  readonly location: string;
  readonly logAnalyticsId: pulumi.Input<string>;
  readonly tags: Readonly<Record<string, string>>;
  readonly protect: boolean;
}

const CONTAINER = "features";
// Days in which deleted files and containers can be had back; twice what Delta keeps old files by default.
const SOFT_DELETE_DAYS = 14;

/**
 * ADLS Gen2 account with the Delta tables of features: private endpoints alone, identities alone, three zones.
 * Deleted files can be had back for a while; versions of blobs do not exist with a hierarchical namespace (Azure
 * Storage, "Blob Storage feature support"), and Delta keeps its own.
 */
export class FeatureStorage extends pulumi.ComponentResource {
  readonly id: pulumi.Output<string>;
  readonly accountName: pulumi.Output<string>;
  readonly containerId: pulumi.Output<string>;

  constructor(name: string, args: FeatureStorageArgs, opts?: pulumi.ComponentResourceOptions) {
    super("mlscore:featureStorage:FeatureStorage", name, {}, opts);
    const guarded = { parent: this, protect: args.protect };
    const account = new storage.StorageAccount(
      name,
      {
        accountName: args.accountName,
        resourceGroupName: args.resourceGroupName,
        location: args.location,
        kind: "StorageV2",
        sku: { name: "Standard_ZRS" },
        isHnsEnabled: true,
        ...identityOnly,
        publicNetworkAccess: "Disabled",
        networkRuleSet: { bypass: "None", defaultAction: "Deny" },
        // The second encryption, below the service's own, can only be had from the start.
        encryption: {
          keySource: "Microsoft.Storage",
          requireInfrastructureEncryption: true,
          services: { blob: { enabled: true, keyType: "Account" } },
        },
        tags: args.tags,
      },
      guarded,
    );
    this.id = account.id;
    this.accountName = nameWhenMade(account, args.accountName);
    const place = { accountName: this.accountName, resourceGroupName: args.resourceGroupName };
    const softDelete = { enabled: true, days: SOFT_DELETE_DAYS };
    const blobService = new storage.BlobServiceProperties(
      `${name}-blob-service`,
      {
        ...place,
        blobServicesName: "default",
        deleteRetentionPolicy: softDelete,
        containerDeleteRetentionPolicy: softDelete,
      },
      { parent: this },
    );
    const container = new storage.BlobContainer(
      `${name}-container`,
      { ...place, containerName: CONTAINER, publicAccess: "None" },
      // Soft delete first, so that nothing is ever stored without it.
      { ...guarded, dependsOn: [blobService] },
    );
    // Reads and writes are logged by the blob service, not by the account.
    sendDiagnostics(
      `${name}-diagnostics`,
      { resourceId: blobService.id, logAnalyticsId: args.logAnalyticsId },
      { parent: this },
    );
    this.containerId = container.id;
    this.registerOutputs({ id: this.id, containerId: this.containerId });
  }
}
