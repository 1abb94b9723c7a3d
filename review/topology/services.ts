import { textAt, valueAt, type Inputs } from "../../graph/paths";
import { SERVICE_SWITCHES } from "../../policy/publicAccess";
import { splits } from "../splits";
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
import { INTERNET } from "./network";

const WATCHES = "group:monitoring";
const DNS = "group:dns";

/** Services outside the network, and the Azure ML workspace with its endpoint. */
export function servicesPart(scene: Scene): Part {
  const watching = actorsOf(
    scene,
    "operationalinsights:Workspace",
    "Component",
    "AzureMonitorWorkspace",
  );
  const zones = actorsOf(scene, "PrivateZone");
  const endpoints = actorsOf(scene, "OnlineEndpoint");
  const foreign = endpoints.filter((one) => outerOf(scene, one) === undefined);
  const outside = endpoints.filter(
    ({ resource }) => textAt(resource.inputs, "properties.publicNetworkAccess") !== "Disabled",
  );
  const isDrawn = actorsOf(scene, "NatGateway", "RouteTable", "PublicIPAddress").length > 0;
  return {
    placed: [
      ...actorsOf(scene, "Registry", "Vault", "StorageAccount").map((one) => {
        return { node: nodeOf(one, noted(one, textAt(one.resource.inputs, "sku.name"))) };
      }),
      ...actorsOf(scene, "BlobContainer").map((one) => inAccount(scene, one)),
      ...box(WATCHES, "monitoring", watching),
      ...box(DNS, "private DNS", zones),
      ...actorsOf(scene, "machinelearningservices:Workspace").map((one) => ({
        node: nodeOf(
          one,
          noted(one, `network: ${textAt(one.resource.inputs, "managedNetwork.isolationMode")}`),
        ),
      })),
      ...foreign.map(({ resource: { inputs } }) => ({
        node: groupNode(
          existingWorkspace(inputs),
          "existing workspace",
          textAt(inputs, "workspaceName"),
        ),
      })),
      ...endpoints.map((one) =>
        inside(scene, one, `authentication: ${textAt(one.resource.inputs, "properties.authMode")}`),
      ),
      ...actorsOf(scene, "OnlineDeployment").map((one) => inside(scene, one, machinesOf(one))),
      ...actorsOf(scene, "machinelearningservices:Compute").map((one) => {
        const size = textAt(one.resource.inputs, "properties.properties.vmSize");
        return inside(scene, one, `builds images: ${size}`);
      }),
      ...(outside.length > 0 && !isDrawn
        ? [{ node: groupNode(INTERNET, "outside", "internet") }]
        : []),
    ],
    edges: [
      ...outside.map(({ resource, op }): Edge => {
        return { from: INTERNET, to: resource.urn, label: "requests", kind: "traffic", op };
      }),
      ...endpoints.flatMap((endpoint) => shareEdges(scene, endpoint)),
      ...actorsOf(scene, "machinelearningservices:Workspace").flatMap((one) => uses(scene, one)),
    ],
  };
}

function box(id: string, kind: string, actors: readonly Actor[]): Placed[] {
  if (actors.length === 0) return [];
  return [
    { node: groupNode(id, kind) },
    ...actors.map((actor) => ({ node: nodeOf(actor), parent: id })),
  ];
}

function inAccount(scene: Scene, container: Actor): Placed {
  const account = actorsOf(scene, "StorageAccount").find(
    ({ resource }) => resource.inputs["accountName"] === container.resource.inputs["accountName"],
  );
  return {
    node: nodeOf(container),
    ...(account === undefined ? {} : { parent: account.resource.urn }),
  };
}

/** An endpoint or a compute is in its workspace, the stack's or that of others, and a deployment in its endpoint. */
function inside(scene: Scene, actor: Actor, note: string): Placed {
  const parent = outerOf(scene, actor)?.resource.urn ?? existingWorkspace(actor.resource.inputs);
  return { node: nodeOf(actor, note), parent };
}

function outerOf(scene: Scene, { resource: { inputs, type } }: Actor): Actor | undefined {
  const [outer, key] = type.endsWith(":OnlineDeployment")
    ? (["OnlineEndpoint", "endpointName"] as const)
    : (["machinelearningservices:Workspace", "workspaceName"] as const);
  return actorsOf(scene, outer).find(({ resource }) => resource.inputs[key] === inputs[key]);
}

/** Box of a workspace that the stack does not declare. */
function existingWorkspace(inputs: Inputs): string {
  return `existing:${textAt(inputs, "workspaceName")}`;
}

function machinesOf({ resource: { inputs } }: Actor): string {
  return `${String(valueAt(inputs, "sku.capacity"))} × ${textAt(inputs, "properties.instanceType")}`;
}

/** How an endpoint's requests are divided; arrows within a box, from its left to its deployments. */
function shareEdges(scene: Scene, { resource }: Actor): Edge[] {
  const name = textAt(resource.inputs, "endpointName");
  const split = splits(scene.graph).find((one) => one.name === name);
  const op = actorsOf(scene, "TrafficSplit")[0]?.op ?? "same";
  return (split?.shares ?? []).flatMap(({ deployment, live, mirrored }): Edge[] => {
    const found = actorsOf(scene, "OnlineDeployment").find(
      (one) => one.resource.inputs["deploymentName"] === deployment,
    );
    if (found === undefined) return [];
    const label = mirrored > 0 ? `${live} %, ${mirrored} % mirrored` : `${live} %`;
    return [{ from: resource.urn, to: found.resource.urn, label, kind: "traffic", op }];
  });
}

/** What a workspace keeps its things in. */
function uses(scene: Scene, { resource, op }: Actor): Edge[] {
  return ["storageAccount", "keyVault", "containerRegistry"].flatMap((key) => {
    const found = actorWithId(scene, textAt(resource.inputs, key));
    return found === undefined
      ? []
      : [{ from: resource.urn, to: found.resource.urn, label: "uses", kind: "link", op } as const];
  });
}

/** The note of a service, with a word for one that takes requests from the internet. */
function noted({ resource: { type, inputs } }: Actor, note: string): string {
  const path = SERVICE_SWITCHES[type];
  const isPublic = path !== undefined && textAt(inputs, path) !== "Disabled";
  return [note, isPublic ? "public" : ""].filter((word) => word !== "").join(", ");
}
