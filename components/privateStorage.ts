import * as storage from "@pulumi/azure-native/storage";
import type * as pulumi from "@pulumi/pulumi";
import { identityOnly } from "./identityOnly";
import { resolvedName } from "./resolvedName";
import { sendDiagnostics } from "./observability";

export interface PrivateStorageArgs {
  readonly accountName: string;
  readonly resourceGroupName: pulumi.Input<string>;
  readonly location: string;
  readonly logAnalyticsId: pulumi.Input<string>;
  readonly tags: Readonly<Record<string, string>>;
  /** A hierarchical namespace (ADLS Gen2), fixed for the account's life. */
  readonly isHnsEnabled: boolean;
  /** Which services of Azure pass the firewall, each with a role. */
  readonly bypass: "None" | "AzureServices";
  /** Days in which deleted files and containers can be recovered. */
  readonly softDeleteDays: number;
  readonly protect: boolean;
}

export interface PrivateStorage {
  readonly account: storage.StorageAccount;
  readonly accountName: pulumi.Output<string>;
  readonly blobService: storage.BlobServiceProperties;
}

/** Storage account in three zones that identities alone reach, by private endpoints; who reads and writes is logged. */
export function privateStorage(
  name: string,
  args: PrivateStorageArgs,
  opts: pulumi.CustomResourceOptions,
): PrivateStorage {
  const { resourceGroupName } = args;
  const account = new storage.StorageAccount(
    name,
    {
      accountName: args.accountName,
      resourceGroupName,
      location: args.location,
      kind: "StorageV2",
      sku: { name: "Standard_ZRS" },
      isHnsEnabled: args.isHnsEnabled,
      ...identityOnly,
      publicNetworkAccess: "Disabled",
      networkRuleSet: { bypass: args.bypass, defaultAction: "Deny" },
      // The second encryption, below the service's own, can only be had from the start.
      encryption: {
        keySource: "Microsoft.Storage",
        requireInfrastructureEncryption: true,
        services: { blob: { enabled: true, keyType: "Account" } },
      },
      tags: args.tags,
    },
    { ...opts, protect: args.protect },
  );
  const accountName = resolvedName(account, args.accountName);
  const softDelete = { enabled: true, days: args.softDeleteDays };
  const blobService = new storage.BlobServiceProperties(
    `${name}-blob-service`,
    {
      accountName,
      resourceGroupName,
      blobServicesName: "default",
      deleteRetentionPolicy: softDelete,
      containerDeleteRetentionPolicy: softDelete,
    },
    opts,
  );
  // Reads and writes are logged by the blob service, not by the account.
  sendDiagnostics(
    `${name}-diagnostics`,
    { resourceId: blobService.id, logAnalyticsId: args.logAnalyticsId },
    opts,
  );
  return { account, accountName, blobService };
}
