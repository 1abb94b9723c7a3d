import * as network from "@pulumi/azure-native/network";
import * as pulumi from "@pulumi/pulumi";
import type { ProductionNames } from "../config/names";
import { privateEndpoint } from "./privateEndpoint";
import { privateStorage } from "./privateStorage";
import { grantRole } from "./roles";
import { userAssignedIdentity } from "./userAssignedIdentity";

export interface FlowLogsArgs {
  readonly names: Pick<ProductionNames, "virtualNetwork" | "flowLogStorage" | "flowLogIdentity">;
  readonly subscriptionId: string;
  readonly resourceGroupName: pulumi.Input<string>;
  readonly location: string;
  readonly tags: Readonly<Record<string, string>>;
  /** The network whose flows are recorded, of this stack. */
  readonly virtualNetworkId: pulumi.Input<string>;
  /** Subnet of the private endpoints, and the zone of blobs, by which people read the records. */
  readonly subnetId: pulumi.Input<string>;
  readonly blobZoneId: pulumi.Input<string>;
  readonly logAnalyticsId: pulumi.Input<string>;
  /** Days for which the stack keeps logs. */
  readonly logRetentionDays: number;
  readonly protect: boolean;
}

/** Azure's own group of network watchers; there is one in each region where the subscription has a network. */
const WATCHER_GROUP = "NetworkWatcherRG";

/** The most that a flow log takes (Azure REST API, Flow Logs, RetentionPolicyParameters: 365 days). */
const MOST_RETENTION_DAYS = 365;

// The least that storage-soft-delete in policy/rules/storage.ts takes: the records are kept by their own retention.
const SOFT_DELETE_DAYS = 7;

/**
 * Who talked to whom in the network, one record per flow and minute (Network Watcher, "Virtual network flow logs"), in a
 * storage account of its own: the service changes the account's lifecycle rules. It writes as an identity that has a role on
 * that account alone ("Managed identity for virtual network flow logs"), since keys are off.
 */
export class FlowLogs extends pulumi.ComponentResource {
  constructor(name: string, args: FlowLogsArgs, opts?: pulumi.ComponentResourceOptions) {
    super("mlscore:flowLogs:FlowLogs", name, {}, opts);
    const { names, resourceGroupName, location, tags } = args;
    const place = { resourceGroupName, location, tags };
    const { account } = privateStorage(
      `${name}-storage`,
      {
        ...place,
        accountName: names.flowLogStorage,
        logAnalyticsId: args.logAnalyticsId,
        isHnsEnabled: false,
        // Network Watcher is one of the trusted services, and has no other way into a closed account.
        bypass: "AzureServices",
        softDeleteDays: SOFT_DELETE_DAYS,
        protect: args.protect,
      },
      { parent: this },
    );
    privateEndpoint(
      `${name}-endpoint`,
      {
        ...place,
        groupId: "blob",
        serviceName: names.flowLogStorage,
        serviceId: account.id,
        subnetId: args.subnetId,
        zoneIds: [args.blobZoneId],
      },
      { parent: this },
    );
    const identity = userAssignedIdentity(
      `${name}-identity`,
      { ...place, identityName: names.flowLogIdentity },
      { parent: this },
    );
    const writer = grantRole(
      `${name}-writer`,
      {
        role: "Storage Blob Data Contributor",
        scope: account.id,
        principalId: identity.principalId,
        principalType: "ServicePrincipal",
        subscriptionId: args.subscriptionId,
      },
      { parent: this },
    );
    new network.FlowLog(
      name,
      {
        flowLogName: `fl-${names.virtualNetwork}`,
        networkWatcherName: `NetworkWatcher_${location}`,
        resourceGroupName: WATCHER_GROUP,
        location,
        targetResourceId: args.virtualNetworkId,
        storageId: account.id,
        identity: { type: "UserAssigned", userAssignedIdentities: [identity.id] },
        enabled: true,
        format: { type: "JSON", version: 2 },
        retentionPolicy: {
          enabled: true,
          days: Math.min(args.logRetentionDays, MOST_RETENTION_DAYS),
        },
        tags,
      },
      { parent: this, dependsOn: [writer] },
    );
    this.registerOutputs();
  }
}
