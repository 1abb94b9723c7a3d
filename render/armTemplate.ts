import { withGatewayApi } from "../components/gatewayApiProvider";
import { armBody } from "./armBody";
import { isArmResource, referenceExpressions, withExpressions } from "./armExpressions";
import { otherGroup, type Group } from "./templateGroup";
import { textAt } from "../graph/paths";
import { azureType } from "../emulator/azure/azureStore";
import type { GraphResource } from "../graph/graph";
import { masked, plainInputs } from "../graph/plainInputs";

const SCHEMA = "https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#";

/** What a template is made from. */
interface Parts {
  readonly graph: readonly GraphResource[];
  /** By lower-case id or generated value. */
  readonly expressions: Map<string, string>;
  /** Filled on the way. */
  readonly parameters: Record<string, unknown>;
}

/**
 * The declared graph as an ARM template, for auditors and their tools. Ids and generated values are expressions,
 * secrets are secure parameters.
 *
 * Nested deployments are the traffic, which is a second PUT of the endpoint, and what lies in another group or extends a
 * resource there. Under `metadata` stand what is no resource of ARM (blobs, and a resource group that the stack makes), and
 * what is written onto a resource afterwards with an API version that knows more.
 *
 * @param tenantId the emulator's tenant, which the template takes from the subscription it is deployed to
 */
export function armTemplate(
  graph: readonly GraphResource[],
  tenantId: string,
): Record<string, unknown> {
  const parts: Parts = { graph, expressions: referenceExpressions(graph), parameters: {} };
  parts.expressions.set(tenantId, "[subscription().tenantId]");
  const placed = new Map(
    graph.flatMap((resource) => {
      const place = placeOf(resource, graph);
      return place === undefined ? [] : [[resource.declared.urn, { resource, place }] as const];
    }),
  );
  const resources = [...placed.values()].map(({ resource, place }) => {
    const { declared } = resource;
    const dependsOn = declared.dependencies
      .flatMap((urn) => placed.get(urn) ?? [])
      .map((before) => dependency(before.resource, before.place, parts.expressions))
      .sort();
    const body = isTraffic(resource) ? endpointWithTraffic(resource, graph) : bodyOf(resource);
    const converted = withExpressions(body, parts.expressions, declared.name, parts.parameters);
    return place === "template"
      ? { ...converted, dependsOn }
      : nested(declared.name, place, converted, dependsOn);
  });
  const others = graph.filter(({ declared }) => !placed.has(declared.urn));
  return {
    $schema: SCHEMA,
    contentVersion: "1.0.0.0",
    metadata: {
      notInTemplate: others
        .filter((resource) => !isGatewayApi(resource))
        .map(({ created }) => created.id)
        .sort(),
      appliedAfterDeployment: others.filter(isGatewayApi).map(gatewayApiNote),
    },
    parameters: parts.parameters,
    resources,
  };
}

/**
 * Where a template has a resource: in itself, or in a nested deployment, in the template's own group unless it names
 * another; undefined: nowhere.
 */
type Place = "template" | Partial<Group>;

function placeOf(resource: GraphResource, graph: readonly GraphResource[]): Place | undefined {
  const { created } = resource;
  const type = azureType(created.token);
  if (!isArmResource(type) && !isTraffic(resource)) return undefined;
  if (type.scope === "subscription") return "template";
  // A template takes a resource of a group, or an extension of one, only in the group it is deployed to.
  const other = otherGroup(created.id, graph);
  return other ?? (isTraffic(resource) ? {} : "template");
}

function isTraffic({ created }: GraphResource): boolean {
  return created.token.endsWith(":TrafficSplit");
}

function dependency(
  { declared, created }: GraphResource,
  place: Place,
  expressions: ReadonlyMap<string, string>,
): string {
  return place === "template"
    ? (expressions.get(created.id.toLowerCase()) ?? created.id)
    : `[resourceId('Microsoft.Resources/deployments', '${declared.name}')]`;
}

function bodyOf({ declared, created }: GraphResource): Record<string, unknown> {
  return armBody(azureType(created.token), plainInputs(declared.inputs, masked), created.id);
}

function endpointWithTraffic(
  { declared, created: split }: GraphResource,
  graph: readonly GraphResource[],
): Record<string, unknown> {
  const endpoint = graph.find(
    ({ created }) =>
      created.token.endsWith(":OnlineEndpoint") &&
      created.inputs["endpointName"] === split.inputs["endpointName"],
  );
  if (endpoint === undefined)
    throw new Error(`${declared.name} names an endpoint that is not declared`);
  const { traffic, mirrorTraffic } = split.inputs;
  const body = bodyOf(endpoint);
  return { ...body, properties: { ...(body["properties"] as object), traffic, mirrorTraffic } };
}

function nested(
  name: string,
  group: Partial<Group>,
  resource: Record<string, unknown>,
  dependsOn: readonly string[],
): Record<string, unknown> {
  return {
    type: "Microsoft.Resources/deployments",
    apiVersion: "2024-03-01",
    name,
    ...group,
    properties: {
      mode: "Incremental",
      template: { $schema: SCHEMA, contentVersion: "1.0.0.0", resources: [resource] },
    },
    dependsOn,
  };
}

function isGatewayApi({ created }: GraphResource): boolean {
  return created.token.endsWith(":GatewayApi");
}

/** What the step sets, in ARM's words; the rest of the cluster it leaves as it is. */
function gatewayApiNote({ created }: GraphResource): Record<string, unknown> {
  const { ingressProfile } = withGatewayApi({ location: "" });
  return {
    type: "Microsoft.ContainerService/managedClusters",
    name: textAt(created.inputs, "clusterName"),
    properties: { ingressProfile },
  };
}
