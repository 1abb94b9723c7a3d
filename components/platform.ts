import type * as pulumi from "@pulumi/pulumi";
import { zoneNames } from "../config/production/privateZones";
import type { PrivateService, ProductionConfig } from "../config/production/productionTypes";
import { actionGroup } from "./alerts/actionGroup";
import type { Called } from "./alerts/called";
import { Cluster } from "./cluster";
import { ClusterIdentity } from "./clusterIdentity";
import { ClusterMonitoring } from "./clusterMonitoring";
import { restrictPods } from "./clusterPolicy";
import { FlowLogs } from "./flowLogs";
import { GatewayApi } from "./gatewayApi";
import type { LiveCluster } from "./liveCluster";
import { maintenanceWindows } from "./maintenanceWindows";
import { logAnalyticsWorkspace } from "./observability";
import { PrivateDns } from "./privateDns";
import { PrivateServices } from "./privateServices";
import type { Caller } from "./signedIn";
import { gatewayNamespaceName } from "./scoring/labels";
import { VirtualNetwork } from "./virtualNetwork";

/** Where everything of a stack goes. */
export interface Place {
  readonly resourceGroupName: pulumi.Output<string>;
  readonly location: string;
  readonly tags: Readonly<Record<string, string>>;
}

/** What the scoring service stands on: the private network, the services in it, and the cluster. */
export interface Platform {
  readonly network: VirtualNetwork;
  readonly services: PrivateServices;
  readonly cluster: Cluster;
  /** There when requests can be routed. */
  readonly gatewayApi: pulumi.Resource;
  /** Missing: nobody is called. */
  readonly called?: Called;
  /**
   * Ready when pods can be run. Only they use the registry and the features, so the cluster waits for neither: nodes get their
   * images from Microsoft's registry (AKS, "Outbound network and FQDN rules for AKS clusters").
   */
  readonly ready: readonly pulumi.Resource[];
}

/** Declares the platform of a production stack. */
export function platform(
  config: ProductionConfig,
  place: Place,
  caller: Caller,
  live: LiveCluster,
): Platform {
  const { names, network, protect } = config;
  const { id: subscriptionId } = config.subscription;
  const logAnalyticsId = logAnalyticsWorkspace(
    "log-analytics",
    { ...place, logAnalyticsName: names.logAnalytics, logRetentionDays: config.logRetentionDays },
    {},
  ).id;
  const vnet = new VirtualNetwork("network", {
    ...place,
    names,
    network: network.vnet,
    podCidr: network.podCidr,
    zones: config.cluster.zones,
    logAnalyticsId,
  });
  const dns = new PrivateDns("private-dns", {
    ...place,
    virtualNetworkId: vnet.id,
    linkName: "cluster-network",
    zoneNames: zoneNames(place.location),
    existing: network.privateDnsZoneIds,
  });
  const services = new PrivateServices("services", {
    ...place,
    names,
    tenantId: caller.tenantId,
    logAnalyticsId,
    subnetId: vnet.subnetIds.privateEndpoints,
    zoneIds: dns.zoneIds,
    protect,
  });
  flowLogs(config, place, vnet, dns, logAnalyticsId);
  const identity = new ClusterIdentity("cluster-identity", {
    ...place,
    subscriptionId,
    controlPlaneName: names.clusterIdentity,
    kubeletName: names.kubeletIdentity,
    virtualNetworkId: vnet.id,
    privateDnsZoneId: dns.zoneIds.apiServer,
    registryId: services.registry.id,
  });
  const cluster = new Cluster("cluster", {
    ...place,
    names,
    subscriptionId,
    tenantId: caller.tenantId,
    settings: config.cluster,
    live,
    subnetIds: vnet.subnetIds,
    outboundType: vnet.outboundType,
    podCidr: network.podCidr,
    serviceCidr: network.serviceCidr,
    dnsServiceIp: network.dnsServiceIp,
    privateDnsZoneId: dns.zoneIds.apiServer,
    controlPlaneId: identity.controlPlaneId,
    kubelet: identity.kubelet,
    logAnalyticsId,
    defenderWorkspaceId:
      `/subscriptions/${subscriptionId}/resourceGroups/${config.resourceGroup.name}` +
      `/providers/Microsoft.OperationalInsights/workspaces/${names.logAnalytics}`,
    ready: [...identity.ready, ...vnet.ready, ...dns.ready],
    readers: config.readers,
    protect,
  });
  const called = calledOf(config, place);
  const gatewayApi = clusterExtensions(config, place, cluster, { logAnalyticsId, called });
  const ready = [...services.ready, ...cluster.ready];
  const whole = { network: vnet, services, cluster, gatewayApi, ready };
  return called === undefined ? whole : { ...whole, called };
}

/** Declares what a cluster has beside its pools: maintenance, monitoring, policy and the Gateway API, which it returns. */
function clusterExtensions(
  config: ProductionConfig,
  place: Place,
  cluster: Cluster,
  {
    logAnalyticsId,
    called,
  }: { readonly logAnalyticsId: pulumi.Output<string>; readonly called: Called | undefined },
): GatewayApi {
  const { names, endpointName } = config;
  const { resourceGroupName } = place;
  maintenanceWindows(
    "maintenance",
    { resourceGroupName, clusterName: cluster.name, maintenance: config.cluster.maintenance },
    { parent: cluster },
  );
  new ClusterMonitoring("monitoring", {
    ...place,
    monitorWorkspaceName: names.monitorWorkspace,
    clusterName: names.cluster,
    clusterId: cluster.id,
    logAnalyticsId,
    namespace: endpointName,
    gatewayNamespace: gatewayNamespaceName(endpointName),
    objectives: config.objectives,
    ...(called === undefined ? {} : { called }),
    ...(config.dashboards ? { dashboardNames: names.dashboards } : {}),
  });
  restrictPods(
    "restricted-pods",
    {
      clusterId: cluster.id,
      clusterName: names.cluster,
      excludedNamespaces: [gatewayNamespaceName(endpointName)],
    },
    { parent: cluster },
  );
  return new GatewayApi(
    "gateway-api",
    {
      subscriptionId: config.subscription.id,
      resourceGroupName,
      clusterName: cluster.name,
      clusterEtag: cluster.etag,
    },
    { parent: cluster, dependsOn: [...cluster.ready] },
  );
}

function calledOf(
  { notify, names }: ProductionConfig,
  { resourceGroupName, tags }: Place,
): Called | undefined {
  if (notify === undefined) return undefined;
  const { actionGroup: actionGroupName } = names;
  const { id } = actionGroup(
    "action-group",
    { notify, actionGroupName, resourceGroupName, tags },
    {},
  );
  return { notify, actionGroupId: id };
}

/** Declares flow logs of a network that the stack creates, unless the settings switch them off. */
function flowLogs(
  { network, names, subscription, logRetentionDays, protect }: ProductionConfig,
  place: Place,
  vnet: VirtualNetwork,
  dns: PrivateDns<PrivateService>,
  logAnalyticsId: pulumi.Output<string>,
): void {
  if (network.vnet.kind !== "created" || !network.vnet.flowLogs) return;
  new FlowLogs("flow-logs", {
    ...place,
    names,
    subscriptionId: subscription.id,
    virtualNetworkId: vnet.id,
    subnetId: vnet.subnetIds.privateEndpoints,
    blobZoneId: dns.zoneIds.blob,
    logAnalyticsId,
    logRetentionDays,
    protect,
  });
}
