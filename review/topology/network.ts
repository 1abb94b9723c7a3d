import { listAt, textAt } from "../../graph/paths";
import type { Op, Resource } from "../model";
import type { Edge } from "./model";
import {
  actorsOf,
  actorWithId,
  groupNode,
  nodeOf,
  type Actor,
  type Part,
  type Placed,
  type Scene,
} from "./scene";

export const INTERNET = "group:internet";
const OTHERS = "group:network of others";

/** Networks with their subnets, the private endpoints in them, and the way out. */
export function networkPart(scene: Scene): Part {
  const networks = actorsOf(scene, "VirtualNetwork");
  const subnets = networks.flatMap((network) => subnetNodes(scene, network));
  const foreign = foreignSubnets(scene, subnets);
  const gateways = actorsOf(scene, "NatGateway", "RouteTable");
  const addresses = actorsOf(scene, "PublicIPAddress");
  const isDrawn = gateways.length + addresses.length > 0;
  return {
    placed: [
      ...networks.map((network) => ({
        node: nodeOf(network, rangesOf(network)),
      })),
      ...subnets,
      ...foreign,
      ...actorsOf(scene, "PrivateEndpoint").map((endpoint) => ({
        node: nodeOf(endpoint, groupOf(endpoint)),
        parent: textAt(endpoint.resource.inputs, "subnet.id").toLowerCase(),
      })),
      ...gateways.map((gateway) => ({ node: nodeOf(gateway) })),
      ...addresses.map((address) => ({ node: nodeOf(address), ...inGateway(gateways, address) })),
      ...(isDrawn ? [{ node: groupNode(INTERNET, "outside", "internet") }] : []),
    ],
    edges: [
      ...actorsOf(scene, "PrivateEndpoint").flatMap((endpoint) => privateLink(scene, endpoint)),
      ...networks.flatMap((network) => waysOut(scene, network)),
      ...addresses.map(({ resource, op }) => ({
        ...edge(resource.urn, INTERNET, "public address", op),
        isBack: true as const,
      })),
    ],
  };
}

/** Those that would be there, and those that would be gone. */
function subnetNodes(scene: Scene, network: Actor): Placed[] {
  const { resource, before } = network;
  const news = subnetsOf(resource);
  const names = new Set(news.map((subnet) => textAt(subnet, "name")));
  const gone = subnetsOf(before ?? resource).filter((subnet) => !names.has(textAt(subnet, "name")));
  const placed = (subnet: unknown, op: Op): Placed => {
    const name = textAt(subnet, "name");
    const note = textAt(subnet, "addressPrefix");
    const node = { id: subnetId(network, name), kind: "subnet", name, note, op, urn: resource.urn };
    return { node, parent: resource.urn };
  };
  return [
    ...news.map((subnet) => placed(subnet, subnetOp(scene, network, textAt(subnet, "name")))),
    ...gone.map((subnet) => placed(subnet, "delete")),
  ];
}

function subnetOp(scene: Scene, { resource, op }: Actor, name: string): Op {
  if (op !== "update") return op;
  const path = `subnets[${name}]`;
  const changed = scene.changedPaths(resource);
  if (changed.includes(path)) return "create";
  return changed.some((one) => one.startsWith(`${path}.`)) ? "update" : "same";
}

function subnetId({ resource }: Actor, name: string): string {
  return `${resource.id ?? resource.urn}/subnets/${name}`.toLowerCase();
}

function subnetsOf({ inputs }: Resource): readonly unknown[] {
  return listAt(inputs, "subnets");
}

/** Subnets that are named and that somebody else made, as in a hub's network. */
function foreignSubnets(scene: Scene, own: readonly Placed[]): Placed[] {
  const ids = JSON.stringify(scene.actors.map(({ resource }) => resource.inputs)).match(
    /\/subscriptions\/[^"]+\/virtualNetworks\/[^"/]+\/subnets\/[^"/]+/gi,
  );
  const foreign = [...new Set((ids ?? []).map((id) => id.toLowerCase()))].filter(
    (id) => !own.some(({ node }) => node.id === id),
  );
  if (foreign.length === 0) return [];
  const name = foreign[0]?.split("/").at(-3) ?? "";
  return [
    { node: groupNode(OTHERS, "virtual network of others", name) },
    ...foreign.map((id) => ({
      node: groupNode(id, "subnet", id.split("/").at(-1)),
      parent: OTHERS,
    })),
  ];
}

function privateLink(scene: Scene, { resource, op }: Actor): Edge[] {
  const [first] = listAt(resource.inputs, "privateLinkServiceConnections");
  const service = actorWithId(scene, textAt(first, "privateLinkServiceId"));
  return service === undefined
    ? []
    : [edge(resource.urn, service.resource.urn, "private link", op)];
}

/** Subnets with a gateway or a table of routes. */
function waysOut(scene: Scene, network: Actor): Edge[] {
  return subnetsOf(network.resource).flatMap((subnet) => {
    const id = textAt(subnet, "natGateway.id") || textAt(subnet, "routeTable.id");
    const way = actorWithId(scene, id);
    if (way === undefined) return [];
    const from = subnetId(network, textAt(subnet, "name"));
    return [{ ...edge(from, way.resource.urn, "egress", way.op), isBack: true as const }];
  });
}

/** A gateway's own addresses are drawn in it. */
function inGateway(gateways: readonly Actor[], { resource }: Actor): { parent?: string } {
  const gateway = gateways.find(({ resource: { inputs } }) =>
    listAt(inputs, "publicIpAddresses").some((address) => textAt(address, "id") === resource.id),
  );
  return gateway === undefined ? {} : { parent: gateway.resource.urn };
}

function rangesOf({ resource }: Actor): string {
  return listAt(resource.inputs, "addressSpace.addressPrefixes").join(", ");
}

function groupOf({ resource }: Actor): string {
  const [first] = listAt(resource.inputs, "privateLinkServiceConnections");
  return listAt(first, "groupIds").join(", ");
}

function edge(from: string, to: string, label: string, op: Op): Edge {
  return { from, to, label, kind: "link", op };
}
