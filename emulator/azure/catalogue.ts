import { alertTypes } from "./alertTypes";
import type { AzureType } from "./azureType";
import { clusterTypes } from "./clusterTypes";
import { dashboardTypes } from "./dashboardTypes";
import { eventTypes } from "./eventTypes";
import { networkTypes } from "./networkTypes";

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

/**
 * Every resource type that the program declares. It holds Azure's rules only; nothing here depends on what the product
 * chooses.
 */
export const catalogue: Readonly<Record<string, AzureType>> = {
  ...networkTypes,
  ...clusterTypes,
  ...alertTypes,
  ...dashboardTypes,
  ...eventTypes,
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
  "azure-native:monitor:AutoscaleSetting": {
    armType: "Microsoft.Insights/autoscaleSettings",
    apiVersion: "2021-05-01-preview",
    names: ["autoscaleSettingName"],
    naming: {
      pattern: /^[^:<>+/&%\\?|]{0,259}[^:<>+/&%\\?|. ]$/,
      words: "1–260 characters other than :<>+/&%\\?|, not ending with a space or full stop",
    },
    immutable: ["location", "targetResourceUri"],
  },
  "azure-native:consumption:Budget": {
    armType: "Microsoft.Consumption/budgets",
    apiVersion: "2024-08-01",
    names: ["budgetName"],
    scope: { property: "scope" },
    naming: { pattern: /^[\w-]{1,63}$/, words: "1–63 letters, digits, - or _" },
    immutable: ["category"],
  },
  "azure-native:authorization:RoleDefinition": {
    armType: "Microsoft.Authorization/roleDefinitions",
    apiVersion: "2022-05-01-preview",
    names: ["roleDefinitionId"],
    scope: { property: "scope" },
    naming: { pattern: /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/, words: "a GUID" },
    immutable: ["roleType"],
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
  "azure-native:machinelearningservices:Compute": {
    armType: `${AML}/computes`,
    apiVersion: AML_VERSION,
    names: ["workspaceName", "computeName"],
    naming: { pattern: /^[a-zA-Z](?=.{1,31}$)[a-zA-Z0-9-]*$/, words: "2–32 letters, digits or -" },
    immutable: ["location", "properties.computeType", "properties.properties.vmSize"],
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
