import { isDeepStrictEqual } from "node:util";
import { isObject, valueAt, type Inputs } from "./paths";

/** What one run would do, or did, to one resource. */
export interface Change {
  readonly op: "create" | "update" | "replace" | "delete" | "same";
  readonly type: string;
  readonly name: string;
  /** Dotted paths of the inputs that differ. */
  readonly properties: readonly string[];
}

/** One property that differs, for example `{ path: "sku.capacity", before: 1, after: 3 }`. */
export interface PropertyChange {
  /** `subnets[snet-nodes].addressPrefix` */
  readonly path: string;
  /** Undefined where the property is new. */
  readonly before: unknown;
  /** Undefined where the property is removed. */
  readonly after: unknown;
}

/** `whole`: a list that differs is one difference. `items`: the differences within its items. */
type ListComparison = "whole" | "items";

/** What names a resource of a stack: no two share their type and their logical name. */
export function resourceKey({
  type,
  name,
}: {
  readonly type: string;
  readonly name: string;
}): string {
  return `${type}::${name}`;
}

/** Dotted paths at which two sets of inputs differ; a list counts as a whole. */
export function changedProperties(before: unknown, after: unknown): string[] {
  return propertyChanges(before, after, "whole").map(({ path }) => path);
}

/** Those of the dotted paths whose values differ. */
export function changedAt(paths: readonly string[], before: Inputs, after: Inputs): string[] {
  return paths.filter(
    (path) => changedProperties(valueAt(before, path), valueAt(after, path)).length > 0,
  );
}

/**
 * Every property that differs between two values. Items of a list are the same when they have the same name; a list
 * without names is compared item by item where its length is the same, and as a whole where it is not. Texts that are JSON
 * objects are compared as what they say.
 */
export function propertyChanges(
  before: unknown,
  after: unknown,
  lists: ListComparison = "items",
  path = "",
): PropertyChange[] {
  if (isDeepStrictEqual(before, after)) return [];
  if (isObject(before) && isObject(after)) {
    const keys = [...new Set([...Object.keys(before), ...Object.keys(after)])].sort();
    return keys.flatMap((key) =>
      propertyChanges(before[key], after[key], lists, withKey(path, key)),
    );
  }
  if (lists === "items" && Array.isArray(before) && Array.isArray(after)) {
    return listChanges(before, after, path);
  }
  const [old, now] = lists === "items" ? [jsonIn(before), jsonIn(after)] : [];
  if (old !== undefined && now !== undefined) {
    const within = propertyChanges(old, now, lists, path);
    // Two texts may be the same JSON.
    if (within.length > 0) return within;
  }
  return [{ path, before, after }];
}

/** Every value below a value by its path, in the notation of `propertyChanges`. */
export function leaves(value: unknown, path = ""): { path: string; value: unknown }[] {
  if (isObject(value) && Object.keys(value).length > 0) {
    return Object.entries(value)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .flatMap(([key, item]) => leaves(item, withKey(path, key)));
  }
  if (Array.isArray(value) && value.length > 0) {
    return value.flatMap((item: unknown, index) =>
      leaves(item, `${path}[${itemName(item) ?? index}]`),
    );
  }
  return [{ path, value }];
}

/** Whether a path is another one or leads below it: `tags.owner` and `tags[0]` are within `tags`, `tagsOf` is not. */
export function isWithin(path: string, outer: string): boolean {
  return path === outer || (path.startsWith(outer) && /^[.[]/.test(path.slice(outer.length)));
}

/** What identifies an item of a list: its name, the name of a Prometheus alert, or the title of a panel of Grafana. */
const NAMING = ["name", "alert", "title"];

function itemName(item: unknown): string | undefined {
  if (!isObject(item)) return undefined;
  return NAMING.map((key) => item[key]).find((name) => typeof name === "string");
}

/** An object that a text has as JSON, such as a dashboard's. */
function jsonIn(text: unknown): Readonly<Record<string, unknown>> | undefined {
  if (typeof text !== "string" || !text.startsWith("{")) return undefined;
  try {
    const value: unknown = JSON.parse(text);
    return isObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function listChanges(
  before: readonly unknown[],
  after: readonly unknown[],
  path: string,
): PropertyChange[] {
  const olds = byName(before);
  const news = byName(after);
  if (olds !== undefined && news !== undefined) {
    const names = [...new Set([...olds.keys(), ...news.keys()])];
    const items = names.flatMap((name) =>
      propertyChanges(olds.get(name), news.get(name), "items", `${path}[${name}]`),
    );
    // The order alone is a difference too: Kubernetes' and Azure's lists are ordered.
    return items.length > 0 ? items : [{ path, before: [...olds.keys()], after: [...news.keys()] }];
  }
  if (before.length !== after.length) return [{ path, before, after }];
  return before.flatMap((item, index) =>
    propertyChanges(item, after[index], "items", `${path}[${index}]`),
  );
}

/** Items by name; undefined where one has none, or two have the same. */
function byName(list: readonly unknown[]): Map<string, unknown> | undefined {
  const named = new Map<string, unknown>();
  for (const item of list) {
    const name = itemName(item);
    if (name === undefined || named.has(name)) return undefined;
    named.set(name, item);
  }
  return named;
}

function withKey(path: string, key: string): string {
  return path === "" ? key : `${path}.${key}`;
}
