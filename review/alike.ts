import { isDeepStrictEqual } from "node:util";
import type { ResourceChange } from "./model";

/** Changes that are told together, at least one; their properties differ in the same way, for the same reason. */
export type Alike = readonly [ResourceChange, ...ResourceChange[]];

/** The changes in their order, those of one shape as one: a tag that changes everywhere is one thing to read. */
export function alike(changes: readonly ResourceChange[]): Alike[] {
  const groups = new Map<string, [ResourceChange, ...ResourceChange[]]>();
  for (const [index, change] of changes.entries()) {
    const { before, after, properties } = change;
    const isWhole = before === undefined || after === undefined;
    // Short, so that long values are compared only where these agree.
    const paths = properties.map(({ path }) => path).join(" ");
    const key =
      isWhole || change.renamed !== undefined
        ? `alone ${index}`
        : `${change.op} ${change.with?.urn ?? ""} ${paths}`;
    put(groups, key, change);
  }
  return [...groups.values()];
}

function put(
  groups: Map<string, [ResourceChange, ...ResourceChange[]]>,
  key: string,
  change: ResourceChange,
): void {
  const group = groups.get(key);
  if (group === undefined) groups.set(key, [change]);
  else if (isAlike(group[0], change)) group.push(change);
  else put(groups, `${key} other`, change);
}

function isAlike(one: ResourceChange, other: ResourceChange): boolean {
  return (
    isDeepStrictEqual(one.properties, other.properties) &&
    isDeepStrictEqual(one.immutable, other.immutable)
  );
}
