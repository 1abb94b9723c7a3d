import { listAt, textAt, valueAt } from "../../graph/paths";
import type { Resource } from "../model";
import type { Edge } from "./model";
import {
  actorsOf,
  groupNode,
  nodeOf,
  type Actor,
  type Part,
  type Placed,
  type Scene,
} from "./scene";

const INTERNAL_SUBNET = "service.beta.kubernetes.io/azure-load-balancer-internal-subnet";

/** Kinds of objects that are drawn; the others guard these and are counted. */
const DRAWN = ["Deployment", "Gateway", "ServiceAccount"];

/** The cluster with its pools and namespaces, and the requests' way through it. */
export function clusterPart(scene: Scene): Part {
  const clusters = actorsOf(scene, "ManagedCluster");
  const objects = actorsOf(scene, ...DRAWN).filter(isKubernetesObject);
  return {
    placed: [
      ...clusters.flatMap((cluster) => clusterNodes(scene, cluster)),
      ...actorsOf(scene, "AgentPool").flatMap((pool) => poolNode(scene, pool)),
      ...actorsOf(scene, "Namespace").map((namespace) => ({
        node: { ...nodeOf(namespace), name: textAt(namespace.resource.inputs, "metadata.name") },
        ...inCluster(clusters),
      })),
      ...objects.map((object) => ({
        node: nodeOf(object, noteOf(object)),
        ...inNamespace(scene, object.resource),
      })),
      ...actorsOf(scene, "Gateway")
        .filter(isKubernetesObject)
        .flatMap((gateway) => address(scene, gateway)),
    ],
    edges: [
      ...actorsOf(scene, "HTTPRoute").flatMap((route) => routeEdges(scene, route)),
      ...actorsOf(scene, "Gateway")
        .filter(isKubernetesObject)
        .flatMap((gateway) => {
          const found = address(scene, gateway);
          return found.map(({ node }): Edge => {
            return {
              from: node.id,
              to: gateway.resource.urn,
              label: "requests",
              kind: "traffic",
              op: gateway.op,
            };
          });
        }),
    ],
  };
}

function isKubernetesObject({ resource }: Actor): boolean {
  return resource.type.startsWith("kubernetes:");
}

function clusterNodes(scene: Scene, cluster: Actor): Placed[] {
  const { resource } = cluster;
  const apiSubnet = textAt(resource.inputs, "apiServerAccessProfile.subnetId").toLowerCase();
  const [system] = listAt(resource.inputs, "agentPoolProfiles");
  const isPrivate =
    valueAt(resource.inputs, "apiServerAccessProfile.enablePrivateCluster") === true;
  return [
    {
      node: nodeOf(cluster, `Kubernetes ${textAt(resource.inputs, "kubernetesVersion")}`),
      ...(system === undefined ? {} : { parent: textAt(system, "vnetSubnetID").toLowerCase() }),
    },
    ...(system === undefined
      ? []
      : [
          {
            node: {
              id: `${resource.urn}#system`,
              kind: "system pool",
              name: textAt(system, "name"),
              note: sizeOf(system),
              op: partOp(scene, cluster, "agentPoolProfiles"),
              urn: resource.urn,
            },
            parent: resource.urn,
          },
        ]),
    {
      node: {
        id: `${resource.urn}#api`,
        kind: isPrivate ? "API server, private" : "API server, public",
        name: resource.name,
        op: partOp(scene, cluster, "apiServerAccessProfile"),
        urn: resource.urn,
      },
      ...(apiSubnet === "" ? {} : { parent: apiSubnet }),
    },
  ];
}

/** A part of a resource changes where a property below its path does. */
function partOp(scene: Scene, { resource, op }: Actor, path: string): Actor["op"] {
  if (op !== "update") return op;
  return scene.changedPaths(resource).some((one) => one.startsWith(path)) ? "update" : "same";
}

function poolNode(scene: Scene, pool: Actor): Placed[] {
  const { inputs, type } = pool.resource;
  // The registry has pools of build agents as well.
  if (!type.includes("containerservice")) return [];
  const cluster = actorsOf(scene, "ManagedCluster").find(
    ({ resource }) => resource.inputs["resourceName"] === inputs["resourceName"],
  );
  return [
    {
      node: nodeOf(pool, sizeOf(inputs)),
      ...(cluster === undefined ? {} : { parent: cluster.resource.urn }),
    },
  ];
}

function sizeOf(pool: unknown): string {
  const [least, most] = [valueAt(pool, "minCount"), valueAt(pool, "maxCount")];
  return `${String(least)}–${String(most)} × ${textAt(pool, "vmSize")}`;
}

function inCluster(clusters: readonly Actor[]): { parent?: string } {
  const [cluster] = clusters;
  return cluster === undefined ? {} : { parent: cluster.resource.urn };
}

function inNamespace(scene: Scene, { inputs }: Resource): { parent?: string } {
  const name = textAt(inputs, "metadata.namespace");
  const namespace = actorsOf(scene, "Namespace").find(
    ({ resource }) => textAt(resource.inputs, "metadata.name") === name,
  );
  return namespace === undefined ? {} : { parent: namespace.resource.urn };
}

function noteOf({ resource: { type, inputs } }: Actor): string {
  if (type.endsWith(":Gateway")) {
    const [first] = listAt(inputs, "spec.listeners");
    return `${textAt(first, "protocol")} ${textAt(first, "hostname")}`.trim();
  }
  const [container] = listAt(inputs, "spec.template.spec.containers");
  const [image = "", digest] = textAt(container, "image").split("@sha256:");
  if (image === "") return "";
  const name = image.split("/").at(-1) ?? image;
  return digest === undefined ? name : `${name}@${digest.slice(0, 12)}`;
}

/** The gateway's own address in the network. */
function address(scene: Scene, { resource, op }: Actor): Placed[] {
  const annotations = valueAt(resource.inputs, "spec.infrastructure.annotations");
  const name = (annotations as Record<string, unknown> | undefined)?.[INTERNAL_SUBNET];
  if (typeof name !== "string") return [];
  const network = actorsOf(scene, "VirtualNetwork")[0];
  const own = `${network?.resource.id ?? ""}/subnets/${name}`.toLowerCase();
  const parent = network === undefined ? foreignSubnet(scene, name) : own;
  return [
    {
      node: {
        ...groupNode(`${resource.urn}#address`, "internal address", "load balancer"),
        op,
        urn: resource.urn,
      },
      ...(parent === undefined ? {} : { parent }),
    },
  ];
}

/** The cluster's own subnets tell the network that this one is in. */
function foreignSubnet(scene: Scene, name: string): string | undefined {
  const [cluster] = actorsOf(scene, "ManagedCluster");
  const api = textAt(cluster?.resource.inputs, "apiServerAccessProfile.subnetId").toLowerCase();
  return api === "" ? undefined : `${api.slice(0, api.lastIndexOf("/") + 1)}${name.toLowerCase()}`;
}

function routeEdges(scene: Scene, route: Actor): Edge[] {
  const { inputs } = route.resource;
  const [parent] = listAt(inputs, "spec.parentRefs");
  const gateway = actorsOf(scene, "Gateway").find(
    ({ resource }) => textAt(resource.inputs, "metadata.name") === textAt(parent, "name"),
  );
  const backends = listAt(inputs, "spec.rules").flatMap((rule) => listAt(rule, "backendRefs"));
  const weights = backends.map((backend) => Number(valueAt(backend, "weight") ?? 1));
  const sum = weights.reduce((total, weight) => total + weight, 0);
  return backends.flatMap((backend, index) => {
    const name = textAt(backend, "name");
    const workload = actorsOf(scene, "Deployment").find(
      ({ resource }) => textAt(resource.inputs, "metadata.name") === name,
    );
    if (gateway === undefined || workload === undefined) return [];
    const share = sum === 0 ? 0 : Math.round(((weights[index] ?? 0) / sum) * 100);
    const { urn } = workload.resource;
    return [
      {
        from: gateway.resource.urn,
        to: urn,
        label: `${share} %`,
        kind: "traffic",
        op: route.op,
      } as const,
    ];
  });
}
