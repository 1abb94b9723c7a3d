import type { Report } from "./azureml/issues";
import type { KeyPath } from "./azureml/yamlTree";
import { RESERVED_PER_SUBNET } from "./production/capacity";
import { contains, overlaps, parseRange, prefixFor, type Range, sizeOf } from "./production/ranges";
import { isPrivate } from "./networkLevel";
import type { SandboxSettings } from "./settings";
import type { PrivateEndpointNetwork } from "./networkTypes";
import { WORKSPACE_ZONES, type WorkspaceZone } from "./workspaceZones";

/**
 * Addresses that the private endpoints take: registry two (Container Registry, "Connect privately using Private Link"), vault,
 * blob and file one each. No document says how many the workspace takes, one for each of its names as far as known; this
 * leaves room for eight.
 */
const ADDRESSES = 2 + 1 + 1 + 1 + 8;

/** Range of Docker's bridge: a workspace's network must not have it (Azure ML, "Configure a private endpoint", prerequisites). */
const DOCKER_BRIDGE = parseRange("172.17.0.0/16") as Range;

/** A private level against the other settings: the stack's own workspace needs a network, and the network has to fit. */
export function checkPrivateNetwork(settings: SandboxSettings, report: Report): void {
  const { level, privateEndpoints } = settings.network;
  if (!isPrivate(level) || settings.workspace !== undefined) return;
  if (privateEndpoints === undefined) {
    report.error(
      ["network"],
      `has level ${level}, but neither addressSpace and subnets, for a network of its own, nor vnetId and subnetIds, for one that exists`,
    );
    return;
  }
  const { vnet } = privateEndpoints;
  if (vnet.kind === "created") checkRanges(vnet, report);
  else checkIds(vnet, settings["azure-native:subscriptionId"], report);
  checkZones(privateEndpoints, report);
}

type Vnet<Kind> = Extract<PrivateEndpointNetwork["vnet"], { readonly kind: Kind }>;

function checkRanges({ addressSpace, subnets }: Vnet<"created">, report: Report): void {
  const whole = range(["network", "addressSpace"], addressSpace, report);
  const key = ["network", "subnets", "privateEndpoints"];
  const subnet = range(key, subnets.privateEndpoints, report);
  if (whole !== undefined && overlaps(whole, DOCKER_BRIDGE)) {
    report.error(
      ["network", "addressSpace"],
      "is {value}, which overlaps 172.17.0.0/16: Docker's bridge has that range, and Azure ML cannot use a network with it",
    );
  }
  if (subnet === undefined) return;
  if (whole !== undefined && !contains(whole, subnet)) {
    report.error(key, `is {value}, which is not inside network.addressSpace (${whole.text})`);
  }
  const needed = ADDRESSES + RESERVED_PER_SUBNET;
  if (sizeOf(subnet) < needed) {
    report.error(
      key,
      `is {value} with ${sizeOf(subnet)} addresses; ${needed} are needed, ${ADDRESSES} for the private endpoints and the ` +
        `${RESERVED_PER_SUBNET} that Azure reserves: choose a /${prefixFor(needed)} or larger`,
    );
  }
}

function range(key: KeyPath, text: string, report: Report): Range | undefined {
  const parsed = parseRange(text);
  if (!("problem" in parsed)) return parsed;
  report.error(key, parsed.problem);
  return undefined;
}

function checkIds({ id, subnetIds }: Vnet<"existing">, subscription: string, report: Report): void {
  const { privateEndpoints } = subnetIds;
  if (!privateEndpoints.toLowerCase().startsWith(`${id.toLowerCase()}/subnets/`)) {
    report.error(
      ["network", "subnetIds", "privateEndpoints"],
      `is {value}, which is not in the network of vnetId (${id})`,
    );
  }
  // Azure Private Link, "What is a private endpoint": same region and subscription as the virtual network.
  if (id.split("/")[2]?.toLowerCase() !== subscription.toLowerCase()) {
    report.error(
      ["network", "vnetId"],
      "is {value}, in a different subscription from the stack's; a private endpoint is in the subscription of its network",
    );
  }
}

function checkZones({ privateDnsZoneIds }: PrivateEndpointNetwork, report: Report): void {
  for (const [service, id] of Object.entries(privateDnsZoneIds)) {
    const name = WORKSPACE_ZONES[service as WorkspaceZone];
    if (id.slice(id.lastIndexOf("/") + 1).toLowerCase() === name) continue;
    report.error(
      ["network", "privateDnsZoneIds", service],
      `is {value}; must be the id of a zone with the name ${name}`,
    );
  }
}
