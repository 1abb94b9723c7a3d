import { ArmExpression } from "./armBody";
import type { AzureType } from "../emulator/azure/azureType";
import { valueAt } from "../graph/paths";
import { nameParts } from "../emulator/azure/armIds";
import { azureType } from "../emulator/azure/azureStore";
import type { GraphResource } from "../graph/graph";
import { MASKED } from "../graph/plainInputs";
import { HIDDEN } from "../secrets/mask";
import { withIdsInText } from "./idsInText";
import { otherGroup } from "./templateGroup";

/** What Azure makes up and other resources are given, as dotted paths of outputs. */
const GENERATED = ["principalId", "clientId", "oidcIssuerProfile.issuerURL"];

/** Whether a template can have resources of the type. */
export function isArmResource(type: AzureType): boolean {
  return type.apiVersion !== undefined && type.scope !== "subscription";
}

/** Template expressions by lower-case id or generated value. */
export function referenceExpressions(graph: readonly GraphResource[]): Map<string, string> {
  const expressions = new Map<string, string>();
  const expressionOf = ({ created }: GraphResource): string => {
    const type = azureType(created.token);
    const names = nameParts(type, created.inputs).map((name) => `'${name}'`);
    const path = [`'${type.armType}'`, ...names].join(", ");
    if (typeof type.scope !== "object") {
      const { subscriptionId = [], resourceGroup = [] } = otherGroup(created.id, graph) ?? {};
      const place = [subscriptionId, resourceGroup].flat().map((part) => `'${part}', `);
      return `resourceId(${place.join("")}${path})`;
    }
    return `extensionResourceId(${scopeExpression(String(created.inputs[type.scope.property]))}, ${path})`;
  };
  const scopeExpression = (scope: string): string => {
    const extended = graph.find(({ created }) => created.id === scope);
    if (extended !== undefined) return expressionOf(extended);
    const outer = graph.find(({ created }) => scope.startsWith(`${created.id}/`));
    return outer === undefined
      ? `'${scope}'`
      : below(expressionOf(outer), scope.slice(outer.created.id.length));
  };
  for (const resource of graph) {
    const { created } = resource;
    const type = azureType(created.token);
    if (!isArmResource(type)) continue;
    const id = expressionOf(resource);
    expressions.set(created.id.toLowerCase(), `[${id}]`);
    for (const property of GENERATED) {
      const value = valueAt(created.outputs, property);
      if (typeof value === "string" && valueAt(created.inputs, property) === undefined) {
        expressions.set(
          value.toLowerCase(),
          `[reference(${id}, '${type.apiVersion ?? ""}').${property}]`,
        );
      }
    }
  }
  return expressions;
}

/** Id of a part of a declared resource, such as a network's subnet, which is no resource of its own here. */
function idBelow(id: string, expressions: ReadonlyMap<string, string>): string | undefined {
  for (let end = id.lastIndexOf("/"); end > 0; end = id.lastIndexOf("/", end - 1)) {
    const outer = expressions.get(id.slice(0, end).toLowerCase());
    if (outer !== undefined) return `[${below(outer.slice(1, -1), id.slice(end))}]`;
  }
  return undefined;
}

function below(outer: string, path: string): string {
  return `concat(${outer}, '${path.replaceAll("'", "''")}')`;
}

/** The template's group, whichever it is deployed to. */
function ownGroup(id: string): string | undefined {
  return id.includes("/providers/") ? undefined : "[resourceGroup().id]";
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
export function withExpressions(
  body: Record<string, unknown>,
  expressions: ReadonlyMap<string, string>,
  owner: string,
  parameters: Record<string, unknown>,
): Record<string, unknown> {
  const convert = (value: unknown, path: string): unknown => {
    if (value === MASKED || (typeof value === "string" && value.includes(HIDDEN))) {
      const parameter = `${owner}-${path}`.replace(/[^a-zA-Z0-9]+/g, "_");
      parameters[parameter] = { type: "securestring" };
      return `[parameters('${parameter}')]`;
    }
    if (value instanceof ArmExpression) return `[${value.text}]`;
    if (typeof value === "string") {
      const known =
        expressions.get(value.toLowerCase()) ??
        idBelow(value, expressions) ??
        roleDefinition(value) ??
        withIdsInText(
          value,
          (id) => expressions.get(id.toLowerCase()) ?? idBelow(id, expressions) ?? ownGroup(id),
        );
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
