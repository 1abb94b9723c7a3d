import { workloadOf } from "../names";
import type { StackConfig } from "../stackConfig";
import type { WorkspacePlace } from "../types";
import type { ProductionConfig } from "./productionTypes";

/**
 * Choices that a stack keeps for life: changing one would make Azure refuse, or make the engine delete and recreate what
 * holds data or serves requests. A stack remembers them in its outputs, and every later run compares.
 */

/** Value of a choice that was left to the stack. */
const OWN = "(created by the stack)";

/**
 * The choices by the setting's path. Sources for the cluster: pulumi-azure-native `provider/pkg/gen/replacement.go`
 * (location, dnsPrefix, nodeResourceGroup, podCidr, serviceCidr, outboundType), and AKS: subnets of pools and API server,
 * zones, sizes of machines, disks and host encryption of a pool, and the API server's private zone cannot be changed.
 * Subnets: Azure Virtual Network, "Add, change, or delete a virtual network subnet". The endpoint's name is that of the
 * namespaces, and Kubernetes renames nothing.
 */
export function foundation(config: StackConfig): Record<string, string> {
  return {
    target: config.target,
    "subscription.id": config.subscription.id,
    "resourceGroup.name": config.resourceGroup.name,
    "resourceGroup.create": String(config.resourceGroup.create),
    location: config.location,
    workload: workloadOf(config.names),
    generation: String(config.generation),
    ...(config.target === "production"
      ? {
          endpointName: config.endpointName,
          ...networkChoices(config.network),
          ...clusterChoices(config.cluster),
        }
      : { workspace: workspaceChoice(config.workspace) }),
  };
}

function workspaceChoice({ isOwn, resourceGroupName, name }: WorkspacePlace): string {
  return isOwn ? OWN : `${resourceGroupName}/${name}`.toLowerCase();
}

function networkChoices(network: ProductionConfig["network"]): Record<string, string> {
  const { vnet } = network;
  const common = {
    "network.vnetId": vnet.kind === "existing" ? vnet.id : OWN,
    "network.egress": vnet.kind === "existing" ? vnet.egress : vnet.egress.type,
    "network.podCidr": network.podCidr,
    "network.serviceCidr": network.serviceCidr,
    "network.privateDnsZoneIds.apiServer": network.privateDnsZoneIds.apiServer ?? OWN,
  };
  if (vnet.kind === "existing") {
    const { nodes, apiServer } = vnet.subnetIds;
    return {
      ...common,
      "network.subnetIds.nodes": nodes,
      "network.subnetIds.apiServer": apiServer,
    };
  }
  // All that are there: the range of a subnet cannot be changed while addresses in it are in use.
  const ranges = Object.entries(vnet.subnets).map(([name, range]: [string, string]) => [
    `network.subnets.${name}`,
    range,
  ]);
  return { ...common, ...(Object.fromEntries(ranges) as Record<string, string>) };
}

function clusterChoices(cluster: ProductionConfig["cluster"]): Record<string, string> {
  const pools = cluster.userPools.flatMap(({ name, vmSize, osDiskSizeGB }) => [
    [`cluster.userPools.${name}.vmSize`, vmSize],
    [`cluster.userPools.${name}.osDiskSizeGB`, String(osDiskSizeGB)],
  ]);
  return {
    "cluster.zones": cluster.zones.join(", "),
    "cluster.hostEncryption": String(cluster.hostEncryption),
    "cluster.systemPool.vmSize": cluster.systemPool.vmSize,
    "cluster.systemPool.osDiskSizeGB": String(cluster.systemPool.osDiskSizeGB),
    ...(Object.fromEntries(pools) as Record<string, string>),
  };
}

/**
 * What differs from the choices that the stack was created with. A choice that one side does not know is no difference: a
 * newer version may remember more, and pools come and go.
 *
 * @param before of the stack's outputs; undefined before its first update
 */
export function foundationProblems(
  before: Readonly<Record<string, string>> | undefined,
  now: Readonly<Record<string, string>>,
): { readonly key: string; readonly message: string }[] {
  return Object.entries(now).flatMap(([key, value]) => {
    const created =
      before?.[key] ?? (key === "workspace" && before !== undefined ? OWN : undefined);
    if (created === undefined || created === value) return [];
    const message = `is "${value}"; this stack was created with "${created}", and a change would ${effectOf(key)}: ${wayOut(key)}`;
    return [{ key, message }];
  });
}

function effectOf(key: string): string {
  if (isOfUserPool(key)) return "replace the pool with all its pods at once";
  if (key === "endpointName") return "replace the namespaces, with all pods in them at once";
  if (/^network\.subnets\.(privateEndpoints|gateway|build)$/.test(key)) {
    return "be refused by Azure while addresses in the subnet are in use";
  }
  if (key === "target") return "delete everything in the stack";
  if (key === "workspace") {
    return "move the endpoint, and delete a workspace of the stack's own with all that is registered in it";
  }
  if (key === "resourceGroup.create") return "delete the resource group, or collide with it";
  if (/^(subscription|resourceGroup|location|workload|generation)/.test(key)) {
    return "replace all resources of the stack, with their data";
  }
  return "replace the cluster and everything that runs on it, or be refused by Azure halfway";
}

function wayOut(key: string): string {
  if (key === "generation") return "set it back, and raise it only after `pulumi destroy`";
  return isOfUserPool(key)
    ? "set it back, and add a pool of another name beside this one"
    : "set it back, or create a second stack";
}

function isOfUserPool(key: string): boolean {
  return key.startsWith("cluster.userPools.");
}
