import { valueAt } from "../graph/paths";
import { PAID_TYPES } from "./charges";
import type { DeclaredPart } from "./machines";

/** What is paid by use, which a declaration does not tell. */
const BY_USE: Readonly<Record<string, string>> = {
  "azure-native:machinelearningservices:OnlineEndpoint": "traffic of the endpoint's callers",
  "azure-native:operationalinsights:Workspace": "logs: ingested, and kept for longer than is free",
  "azure-native:monitor:AzureMonitorWorkspace": "Prometheus metrics: ingested and queried",
  "azure-native:storage:StorageAccount": "storage: stored data and transactions",
  "azure-native:keyvault:Vault": "operations on the vault",
  "azure-native:containerregistry:Registry": "images beyond what the registry's tier includes",
  "azure-native:network:NatGateway": "data through the NAT gateway",
  "azure-native:network:PrivateEndpoint": "data through private endpoints, and DNS queries",
  "azure-native:network:FlowLog": "flow logs: collected",
  "azure-native:network:VirtualNetwork": "traffic between zones, peered networks and the internet",
  "azure-native:containerservice:ManagedCluster":
    "the load balancer, addresses and disks that AKS makes by itself",
  "azure-native:monitor:MetricAlert": "alert rules and their notifications",
  "azure-native:monitor:ScheduledQueryRule": "alert rules and their notifications",
  "azure-native:monitor:ActionGroup": "alert rules and their notifications",
  "azure-native:eventgrid:SystemTopicEventSubscription": "alert rules and their notifications",
};

/** What depends on more than the type. */
function byUseOf({ type, inputs }: DeclaredPart): string[] {
  const one = BY_USE[type];
  const isolated =
    type === "azure-native:machinelearningservices:Workspace" &&
    valueAt(inputs, "managedNetwork.isolationMode") !== undefined;
  const defended =
    type === "azure-native:containerservice:ManagedCluster" &&
    valueAt(inputs, "securityProfile.defender.securityMonitoring.enabled") === true;
  return [
    ...(one === undefined ? [] : [one]),
    ...(isolated ? ["private endpoints and the firewall of the workspace's managed network"] : []),
    ...(defended ? ["Defender for Containers, by core"] : []),
  ];
}

/** Types for which nothing is paid, by the words of their module and kind. */
const FREE = [
  /^azure-native:(authorization|managedidentity|resources|consumption):/,
  /^azure-native:eventgrid:SystemTopic$/,
  /^azure-native:machinelearningservices:(Workspace|Datastore)$/,
  /^azure-native:network:(NetworkSecurityGroup|PrivateDnsZoneGroup|RouteTable|Subnet)$/,
  /^azure-native:privatedns:VirtualNetworkLink$/,
  /^azure-native:monitor:(ActivityLogAlert|DiagnosticSetting|AutoscaleSetting|DataCollection\w+)$/,
  /^azure-native:(alertsmanagement:PrometheusRuleGroup|applicationinsights:\w+|portal:\w+|dashboard:\w+)$/,
  /^azure-native:containerservice:MaintenanceConfiguration$/,
  /^azure-native:storage:(BlobContainer|BlobServiceProperties|ManagementPolicy)$/,
  /^azure-native:containerregistry:(TaskRun|Task)$/,
];

/** What the sum leaves out, a line each: what is paid by use, and types about which nothing is known here. */
export function notPricedOf(resources: readonly DeclaredPart[]): readonly string[] {
  const unknown = resources
    .map(({ type }) => type)
    .filter((type) => type.startsWith("azure-native:") && !PAID_TYPES.has(type))
    .filter((type) => BY_USE[type] === undefined && !FREE.some((free) => free.test(type)))
    .map((type) => `${type.replace("azure-native:", "")}, which this list does not know`);
  return [...new Set([...resources.flatMap(byUseOf), ...unknown])];
}
