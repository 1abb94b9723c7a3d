import * as storage from "@pulumi/azure-native/storage";
import * as pulumi from "@pulumi/pulumi";
import { privateStorage } from "./privateStorage";

export interface FeatureStorageArgs {
  readonly accountName: string;
  readonly resourceGroupName: pulumi.Input<string>;
  readonly location: string;
  readonly logAnalyticsId: pulumi.Input<string>;
  readonly tags: Readonly<Record<string, string>>;
  readonly protect: boolean;
}

const CONTAINER = "features";
// Twice what Delta keeps old files by default.
const SOFT_DELETE_DAYS = 14;

/**
 * ADLS Gen2 account with the Delta tables of features. Deleted files can be recovered for a while; versions of blobs do not
 * exist with a hierarchical namespace (Azure Storage, "Blob Storage feature support"), and Delta keeps its own.
 */
export class FeatureStorage extends pulumi.ComponentResource {
  readonly id: pulumi.Output<string>;
  readonly accountName: pulumi.Output<string>;
  readonly containerId: pulumi.Output<string>;

  constructor(name: string, args: FeatureStorageArgs, opts?: pulumi.ComponentResourceOptions) {
    super("mlscore:featureStorage:FeatureStorage", name, {}, opts);
    const { account, accountName, blobService } = privateStorage(
      name,
      // No service of Azure has business with the features.
      { ...args, isHnsEnabled: true, bypass: "None", softDeleteDays: SOFT_DELETE_DAYS },
      { parent: this },
    );
    this.id = account.id;
    this.accountName = accountName;
    const container = new storage.BlobContainer(
      `${name}-container`,
      {
        accountName,
        resourceGroupName: args.resourceGroupName,
        containerName: CONTAINER,
        publicAccess: "None",
      },
      // Soft delete first, so that nothing is ever stored without it.
      { parent: this, protect: args.protect, dependsOn: [blobService] },
    );
    this.containerId = container.id;
    this.registerOutputs({ id: this.id, containerId: this.containerId });
  }
}
