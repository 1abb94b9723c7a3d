import { isDeepStrictEqual } from "node:util";
import { nameOf } from "./redact";

/** One property that differs; a side is undefined where there is none. */
export interface PropertyChange {
  /** `subnets[snet-nodes].addressPrefix` */
  readonly path: string;
  readonly before: unknown;
  readonly after: unknown;
}

/**
 * What differs between two values, as deep as it can be told. Items of a list are the same when they have the same name;
 * a list without names is compared item by item where its length is the same, and as a whole where not.
 */
export function propertyChanges(before: unknown, after: unknown, path = ""): PropertyChange[] {
  if (isDeepStrictEqual(before, after)) return [];
  if (isObject(before) && isObject(after)) {
    const keys = [...new Set([...Object.keys(before), ...Object.keys(after)])].sort();
    return keys.flatMap((key) =>
      propertyChanges(before[key], after[key], path === "" ? key : `${path}.${key}`),
    );
  }
  if (Array.isArray(before) && Array.isArray(after)) return listChanges(before, after, path);
  return [{ path, before, after }];
}

/** Every value in a resource that is new or goes away, by its path. */
export function leaves(value: unknown, path = ""): { path: string; value: unknown }[] {
  if (isObject(value) && Object.keys(value).length > 0) {
    return Object.entries(value)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .flatMap(([key, item]) => leaves(item, path === "" ? key : `${path}.${key}`));
  }
  if (Array.isArray(value) && value.length > 0) {
    return value.flatMap((item: unknown, index) =>
      leaves(item, `${path}[${nameOf(item) ?? index}]`),
    );
  }
  return [{ path, value }];
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
      propertyChanges(olds.get(name), news.get(name), `${path}[${name}]`),
    );
    // The same items in another order are a difference all the same: Kubernetes' and Azure's lists are ordered.
    return items.length > 0 ? items : [{ path, before: [...olds.keys()], after: [...news.keys()] }];
  }
  if (before.length !== after.length) return [{ path, before, after }];
  return before.flatMap((item, index) => propertyChanges(item, after[index], `${path}[${index}]`));
}

/** Items by name; undefined where one has none, or two have the same. */
function byName(list: readonly unknown[]): Map<string, unknown> | undefined {
  const named = new Map<string, unknown>();
  for (const item of list) {
    const name = nameOf(item);
    if (name === undefined || named.has(name)) return undefined;
    named.set(name, item);
  }
  return named;
}

export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
