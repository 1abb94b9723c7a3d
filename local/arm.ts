import type { AzureType } from "./azure/catalogue";
import { nameParts, type Inputs } from "./azure/ids";
import { azureType } from "./azure/world";
import type { GraphResource } from "./graph";
import type { DeclaredResource } from "./program";
import { masked, MASKED, plainInputs } from "./values";

/** Inputs that stand beside `properties` in a body of ARM. */
const ENVELOPE = ["location", "tags", "sku", "kind", "identity", "zones"];

/**
 * The declared graph as an ARM template, for auditors and their tools. What is no resource of ARM (blobs, and a
 * resource group that the stack makes) is named under `metadata`; the traffic is the second PUT of the endpoint that
 * it is, as a nested deployment. Ids and generated values are expressions, secrets are secure parameters.
 *
 * @param tenantId the stand-in's tenant, which the template takes from the subscription it is deployed to
 */
export function armTemplate(
  graph: readonly GraphResource[],
  tenantId: string,
): Record<string, unknown> {
  const expressions = referenceExpressions(graph);
  expressions.set(tenantId, "[subscription().tenantId]");
  const inTemplate = graph.filter(({ made }) => isArmResource(made.token));
  const idByUrn = new Map(inTemplate.map(({ declared, made }) => [declared.urn, made.id]));
  const parameters: Record<string, unknown> = {};

  const resources = graph.flatMap(({ declared, made }) => {
    const dependsOn = declared.dependencies
      .flatMap((urn) => idByUrn.get(urn) ?? [])
      .map((id) => expressions.get(id.toLowerCase()) ?? id)
      .sort();
    if (made.token.endsWith(":TrafficSplit")) {
      return [trafficDeployment(declared, graph, dependsOn, expressions)];
    }
    if (!idByUrn.has(declared.urn)) return [];
    const body = armBody(azureType(made.token), plainInputs(declared.inputs, masked), made.id);
    return [{ ...withExpressions(body, expressions, declared.name, parameters), dependsOn }];
  });
  return {
    $schema: "https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#",
    contentVersion: "1.0.0.0",
    metadata: {
      notInTemplate: graph
        .filter(
          ({ declared, made }) =>
            !idByUrn.has(declared.urn) && !made.token.endsWith(":TrafficSplit"),
        )
        .map(({ made }) => made.id)
        .sort(),
    },
    parameters,
    resources,
  };
}

function isArmResource(token: string): boolean {
  const type = azureType(token);
  return type.apiVersion !== undefined && type.scope !== "subscription";
}

function armBody(type: AzureType, inputs: Inputs, id: string): Record<string, unknown> {
  const { scope } = type;
  const inId = new Set([
    ...type.names,
    "resourceGroupName",
    ...(typeof scope === "object" ? [scope.property] : []),
  ]);
  const properties: Record<string, unknown> = { ...(inputs["properties"] as object | undefined) };
  const envelope: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(inputs)) {
    if (inId.has(key) || key === "properties") continue;
    const path = type.armPaths?.[key] ?? (ENVELOPE.includes(key) ? key : `properties.${key}`);
    const [first, renamed] = path.split(".");
    if (renamed === undefined) envelope[path] = path === "identity" ? armIdentity(value) : value;
    else if (first === "properties") properties[renamed] = value;
  }
  return {
    type: type.armType,
    apiVersion: type.apiVersion,
    name: nameParts(type, inputs).join("/"),
    // An extension resource names what it extends without the group's part of the id.
    ...(typeof scope === "object" ? { scope: scopeOf(id) } : {}),
    ...envelope,
    properties,
  };
}

function scopeOf(id: string): string {
  return id.split("/providers/").slice(1, -1).join("/providers/");
}

/** ARM keeps user-assigned identities as keys of a mapping, azure-native as a list. */
function armIdentity(value: unknown): unknown {
  const { userAssignedIdentities, ...identity } = value as { userAssignedIdentities?: string[] };
  if (userAssignedIdentities === undefined) return identity;
  return {
    ...identity,
    userAssignedIdentities: Object.fromEntries(userAssignedIdentities.map((one) => [one, {}])),
  };
}

function trafficDeployment(
  declared: DeclaredResource,
  graph: readonly GraphResource[],
  dependsOn: readonly string[],
  expressions: ReadonlyMap<string, string>,
): Record<string, unknown> {
  const split = plainInputs(declared.inputs, masked);
  const endpoint = graph.find(
    ({ made }) =>
      made.token.endsWith(":OnlineEndpoint") &&
      made.inputs["endpointName"] === split["endpointName"],
  );
  if (endpoint === undefined)
    throw new Error(`${declared.name} names an endpoint that is not declared`);
  const body = armBody(
    azureType(endpoint.made.token),
    plainInputs(endpoint.declared.inputs, masked),
    endpoint.made.id,
  );
  const { traffic, mirrorTraffic } = split;
  const withTraffic = {
    ...body,
    properties: { ...(body["properties"] as object), traffic, mirrorTraffic },
  };
  return {
    type: "Microsoft.Resources/deployments",
    apiVersion: "2024-03-01",
    name: declared.name,
    properties: {
      mode: "Incremental",
      template: {
        $schema: "https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#",
        contentVersion: "1.0.0.0",
        resources: [withExpressions(withTraffic, expressions, declared.name, {})],
      },
    },
    dependsOn,
  };
}

/** Template expressions by lower-case id or generated value. */
function referenceExpressions(graph: readonly GraphResource[]): Map<string, string> {
  const expressions = new Map<string, string>();
  const expressionOf = ({ made }: GraphResource): string => {
    const type = azureType(made.token);
    const names = nameParts(type, made.inputs).map((name) => `'${name}'`);
    const path = [`'${type.armType}'`, ...names].join(", ");
    if (typeof type.scope !== "object") return `resourceId(${path})`;
    const scope = String(made.inputs[type.scope.property]);
    const extended = graph.find((other) => other.made.id === scope);
    return `extensionResourceId(${extended === undefined ? `'${scope}'` : expressionOf(extended)}, ${path})`;
  };
  for (const resource of graph) {
    const { made } = resource;
    if (!isArmResource(made.token)) continue;
    const type = azureType(made.token);
    const id = expressionOf(resource);
    expressions.set(made.id.toLowerCase(), `[${id}]`);
    for (const property of ["principalId", "clientId"]) {
      const value = made.outputs[property];
      if (typeof value === "string" && made.inputs[property] === undefined) {
        expressions.set(value, `[reference(${id}, '${type.apiVersion ?? ""}').${property}]`);
      }
    }
  }
  return expressions;
}

function roleDefinition(value: string): string | undefined {
  const role =
    /^\/subscriptions\/[^/]+\/providers\/(Microsoft\.Authorization\/roleDefinitions)\/([^/]+)$/.exec(
      value,
    );
  return role === null
    ? undefined
    : `[subscriptionResourceId('${role[1] ?? ""}', '${role[2] ?? ""}')]`;
}

/** Puts expressions for ids and generated values, and a secure parameter for every secret. */
function withExpressions(
  body: Record<string, unknown>,
  expressions: ReadonlyMap<string, string>,
  owner: string,
  parameters: Record<string, unknown>,
): Record<string, unknown> {
  const convert = (value: unknown, path: string): unknown => {
    if (value === MASKED) {
      const parameter = `${owner}-${path}`.replace(/[^a-zA-Z0-9]+/g, "_");
      parameters[parameter] = { type: "securestring" };
      return `[parameters('${parameter}')]`;
    }
    if (typeof value === "string") {
      const known = expressions.get(value.toLowerCase()) ?? roleDefinition(value);
      // ARM reads a leading bracket as an expression; doubled, it is text.
      return known ?? (value.startsWith("[") && !value.startsWith("[[") ? `[${value}` : value);
    }
    if (Array.isArray(value)) return value.map((item, index) => convert(item, `${path}_${index}`));
    if (typeof value !== "object" || value === null) return value;
    return Object.fromEntries(
      Object.entries(value).map(([key, item]) => [
        expressions.get(key.toLowerCase()) ?? key,
        convert(item, path === "" ? key : `${path}_${key}`),
      ]),
    );
  };
  return convert(body, "") as Record<string, unknown>;
}
