import { textAt, type Inputs } from "../../graph/paths";
import type { AzureType } from "./azureType";

/** Where the emulator lives. */
export interface AzurePlace {
  readonly subscriptionId: string;
  readonly tenantId: string;
}

/** The names along the id, outermost first; an input that is missing gives an empty name. */
export function nameParts(type: AzureType, inputs: Inputs): string[] {
  return type.names.map((name) => (name.startsWith("=") ? name.slice(1) : textAt(inputs, name)));
}

/** ARM id of a resource of this type with these inputs. */
export function resourceId(type: AzureType, inputs: Inputs, place: AzurePlace): string {
  return idWithNames(type, nameParts(type, inputs), inputs, place);
}

/** Id of what has to exist before: the outer resource, the scope, or the resource group. */
export function parentId(type: AzureType, inputs: Inputs, place: AzurePlace): string | undefined {
  if (type.scope === "subscription") return undefined;
  const outer = nameParts(type, inputs).slice(0, type.parentNames ?? -1);
  return outer.length === 0 ? baseId(type, inputs, place) : idWithNames(type, outer, inputs, place);
}

/** The id as far as there are names. */
function idWithNames(
  type: AzureType,
  names: readonly string[],
  inputs: Inputs,
  place: AzurePlace,
): string {
  const [namespace = "", ...segments] = type.armType.split("/");
  const path = names.map((name, index) => `${segments[index] ?? ""}/${name}`).join("/");
  const base = baseId(type, inputs, place);
  return type.scope === "subscription"
    ? `${base}/${path}`
    : `${base}/providers/${namespace}/${path}`;
}

function baseId(type: AzureType, inputs: Inputs, place: AzurePlace): string {
  const subscription = `/subscriptions/${place.subscriptionId}`;
  if (type.scope === "subscription") return subscription;
  return type.scope === undefined
    ? `${subscription}/resourceGroups/${textAt(inputs, "resourceGroupName")}`
    : textAt(inputs, type.scope.property);
}
