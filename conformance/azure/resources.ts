import { MACHINE_LEARNING_VERSION } from "../../traffic/arm";
import { ENVIRONMENT } from "../fixture";

const STORAGE_VERSION = "2024-01-01";
const VAULT_VERSION = "2024-11-01";

/** Tag of everything that a run makes; its value is the run. */
export const RUN_TAG = "mlscore-conformance";

export interface RunPlace {
  readonly subscriptionId: string;
  readonly resourceGroup: string;
  readonly location: string;
  /** Eight hexadecimal digits, which make the names unique and are all that one needs to find them again. */
  readonly run: string;
}

/** A resource that a run makes and removes. */
export interface RunResource {
  readonly what: string;
  readonly id: string;
  readonly apiVersion: string;
  /** Body of its PUT; missing for what the sequences make themselves. */
  readonly body?: object;
  /** Whether it goes with what it lies in. */
  readonly removedWithParent?: boolean;
  /** Query that its DELETE needs besides the API version. */
  readonly deleteQuery?: string;
  /** Action that frees its name after the deletion. */
  readonly purgeId?: string;
}

export interface RunNames {
  readonly workspace: string;
  readonly storageAccount: string;
  readonly vault: string;
  readonly endpoint: string;
  readonly spareEndpoint: string;
}

export function runNames(run: string): RunNames {
  return {
    workspace: `mlscf-${run}`,
    storageAccount: `mlscf${run}`,
    vault: `mlscf-${run}-kv`,
    endpoint: `mlscf-${run}-a`,
    spareEndpoint: `mlscf-${run}-b`,
  };
}

export function groupId({ subscriptionId, resourceGroup }: RunPlace): string {
  return `/subscriptions/${subscriptionId}/resourceGroups/${resourceGroup}`;
}

export function workspaceIdOf(place: RunPlace): string {
  const { workspace } = runNames(place.run);
  return `${groupId(place)}/providers/Microsoft.MachineLearningServices/workspaces/${workspace}`;
}

export function environmentIdOf(place: RunPlace): string {
  return `${workspaceIdOf(place)}/environments/${ENVIRONMENT.name}/versions/${ENVIRONMENT.version}`;
}

/** Everything that a run makes, in the order of creation; it is removed in the opposite order. */
export function runResources(place: RunPlace): RunResource[] {
  const { location, run, subscriptionId } = place;
  const names = runNames(run);
  const tags = { [RUN_TAG]: run };
  const workspaceId = workspaceIdOf(place);
  const storageId = `${groupId(place)}/providers/Microsoft.Storage/storageAccounts/${names.storageAccount}`;
  const vaultId = `${groupId(place)}/providers/Microsoft.KeyVault/vaults/${names.vault}`;
  const endpoint = (what: string, name: string): RunResource => ({
    what,
    id: `${workspaceId}/onlineEndpoints/${name}`,
    apiVersion: MACHINE_LEARNING_VERSION,
  });
  return [
    {
      what: "storage account",
      id: storageId,
      apiVersion: STORAGE_VERSION,
      body: {
        location,
        tags,
        kind: "StorageV2",
        sku: { name: "Standard_LRS" },
        properties: {
          allowBlobPublicAccess: false,
          allowSharedKeyAccess: false,
          minimumTlsVersion: "TLS1_2",
          supportsHttpsTrafficOnly: true,
        },
      },
    },
    {
      what: "key vault",
      id: vaultId,
      apiVersion: VAULT_VERSION,
      body: {
        location,
        tags,
        properties: {
          tenantId: "{{tenantId}}",
          sku: { family: "A", name: "standard" },
          enableRbacAuthorization: true,
          // The shortest that Azure takes, for a run that may not purge.
          softDeleteRetentionInDays: 7,
        },
      },
      purgeId: `/subscriptions/${subscriptionId}/providers/Microsoft.KeyVault/locations/${location}/deletedVaults/${names.vault}/purge`,
    },
    {
      what: "workspace",
      id: workspaceId,
      apiVersion: MACHINE_LEARNING_VERSION,
      body: {
        location,
        tags,
        identity: { type: "SystemAssigned" },
        properties: {
          friendlyName: `conformance run ${run}`,
          storageAccount: storageId,
          keyVault: vaultId,
          systemDatastoresAuthMode: "Identity",
          publicNetworkAccess: "Enabled",
        },
      },
      // Otherwise its name would stay reserved for 14 days.
      deleteQuery: "forceToPurge=true",
    },
    {
      what: "environment version",
      id: environmentIdOf(place),
      apiVersion: MACHINE_LEARNING_VERSION,
      body: ENVIRONMENT.body,
      removedWithParent: true,
    },
    endpoint("endpoint", names.endpoint),
    endpoint("spare endpoint", names.spareEndpoint),
  ];
}
