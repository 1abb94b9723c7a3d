import * as containerregistry from "@pulumi/azure-native/containerregistry";
import * as network from "@pulumi/azure-native/network";
import * as privatedns from "@pulumi/azure-native/privatedns";
import type * as pulumi from "@pulumi/pulumi";
import { ClusterIdentity } from "../../../components/clusterIdentity";
import { Cluster, type ClusterArgs } from "../../../components/cluster";
import type { ClusterSettings } from "../../../config/production/productionTypes";
import { ADMINISTRATORS, SUBSCRIPTION } from "../../stacks";
import { GROUP, LOG_ANALYTICS, PLACE } from "./declared";

/** What a cluster stands on, as others in the stack make it: just enough for the emulator to know it. */
export const VNET = `${GROUP}/providers/Microsoft.Network/virtualNetworks/vnet-flood`;
export const ZONE = `${GROUP}/providers/Microsoft.Network/privateDnsZones/private.canadacentral.azmk8s.io`;
export const REGISTRY = `${GROUP}/providers/Microsoft.ContainerRegistry/registries/crflood`;
export const CLUSTER = `${GROUP}/providers/Microsoft.ContainerService/managedClusters/aks-flood`;
export const TENANT = "77777777-6666-5555-4444-333333333333";

export const SETTINGS: ClusterSettings = {
  kubernetesVersion: "1.37",
  zones: ["1", "2", "3"],
  systemPool: {
    name: "system",
    vmSize: "Standard_D4ds_v5",
    minCount: 3,
    maxCount: 5,
    osDiskSizeGB: 100,
  },
  userPools: [
    { name: "reports", vmSize: "Standard_D8ds_v5", minCount: 0, maxCount: 2, osDiskSizeGB: 200 },
    { name: "scoring", vmSize: "Standard_D4ds_v5", minCount: 3, maxCount: 12, osDiskSizeGB: 128 },
  ],
  adminGroupObjectIds: [ADMINISTRATORS],
  hostEncryption: false,
  defender: true,
  maintenance: { dayOfWeek: "Sunday", startTime: "02:00", utcOffset: "-07:00", durationHours: 6 },
};

export function identity(): ClusterIdentity {
  const { resourceGroupName, location } = PLACE;
  const vnet = new network.VirtualNetwork("vnet", {
    virtualNetworkName: "vnet-flood",
    resourceGroupName,
    location,
    addressSpace: { addressPrefixes: ["10.60.0.0/16"] },
  });
  const zone = new privatedns.PrivateZone("zone", {
    privateZoneName: "private.canadacentral.azmk8s.io",
    resourceGroupName,
    location: "global",
  });
  const registry = new containerregistry.Registry("registry", {
    registryName: "crflood",
    resourceGroupName,
    location,
    sku: { name: "Premium" },
  });
  return new ClusterIdentity("cluster-identity", {
    ...PLACE,
    controlPlaneName: "id-flood-cluster",
    kubeletName: "id-flood-kubelet",
    subscriptionId: SUBSCRIPTION,
    virtualNetworkId: vnet.id,
    privateDnsZoneId: zone.id,
    registryId: registry.id,
  });
}

export function cluster(
  changes: Partial<ClusterArgs> = {},
  more: readonly pulumi.Resource[] = [],
): Cluster {
  const { controlPlaneId, kubelet, ready } = identity();
  return new Cluster("cluster", {
    ...PLACE,
    names: { cluster: "aks-flood", dnsPrefix: "flood", nodeResourceGroup: "rg-flood-nodes" },
    subscriptionId: SUBSCRIPTION,
    tenantId: TENANT,
    settings: SETTINGS,
    live: { pools: {} },
    readers: [],
    subnetIds: { nodes: `${VNET}/subnets/nodes`, apiServer: `${VNET}/subnets/api` },
    outboundType: "userAssignedNATGateway",
    podCidr: "192.168.0.0/16",
    serviceCidr: "172.16.0.0/16",
    dnsServiceIp: "172.16.0.10",
    privateDnsZoneId: ZONE,
    controlPlaneId,
    kubelet,
    logAnalyticsId: LOG_ANALYTICS,
    defenderWorkspaceId: LOG_ANALYTICS,
    ready: [...ready, ...more],
    protect: true,
    ...changes,
  });
}

/** The value of an output that is known. */
export function valueOf<T>(output: pulumi.Output<T>): Promise<T> {
  return new Promise((resolve) => {
    output.apply(resolve);
  });
}
