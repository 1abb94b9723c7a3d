/** What people call a resource of each type that the program declares. */
const WORDS: Readonly<Record<string, string>> = {
  "alertsmanagement:PrometheusRuleGroup": "alert rule group",
  "applicationinsights:Component": "Application Insights",
  "applicationinsights:Workbook": "workbook",
  "authorization:PolicyAssignment": "policy assignment",
  "authorization:RoleAssignment": "role assignment",
  "authorization:RoleDefinition": "custom role",
  "consumption:Budget": "budget",
  "containerregistry:AgentPool": "build agent pool",
  "containerregistry:Registry": "container registry",
  "containerregistry:TaskRun": "image build",
  "containerservice:AgentPool": "node pool",
  "containerservice:MaintenanceConfiguration": "maintenance window",
  "containerservice:ManagedCluster": "AKS cluster",
  "dashboard:Dashboard": "Grafana dashboard",
  "dashboard:DashboardDefinition": "content of a dashboard",
  "eventgrid:SystemTopic": "events of a resource",
  "eventgrid:SystemTopicEventSubscription": "alert on events",
  "keyvault:Vault": "key vault",
  "machinelearningservices:Compute": "compute cluster",
  "machinelearningservices:Datastore": "datastore",
  "machinelearningservices:ManagedNetworkSettingsRule": "outbound rule",
  "machinelearningservices:OnlineDeployment": "online deployment",
  "machinelearningservices:OnlineEndpoint": "online endpoint",
  "machinelearningservices:Workspace": "Azure ML workspace",
  "managedidentity:FederatedIdentityCredential": "federated credential",
  "managedidentity:UserAssignedIdentity": "managed identity",
  "monitor:ActionGroup": "action group",
  "monitor:ActivityLogAlert": "activity log alert",
  "monitor:AzureMonitorWorkspace": "Azure Monitor workspace",
  "monitor:DataCollectionEndpoint": "data collection endpoint",
  "monitor:DataCollectionRule": "data collection rule",
  "monitor:DataCollectionRuleAssociation": "data collection association",
  "monitor:DiagnosticSetting": "diagnostic setting",
  "monitor:MetricAlert": "metric alert",
  "monitor:ScheduledQueryRule": "log alert",
  "network:FlowLog": "flow log",
  "network:NatGateway": "NAT gateway",
  "network:NetworkSecurityGroup": "network security group",
  "network:PrivateDnsZoneGroup": "private DNS records",
  "network:PrivateEndpoint": "private endpoint",
  "network:PublicIPAddress": "public IP address",
  "network:RouteTable": "route table",
  "network:VirtualNetwork": "virtual network",
  "operationalinsights:Workspace": "Log Analytics workspace",
  "privatedns:PrivateZone": "private DNS zone",
  "privatedns:VirtualNetworkLink": "private DNS link",
  "resources:ResourceGroup": "resource group",
  "storage:BlobContainer": "blob container",
  "storage:BlobServiceProperties": "blob service settings",
  "storage:StorageAccount": "storage account",
};

const OTHERS: Readonly<Record<string, string>> = {
  "docker:index/image:Image": "container image",
  "pulumi-nodejs:dynamic/mlscore:AssetUpload": "uploaded files",
  "pulumi-nodejs:dynamic/mlscore:CodeVersion": "code version",
  "pulumi-nodejs:dynamic/mlscore:DataVersion": "data version",
  "pulumi-nodejs:dynamic/mlscore:EnvironmentVersion": "environment version",
  "pulumi-nodejs:dynamic/mlscore:GatewayApi": "Gateway API switch",
  "pulumi-nodejs:dynamic/mlscore:ModelVersion": "model version",
  "pulumi-nodejs:dynamic/mlscore:TrafficSplit": "traffic split",
  "pulumi:providers:kubernetes": "Kubernetes provider",
};

/**
 * `storage account` for Pulumi's type; Kubernetes' kinds keep their names, and so does what is not known, as far as it is a
 * word: these are put into prose.
 */
export function typeWords(type: string): string {
  const [, azure] = /^azure-native:(.+)$/.exec(type) ?? [];
  const known = azure === undefined ? OTHERS[type] : WORDS[azure];
  return known ?? /:(\w{1,60})$/.exec(type)?.[1] ?? "resource";
}

/** `1 resource`, `3 resources`. */
export function count(number: number, one: string, many = `${one}s`): string {
  return `${number} ${number === 1 ? one : many}`;
}
