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
export function changedProperties(before: unknown, after: unknown, path = ""): string[] {
  if (isObject(before) && isObject(after)) {
    const keys = new Set([...Object.keys(before), ...Object.keys(after)]);
    return [...keys]
      .sort()
      .flatMap((key) =>
        changedProperties(before[key], after[key], path === "" ? key : `${path}.${key}`),
      );
  }
  return isDeepStrictEqual(before, after) ? [] : [path];
}

/** Those of the dotted paths whose values differ. */
export function changedAt(paths: readonly string[], before: Inputs, after: Inputs): string[] {
  return paths.filter(
    (path) => changedProperties(valueAt(before, path), valueAt(after, path)).length > 0,
  );
}
