import type { AzureType } from "./azureType";

const AKS = "Microsoft.ContainerService/managedClusters";
const AKS_VERSION = "2025-09-01";
const MONITOR_VERSION = "2022-06-01";

/** The AKS cluster and what watches it. */
export const clusterTypes: Readonly<Record<string, AzureType>> = {
  "azure-native:containerservice:ManagedCluster": {
    armType: AKS,
    apiVersion: AKS_VERSION,
    names: ["resourceName"],
    naming: {
      pattern: /^[a-zA-Z0-9](?=.{0,62}$)([\w-]*[a-zA-Z0-9])?$/,
      words: "1–63 letters, digits, - or _, beginning and ending with a letter or digit",
    },
    immutable: [
      "location",
      "dnsPrefix",
      "nodeResourceGroup",
      "apiServerAccessProfile.privateDNSZone",
      "apiServerAccessProfile.subnetId",
      "networkProfile.podCidr",
      "networkProfile.serviceCidr",
      "networkProfile.dnsServiceIP",
      "networkProfile.loadBalancerSku",
      "networkProfile.outboundType",
    ],
  },
  "azure-native:containerservice:AgentPool": {
    armType: `${AKS}/agentPools`,
    apiVersion: AKS_VERSION,
    names: ["resourceName", "agentPoolName"],
    naming: {
      pattern: /^[a-z][a-z0-9]{0,11}$/,
      words: "1–12 lower-case letters and digits, beginning with a letter",
    },
    immutable: [
      "availabilityZones",
      "enableEncryptionAtHost",
      "maxPods",
      "osDiskSizeGB",
      "osDiskType",
      "osType",
      "type",
      "vmSize",
      "vnetSubnetID",
    ],
    armPaths: { tags: "properties.tags" },
  },
  // Not a resource of ARM: a property of the cluster, written by a second PUT of it.
  "pulumi-nodejs:dynamic/mlscore:GatewayApi": {
    armType: `${AKS}/gatewayApi`,
    names: ["clusterName", "=gatewayApi"],
    immutable: ["subscriptionId"],
  },
  "azure-native:containerservice:MaintenanceConfiguration": {
    armType: `${AKS}/maintenanceConfigurations`,
    apiVersion: AKS_VERSION,
    names: ["resourceName", "configName"],
  },
  "azure-native:managedidentity:FederatedIdentityCredential": {
    armType: "Microsoft.ManagedIdentity/userAssignedIdentities/federatedIdentityCredentials",
    apiVersion: "2023-01-31",
    names: ["resourceName", "federatedIdentityCredentialResourceName"],
    naming: { pattern: /^[a-zA-Z0-9][\w-]{2,119}$/, words: "3–120 letters, digits, - or _" },
  },
  "azure-native:monitor:AzureMonitorWorkspace": {
    armType: "Microsoft.Monitor/accounts",
    apiVersion: "2023-04-03",
    names: ["azureMonitorWorkspaceName"],
    naming: {
      pattern: /^[a-zA-Z0-9][a-zA-Z0-9-]{2,61}[a-zA-Z0-9]$/,
      words: "4–63 letters, digits or -",
    },
    immutable: ["location"],
  },
  "azure-native:monitor:DataCollectionEndpoint": {
    armType: "Microsoft.Insights/dataCollectionEndpoints",
    apiVersion: MONITOR_VERSION,
    names: ["dataCollectionEndpointName"],
    naming: {
      pattern: /^[a-zA-Z0-9][a-zA-Z0-9-]{1,42}[a-zA-Z0-9]$/,
      words: "3–44 letters, digits or -",
    },
    immutable: ["location", "kind"],
  },
  "azure-native:monitor:DataCollectionRule": {
    armType: "Microsoft.Insights/dataCollectionRules",
    apiVersion: MONITOR_VERSION,
    names: ["dataCollectionRuleName"],
    naming: {
      pattern: /^[a-zA-Z0-9][\w.-]{1,62}[a-zA-Z0-9]$/,
      words: "3–64 letters, digits, - . or _",
    },
    immutable: ["location", "kind"],
  },
  "azure-native:monitor:DataCollectionRuleAssociation": {
    armType: "Microsoft.Insights/dataCollectionRuleAssociations",
    apiVersion: MONITOR_VERSION,
    names: ["associationName"],
    scope: { property: "resourceUri" },
  },
  "azure-native:alertsmanagement:PrometheusRuleGroup": {
    armType: "Microsoft.AlertsManagement/prometheusRuleGroups",
    apiVersion: "2023-03-01",
    names: ["ruleGroupName"],
    naming: { pattern: /^[^:@/#{}%&+*<>?]{1,260}$/, words: "1–260 characters" },
    immutable: ["location"],
  },
  "azure-native:authorization:PolicyAssignment": {
    armType: "Microsoft.Authorization/policyAssignments",
    apiVersion: "2025-01-01",
    names: ["policyAssignmentName"],
    scope: { property: "scope" },
    naming: { pattern: /^[^<>*%&:?.+/\\]{0,63}[^<>*%&:?.+/\\ ]$/, words: "1–64 characters" },
  },
};
