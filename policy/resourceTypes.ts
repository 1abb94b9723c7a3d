/** The reviewed resource types, which include every type that this project declares. */

/** The path of a type's tags; `untagged` if the type has none. */
export type Tagging = "tags" | "settings.tags" | "untagged";

/** Resources that hold data or serve requests: another run cannot restore them. */
export const FOUNDATIONS = [
  "azure-native:containerregistry:Registry",
  "azure-native:containerservice:ManagedCluster",
  "azure-native:keyvault:Vault",
  "azure-native:machinelearningservices:Workspace",
  "azure-native:storage:StorageAccount",
];

/** Type prefix of this project's own dynamic resources. */
const OWN_TYPES = "pulumi-nodejs:dynamic/mlscore:";

const REVIEWED: Readonly<Record<string, Tagging>> = {
  "azure-native:alertsmanagement:PrometheusRuleGroup": "tags",
  "azure-native:applicationinsights:Component": "tags",
  "azure-native:applicationinsights:Workbook": "tags",
  "azure-native:authorization:PolicyAssignment": "untagged",
  "azure-native:authorization:RoleAssignment": "untagged",
  "azure-native:authorization:RoleDefinition": "untagged",
  "azure-native:consumption:Budget": "untagged",
  "azure-native:containerregistry:AgentPool": "tags",
  "azure-native:containerregistry:Registry": "tags",
  "azure-native:containerregistry:TaskRun": "untagged",
  "azure-native:containerservice:AgentPool": "tags",
  "azure-native:containerservice:MaintenanceConfiguration": "untagged",
  "azure-native:containerservice:ManagedCluster": "tags",
  "azure-native:dashboard:Dashboard": "tags",
  "azure-native:dashboard:DashboardDefinition": "untagged",
  "azure-native:eventgrid:SystemTopic": "tags",
  "azure-native:eventgrid:SystemTopicEventSubscription": "untagged",
  "azure-native:keyvault:Vault": "tags",
  "azure-native:machinelearningservices:Compute": "tags",
  "azure-native:machinelearningservices:Datastore": "untagged",
  "azure-native:machinelearningservices:ManagedNetworkSettingsRule": "untagged",
  "azure-native:machinelearningservices:OnlineDeployment": "tags",
  "azure-native:machinelearningservices:OnlineEndpoint": "tags",
  "azure-native:machinelearningservices:Workspace": "tags",
  "azure-native:managedidentity:FederatedIdentityCredential": "untagged",
  "azure-native:managedidentity:UserAssignedIdentity": "tags",
  "azure-native:monitor:ActionGroup": "tags",
  "azure-native:monitor:ActivityLogAlert": "tags",
  "azure-native:monitor:AutoscaleSetting": "tags",
  "azure-native:monitor:AzureMonitorWorkspace": "tags",
  "azure-native:monitor:DataCollectionEndpoint": "tags",
  "azure-native:monitor:DataCollectionRule": "tags",
  "azure-native:monitor:DataCollectionRuleAssociation": "untagged",
  "azure-native:monitor:DiagnosticSetting": "untagged",
  "azure-native:monitor:MetricAlert": "tags",
  "azure-native:monitor:ScheduledQueryRule": "tags",
  "azure-native:network:FlowLog": "tags",
  "azure-native:network:NatGateway": "tags",
  "azure-native:network:NetworkSecurityGroup": "tags",
  "azure-native:network:PrivateDnsZoneGroup": "untagged",
  "azure-native:network:PrivateEndpoint": "tags",
  "azure-native:network:PublicIPAddress": "tags",
  "azure-native:network:RouteTable": "tags",
  "azure-native:network:VirtualNetwork": "tags",
  "azure-native:operationalinsights:Workspace": "tags",
  "azure-native:privatedns:PrivateZone": "tags",
  "azure-native:privatedns:VirtualNetworkLink": "tags",
  "azure-native:resources:ResourceGroup": "tags",
  "azure-native:storage:BlobContainer": "untagged",
  "azure-native:storage:BlobServiceProperties": "untagged",
  "azure-native:storage:StorageAccount": "tags",
  "docker:index/image:Image": "untagged",
  "kubernetes:apps/v1:Deployment": "untagged",
  "kubernetes:autoscaling/v2:HorizontalPodAutoscaler": "untagged",
  "kubernetes:core/v1:ConfigMap": "untagged",
  "kubernetes:core/v1:LimitRange": "untagged",
  "kubernetes:core/v1:Namespace": "untagged",
  "kubernetes:core/v1:ResourceQuota": "untagged",
  "kubernetes:core/v1:Service": "untagged",
  "kubernetes:core/v1:ServiceAccount": "untagged",
  "kubernetes:gateway.networking.k8s.io/v1:Gateway": "untagged",
  "kubernetes:gateway.networking.k8s.io/v1:HTTPRoute": "untagged",
  "kubernetes:networking.k8s.io/v1:NetworkPolicy": "untagged",
  "kubernetes:policy/v1:PodDisruptionBudget": "untagged",
  "kubernetes:rbac.authorization.k8s.io/v1:Role": "untagged",
  "kubernetes:rbac.authorization.k8s.io/v1:RoleBinding": "untagged",
  "pulumi-nodejs:dynamic/mlscore:TrafficSplit": "settings.tags",
  "pulumi:providers:azure-native": "untagged",
  "pulumi:providers:docker": "untagged",
  "pulumi:providers:kubernetes": "untagged",
  "pulumi:providers:pulumi": "untagged",
  "pulumi:providers:pulumi-nodejs": "untagged",
};

/** Undefined for a type that has not been reviewed. */
export function taggingOf(type: string): Tagging | undefined {
  if (Object.hasOwn(REVIEWED, type)) return REVIEWED[type];
  return type.startsWith(OWN_TYPES) ? "untagged" : undefined;
}
