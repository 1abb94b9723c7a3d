import type { AssumptionId } from "../../assumptions";
import { clusterTypes } from "./clusterTypes";
import { networkTypes } from "./networkTypes";

/**
 * Every resource type that the program declares, as Azure's resource manager knows it: where it lives, what it is
 * called, what cannot change. Rules of Azure only; nothing here knows what the product chooses.
 */
export interface AzureType {
  /** Resource type of ARM; the path of ids follows from it. */
  readonly armType: string;
  /** API version of ARM (azure-native 3.28's default); missing for what is not a resource of ARM. */
  readonly apiVersion?: string;
  /**
   * The names along the id's path, outermost first: an input property, or a fixed name written as `=name`. Their
   * number is the number of the type's segments after the name space.
   */
  readonly names: readonly string[];
  /**
   * How many of the names make the id of what has to exist before; all but the last unless said. Azure makes what
   * lies between by itself (an asset for its first version, a storage account's blob service).
   */
  readonly parentNames?: number;
  /** Where the id begins: in the resource group (default), in the subscription, or at another resource's id. */
  readonly scope?: "subscription" | { readonly property: string };
  /** Rule for the last name, with the words for people (Azure's naming rules and restrictions). */
  readonly naming?: {
    readonly pattern: RegExp;
    readonly words: string;
    /** @default "arm-resource-names", Azure's table for all types */
    readonly source?: AssumptionId;
  };
  /** Where the last name is taken only once. */
  readonly unique?: "Azure" | "region";
  /** Input properties, besides the names, that Azure cannot change in place. Dotted paths. */
  readonly immutable?: readonly string[];
  /** Inputs that are no part of the resource, such as where something lies on the machine that runs the program. */
  readonly untracked?: readonly string[];
  /**
   * Whether it is a version of an asset: written with PUT by the program's own provider, so one that exists is taken as it
   * is unless its content differs, and archived where others are deleted.
   */
  readonly isAssetVersion?: boolean;
  /**
   * Inputs that ARM knows by another name or elsewhere, as dotted paths of the body. azure-native lifts what ARM
   * keeps under `properties` and renames some of it; everything not named here keeps its name.
   */
  readonly armPaths?: Readonly<Record<string, string>>;
  /**
   * Dotted paths of inputs, single objects or lists of them, of which azure-native lifted `properties` as well: in ARM
   * only their name and id stand outside. A path within a list goes through every item of it.
   */
  readonly nested?: readonly string[];
  /**
   * Dotted paths of inputs that only say which resource is meant. azure-native adds defaults of that resource to them,
   * which would look as if this one changed it.
   */
  readonly references?: readonly string[];
  /** Dotted paths of inputs with text in base64, which a template has as readable text. */
  readonly base64?: readonly string[];
}

const AML = "Microsoft.MachineLearningServices/workspaces";
const AML_VERSION = "2025-12-01";
const TASKS_VERSION = "2019-06-01-preview";
const ASSET_NAME = {
  pattern: /^[a-zA-Z0-9][a-zA-Z0-9._-]{0,254}$/,
  words: "1–255 letters, digits or . _ -, beginning with a letter or digit",
  source: "asset-name",
} as const;
const ENDPOINT_NAME = {
  pattern: /^[a-zA-Z](?=.{2,31}$)[a-zA-Z0-9]*(-[a-zA-Z0-9]+)*$/,
  words: "3–32 letters, digits and single dashes, beginning with a letter",
  source: "endpoint-name",
} as const;
const assetVersion = (collection: string): AzureType => ({
  armType: `${AML}/${collection}/versions`,
  apiVersion: AML_VERSION,
  names: ["workspaceName", "name", "version"],
  naming: ASSET_NAME,
  parentNames: 1,
  untracked: ["subscriptionId", "collection"],
  isAssetVersion: true,
});

export const catalogue: Readonly<Record<string, AzureType>> = {
  ...networkTypes,
  ...clusterTypes,
  "azure-native:resources:ResourceGroup": {
    armType: "Microsoft.Resources/resourceGroups",
    apiVersion: "2024-03-01",
    names: ["resourceGroupName"],
    scope: "subscription",
    naming: {
      pattern: /^[\w.()-]{0,89}[\w()-]$/,
      words: "1–90 letters, digits or -_.(), not ending with a full stop",
    },
    immutable: ["location"],
  },
  "azure-native:managedidentity:UserAssignedIdentity": {
    armType: "Microsoft.ManagedIdentity/userAssignedIdentities",
    apiVersion: "2023-01-31",
    names: ["resourceName"],
    naming: { pattern: /^[a-zA-Z0-9][\w-]{2,127}$/, words: "3–128 letters, digits, - or _" },
    immutable: ["location"],
  },
  "azure-native:authorization:RoleAssignment": {
    armType: "Microsoft.Authorization/roleAssignments",
    apiVersion: "2022-04-01",
    names: ["roleAssignmentName"],
    scope: { property: "scope" },
    naming: { pattern: /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/, words: "a GUID" },
    immutable: ["principalId", "principalType", "roleDefinitionId"],
  },
  "azure-native:monitor:DiagnosticSetting": {
    armType: "Microsoft.Insights/diagnosticSettings",
    apiVersion: "2021-05-01-preview",
    names: ["name"],
    scope: { property: "resourceUri" },
  },
  "azure-native:operationalinsights:Workspace": {
    armType: "Microsoft.OperationalInsights/workspaces",
    apiVersion: "2023-09-01",
    names: ["workspaceName"],
    naming: {
      pattern: /^[a-zA-Z0-9][a-zA-Z0-9-]{2,61}[a-zA-Z0-9]$/,
      words: "4–63 letters, digits or -",
    },
    immutable: ["location"],
    armPaths: { sku: "properties.sku" },
  },
  "azure-native:applicationinsights:Component": {
    armType: "Microsoft.Insights/components",
    apiVersion: "2020-02-02",
    names: ["resourceName"],
    naming: { pattern: /^[^%&?/\\]{0,259}[^%&?/\\. ]$/, words: "1–260 characters" },
    immutable: ["location", "workspaceResourceId"],
    armPaths: {
      applicationType: "properties.Application_Type",
      flowType: "properties.Flow_Type",
      ingestionMode: "properties.IngestionMode",
      requestSource: "properties.Request_Source",
      workspaceResourceId: "properties.WorkspaceResourceId",
    },
  },
  "azure-native:containerregistry:Registry": {
    armType: "Microsoft.ContainerRegistry/registries",
    apiVersion: "2023-01-01-preview",
    names: ["registryName"],
    naming: { pattern: /^[a-zA-Z0-9]{5,50}$/, words: "5–50 letters and digits" },
    unique: "Azure",
    immutable: ["location"],
  },
  "azure-native:containerregistry:AgentPool": {
    armType: "Microsoft.ContainerRegistry/registries/agentPools",
    apiVersion: TASKS_VERSION,
    names: ["registryName", "agentPoolName"],
    naming: { pattern: /^[a-zA-Z0-9-]{3,20}$/, words: "3–20 letters, digits or -" },
    immutable: ["location", "os", "tier", "virtualNetworkSubnetResourceId"],
  },
  "azure-native:containerregistry:TaskRun": {
    armType: "Microsoft.ContainerRegistry/registries/taskRuns",
    apiVersion: TASKS_VERSION,
    names: ["registryName", "taskRunName"],
    naming: { pattern: /^[a-zA-Z0-9-]{5,50}$/, words: "5–50 letters, digits or -" },
    immutable: ["location"],
    base64: ["runRequest.encodedTaskContent"],
  },
  "azure-native:keyvault:Vault": {
    armType: "Microsoft.KeyVault/vaults",
    apiVersion: "2024-11-01",
    names: ["vaultName"],
    naming: {
      pattern: /^[a-zA-Z](?=.{2,23}$)[a-zA-Z0-9]*(-[a-zA-Z0-9]+)*$/,
      words: "3–24 letters, digits and single dashes, beginning with a letter",
    },
    unique: "Azure",
    immutable: ["location", "properties.tenantId"],
  },
  "azure-native:storage:StorageAccount": {
    armType: "Microsoft.Storage/storageAccounts",
    apiVersion: "2024-01-01",
    names: ["accountName"],
    naming: { pattern: /^[a-z0-9]{3,24}$/, words: "3–24 lower-case letters and digits" },
    unique: "Azure",
    immutable: ["location", "isHnsEnabled", "kind"],
    armPaths: {
      networkRuleSet: "properties.networkAcls",
      enableHttpsTrafficOnly: "properties.supportsHttpsTrafficOnly",
    },
  },
  "azure-native:storage:BlobContainer": {
    armType: "Microsoft.Storage/storageAccounts/blobServices/containers",
    apiVersion: "2024-01-01",
    names: ["accountName", "=default", "containerName"],
    parentNames: 1,
    naming: {
      pattern: /^(?=.{3,63}$)[a-z0-9]+(-[a-z0-9]+)*$/,
      words: "3–63 lower-case letters, digits and single dashes",
    },
  },
  "azure-native:machinelearningservices:Workspace": {
    armType: AML,
    apiVersion: AML_VERSION,
    names: ["workspaceName"],
    naming: { pattern: /^[a-zA-Z0-9][\w-]{2,32}$/, words: "3–33 letters, digits, - or _" },
    immutable: ["location", "storageAccount", "keyVault", "hbiWorkspace"],
  },
  "azure-native:machinelearningservices:ManagedNetworkSettingsRule": {
    armType: `${AML}/outboundRules`,
    apiVersion: AML_VERSION,
    names: ["workspaceName", "ruleName"],
    immutable: ["properties.type"],
  },
  "azure-native:machinelearningservices:Datastore": {
    armType: `${AML}/datastores`,
    apiVersion: AML_VERSION,
    names: ["workspaceName", "name"],
    naming: { pattern: /^[a-zA-Z0-9_]{1,255}$/, words: "1–255 letters, digits or _" },
    immutable: ["properties.datastoreType"],
  },
  // Written by the program's own provider, which archives where azure-native deletes.
  "pulumi-nodejs:dynamic/mlscore:CodeVersion": assetVersion("codes"),
  "pulumi-nodejs:dynamic/mlscore:ModelVersion": assetVersion("models"),
  "pulumi-nodejs:dynamic/mlscore:EnvironmentVersion": assetVersion("environments"),
  "pulumi-nodejs:dynamic/mlscore:DataVersion": assetVersion("data"),
  "azure-native:machinelearningservices:OnlineEndpoint": {
    armType: `${AML}/onlineEndpoints`,
    apiVersion: AML_VERSION,
    names: ["workspaceName", "endpointName"],
    naming: ENDPOINT_NAME,
    unique: "region",
    immutable: ["location", "identity", "properties.authMode"],
  },
  "azure-native:machinelearningservices:OnlineDeployment": {
    armType: `${AML}/onlineEndpoints/deployments`,
    apiVersion: AML_VERSION,
    names: ["workspaceName", "endpointName", "deploymentName"],
    naming: ENDPOINT_NAME,
    immutable: ["location", "properties.egressPublicNetworkAccess"],
  },
  // Not a resource of ARM: blobs below a folder, uploaded with the caller's identity.
  "pulumi-nodejs:dynamic/mlscore:AssetUpload": {
    armType: "Microsoft.Storage/storageAccounts/blobServices/containers/folders",
    names: ["accountName", "=default", "containerName", "folder"],
    untracked: ["files"],
  },
  // Not a resource of ARM: the traffic of an endpoint, written by a second PUT of the endpoint.
  "pulumi-nodejs:dynamic/mlscore:TrafficSplit": {
    armType: `${AML}/onlineEndpoints/traffic`,
    names: ["workspaceName", "endpointName", "=traffic"],
  },
};
