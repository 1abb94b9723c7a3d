import type { AzureType } from "./azureType";

const NETWORK_VERSION = "2024-05-01";
const DNS_VERSION = "2024-06-01";
const STORAGE_VERSION = "2024-01-01";
const NETWORK_NAME = {
  pattern: /^[a-zA-Z0-9](?:[\w.-]{0,78}\w)?$/,
  words: "1–80 letters, digits or . _ -, beginning with a letter or digit, not ending with . or -",
};

/** Networks, private DNS and private endpoints; the blob service that private storage is set up with. */
export const networkTypes: Readonly<Record<string, AzureType>> = {
  "azure-native:network:VirtualNetwork": {
    armType: "Microsoft.Network/virtualNetworks",
    apiVersion: NETWORK_VERSION,
    names: ["virtualNetworkName"],
    naming: {
      pattern: /^[a-zA-Z0-9][\w.-]{0,62}\w$/,
      words:
        "2–64 letters, digits or . _ -, beginning with a letter or digit, not ending with . or -",
    },
    immutable: ["location"],
    nested: ["subnets", "subnets.delegations"],
  },
  "azure-native:network:NetworkSecurityGroup": {
    armType: "Microsoft.Network/networkSecurityGroups",
    apiVersion: NETWORK_VERSION,
    names: ["networkSecurityGroupName"],
    naming: NETWORK_NAME,
    immutable: ["location"],
    nested: ["securityRules"],
  },
  "azure-native:network:RouteTable": {
    armType: "Microsoft.Network/routeTables",
    apiVersion: NETWORK_VERSION,
    names: ["routeTableName"],
    naming: NETWORK_NAME,
    immutable: ["location"],
    nested: ["routes"],
  },
  "azure-native:network:PublicIPAddress": {
    armType: "Microsoft.Network/publicIPAddresses",
    apiVersion: NETWORK_VERSION,
    names: ["publicIpAddressName"],
    naming: NETWORK_NAME,
    immutable: ["location", "sku", "zones", "publicIPAddressVersion"],
  },
  "azure-native:network:NatGateway": {
    armType: "Microsoft.Network/natGateways",
    apiVersion: NETWORK_VERSION,
    names: ["natGatewayName"],
    naming: NETWORK_NAME,
    immutable: ["location", "sku", "zones"],
  },
  "azure-native:network:FlowLog": {
    armType: "Microsoft.Network/networkWatchers/flowLogs",
    apiVersion: NETWORK_VERSION,
    names: ["networkWatcherName", "flowLogName"],
    naming: NETWORK_NAME,
    immutable: ["location", "targetResourceId"],
  },
  "azure-native:network:PrivateEndpoint": {
    armType: "Microsoft.Network/privateEndpoints",
    apiVersion: NETWORK_VERSION,
    names: ["privateEndpointName"],
    naming: {
      pattern: /^[a-zA-Z0-9][\w.-]{0,62}\w$/,
      words:
        "2–64 letters, digits or . _ -, beginning with a letter or digit, not ending with . or -",
    },
    immutable: [
      "location",
      "subnet.id",
      "customNetworkInterfaceName",
      "privateLinkServiceConnections",
    ],
    nested: ["privateLinkServiceConnections"],
    references: ["subnet"],
  },
  "azure-native:network:PrivateDnsZoneGroup": {
    armType: "Microsoft.Network/privateEndpoints/privateDnsZoneGroups",
    apiVersion: NETWORK_VERSION,
    names: ["privateEndpointName", "privateDnsZoneGroupName"],
    naming: NETWORK_NAME,
    nested: ["privateDnsZoneConfigs"],
  },
  "azure-native:privatedns:PrivateZone": {
    armType: "Microsoft.Network/privateDnsZones",
    apiVersion: DNS_VERSION,
    names: ["privateZoneName"],
    naming: {
      pattern: /^(?!-)[\w-]{1,63}(\.[\w-]{1,63}){1,33}$/,
      words: "2–34 labels of 1–63 letters, digits, _ or -, with full stops between them",
    },
  },
  "azure-native:privatedns:VirtualNetworkLink": {
    armType: "Microsoft.Network/privateDnsZones/virtualNetworkLinks",
    apiVersion: DNS_VERSION,
    names: ["privateZoneName", "virtualNetworkLinkName"],
    naming: NETWORK_NAME,
    immutable: ["virtualNetwork"],
  },
  "azure-native:storage:BlobServiceProperties": {
    armType: "Microsoft.Storage/storageAccounts/blobServices",
    apiVersion: STORAGE_VERSION,
    names: ["accountName", "blobServicesName"],
    naming: { pattern: /^default$/, words: "default" },
  },
};
