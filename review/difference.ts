import { isWithin, propertyChanges, resourceKey, type PropertyChange } from "../graph/changes";
import { withIgnored } from "../graph/ignoreChanges";
import { EmulatorStore } from "../emulator/emulatorStore";
import type { Resource, ResourceChange } from "./model";
import { withRenames } from "./renames";

/** Only asked what can be changed in place, which does not depend on where things are. */
const store = new EmulatorStore({ subscriptionId: "", tenantId: "", resourceGroups: [] });

/**
 * What would be done to make `after` out of `before`, by the rules of Azure and Kubernetes that the emulator knows: which
 * properties can be changed in place, and what goes along with something that is replaced.
 */
export function difference(
  before: readonly Resource[],
  after: readonly Resource[],
): ResourceChange[] {
  const olds = new Map(before.map((resource) => [resourceKey(resource), resource]));
  const news = new Set(after.map(resourceKey));
  const changes = [
    ...after.map((resource) => changeOf(olds.get(resourceKey(resource)), resource)),
    ...before
      .filter((resource) => !news.has(resourceKey(resource)))
      .map((resource): ResourceChange => {
        return { op: "delete", resource, before: resource, properties: [], immutable: [] };
      }),
  ];
  return withRenames(withTakenAlong(changes));
}

function changeOf(before: Resource | undefined, after: Resource): ResourceChange {
  const common = { resource: after, after };
  if (before === undefined) return { ...common, op: "create", properties: [], immutable: [] };
  const properties = differing(before, after);
  const immutable = immutables(after.type, before.inputs, ignoring(before, after));
  const op = immutable.length > 0 ? "replace" : properties.length > 0 ? "update" : "same";
  return { ...common, before, op, properties, immutable };
}

/** The properties that differ, as far as they are part of the resource; and whether it is guarded. */
export function differing(before: Resource, after: Resource): PropertyChange[] {
  const inputs = ignoring(before, after);
  const tracked = trackedPaths(after.type, before.inputs, inputs);
  const protect =
    before.protect === after.protect
      ? []
      : [{ path: "(option) protect", before: before.protect, after: after.protect }];
  return [
    ...propertyChanges(before.inputs, inputs).filter(({ path }) =>
      tracked.some((one) => isWithin(path, one)),
    ),
    ...protect,
  ];
}

function ignoring(before: Resource, after: Resource): Resource["inputs"] {
  return withIgnored(after.ignoreChanges, before.inputs, after.inputs);
}

function trackedPaths(type: string, olds: Resource["inputs"], news: Resource["inputs"]): string[] {
  try {
    return store.changedInputs(type, olds, news);
  } catch {
    // A type that the emulator does not know (a preview may have any): all its inputs count.
    return [...new Set([...Object.keys(olds), ...Object.keys(news)])];
  }
}

function immutables(type: string, olds: Resource["inputs"], news: Resource["inputs"]): string[] {
  try {
    return store.changedImmutables(type, olds, news);
  } catch {
    return [];
  }
}

/** What is replaced takes along what stands on it, and that takes along what stands on that. */
function withTakenAlong(changes: readonly ResourceChange[]): ResourceChange[] {
  const all = [...changes];
  const replaced = changes.filter(({ op }) => op === "replace").map(({ resource }) => resource);
  // Grows while it is gone through.
  for (const gone of replaced) {
    for (const [index, change] of all.entries()) {
      if (change.op !== "same" && change.op !== "update") continue;
      if (!standsOn(change.resource, gone)) continue;
      all[index] = { ...change, op: "replace", with: gone };
      replaced.push(change.resource);
    }
  }
  return all;
}

/**
 * Whether a resource goes when another one is replaced: it lies below it, lives in that cluster, or names its id where that
 * cannot be changed in place. The engine does not know the new id in advance, so the same id counts as another one.
 */
function standsOn(resource: Resource, gone: Resource): boolean {
  if (gone.id === undefined) return false;
  const below = resource.id?.toLowerCase().startsWith(`${gone.id.toLowerCase()}/`) === true;
  if (below) return true;
  const { type } = resource;
  if (gone.type.endsWith(":ManagedCluster") && /^(kubernetes:|pulumi:providers:kub)/.test(type)) {
    return true;
  }
  const elsewhere = withoutText(resource.inputs, gone.id) as Resource["inputs"];
  if (immutables(type, resource.inputs, elsewhere).length > 0) return true;
  // The split loses a deployment that is replaced, and is written anew (docs/decisions/0014).
  return (
    type.endsWith(":TrafficSplit") &&
    propertyChanges(resource.inputs["deployments"], elsewhere["deployments"]).length > 0
  );
}

/** The value with another text in place of this one. */
function withoutText(value: unknown, text: string): unknown {
  if (typeof value === "string") return value === text ? `${text}'` : value;
  if (Array.isArray(value)) return value.map((item: unknown) => withoutText(item, text));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [key, withoutText(item, text)]),
  );
}
