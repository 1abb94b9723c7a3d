import type { AzureType } from "../emulator/azure/azureType";
import type { Inputs } from "../graph/paths";
import { nameParts } from "../emulator/azure/armIds";

/** Inputs that stand beside `properties` in a body of ARM. */
const ENVELOPE = ["location", "tags", "sku", "kind", "identity", "zones"];

/** What stands beside `properties` in an object below the top; endpointType says what kind of object it is. */
const OUTSIDE = ["name", "id", "endpointType"];

/** A value that a template computes, without the brackets around it. */
export class ArmExpression {
  constructor(readonly text: string) {}
}

/** One resource of a template, with ids and values as they are. */
export function armBody(type: AzureType, inputs: Inputs, id: string): Record<string, unknown> {
  const { scope } = type;
  const inId = new Set([
    ...type.names,
    "resourceGroupName",
    ...(type.untracked ?? []),
    ...(typeof scope === "object" ? [scope.property] : []),
  ]);
  const properties: Record<string, unknown> = { ...(inputs["properties"] as object | undefined) };
  const envelope: Record<string, unknown> = {};
  for (const [key, flat] of Object.entries(inputs)) {
    if (inId.has(key) || key === "properties") continue;
    const value = armValue(type, flat, key);
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
    // Some types, such as identities, have no properties that one may give.
    ...(Object.keys(properties).length === 0 ? {} : { properties }),
  };
}

function scopeOf(id: string): string {
  return id.split("/providers/").slice(1, -1).join("/providers/");
}

/** What azure-native has in another form below the top of a body, as ARM has it. */
function armValue(type: AzureType, value: unknown, path: string): unknown {
  if (type.base64?.includes(path) === true) {
    const text = Buffer.from(String(value), "base64").toString("utf8");
    return new ArmExpression(`base64('${text.replaceAll("'", "''")}')`);
  }
  if (type.references?.includes(path) === true) return { id: (value as { id: unknown }).id };
  if (Array.isArray(value)) return value.map((item: unknown) => armValue(type, item, path));
  if (typeof value !== "object" || value === null) return value;
  const below = Object.entries(value).map(([key, item]): [string, unknown] => [
    type.armKeys?.[`${path}.${key}`] ?? key,
    armValue(type, item, `${path}.${key}`),
  ]);
  if (type.nested?.includes(path) !== true) return Object.fromEntries(below);
  const outside = below.filter(([key]) => OUTSIDE.includes(key));
  const lifted = below.filter(([key]) => !OUTSIDE.includes(key));
  return {
    ...Object.fromEntries(outside),
    ...(lifted.length === 0 ? {} : { properties: Object.fromEntries(lifted) }),
  };
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
