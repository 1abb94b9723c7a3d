import { isDeepStrictEqual } from "node:util";
import type { Resource, ResourceChange } from "./model";

/** Names that the program makes from a logical name (components/roles.ts). */
const FROM_LOGICAL_NAME = ["roleAssignmentName"];

/**
 * Marks pairs that are one resource under two logical names, or in two places of the tree: of one type, with the same
 * inputs, one going and one coming. The engine knows a resource by its URN alone.
 */
export function withRenames(changes: readonly ResourceChange[]): ResourceChange[] {
  const moved = changes.flatMap(movedApart);
  const free = new Set(moved.filter(({ op, renamed }) => op === "create" && renamed === undefined));
  const partners = new Map<ResourceChange, ResourceChange>();
  for (const gone of moved) {
    if (gone.op !== "delete" || gone.renamed !== undefined) continue;
    const come = [...free].find((one) => isSame(gone.resource, one.resource));
    if (come === undefined) continue;
    free.delete(come);
    partners.set(gone, come).set(come, gone);
  }
  return moved.map((change) => {
    const partner = partners.get(change);
    if (partner === undefined) return change;
    const { name } = partner.resource;
    return { ...change, renamed: change.op === "create" ? { from: name } : { to: name } };
  });
}

/** A resource whose place in the tree is another one: two resources for the engine, also when its name has stayed. */
function movedApart(change: ResourceChange): ResourceChange[] {
  const { before, after } = change;
  if (before === undefined || after === undefined || before.urn === after.urn) return [change];
  const common = { properties: [], immutable: [] };
  return [
    { ...common, op: "create", resource: after, after, renamed: { from: placeOf(before) } },
    { ...common, op: "delete", resource: before, before, renamed: { to: placeOf(after) } },
  ];
}

/** Types and name of a URN: `mlscore:registry:Registry$azure-native:…:Registry::registry`. */
function placeOf({ urn }: Resource): string {
  return urn.split("::").slice(2).join("::");
}

function isSame(one: Resource, other: Resource): boolean {
  return one.type === other.type && isDeepStrictEqual(comparable(one), comparable(other));
}

function comparable({ inputs }: Resource): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(inputs).filter(([key]) => !FROM_LOGICAL_NAME.includes(key)),
  );
}
