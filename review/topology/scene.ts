import type { Op, Resource, StackGraph, StackReview } from "../model";
import { typeWords } from "../typeNames";
import type { Edge, Node } from "./model";

/** A resource of the drawing, with its operation. */
export interface Actor {
  readonly resource: Resource;
  readonly op: Op;
  /** As it was, where it was there. */
  readonly before?: Resource;
}

/** What is to be drawn: everything that would be there afterwards, and what would be gone. */
export interface Scene {
  readonly actors: readonly Actor[];
  /** Where identities and ids are looked up. */
  readonly graph: StackGraph;
  /** Of a resource that changes: the paths that differ. */
  readonly changedPaths: (resource: Resource) => readonly string[];
}

/** A node with the id of the box that it is in; without one, it stands by itself. */
export interface Placed {
  readonly node: Omit<Node, "children">;
  readonly parent?: string;
}

/** What one part of the drawing adds. */
export interface Part {
  readonly placed: readonly Placed[];
  readonly edges: readonly Edge[];
}

/** Tags of a resource, of its pools, of an asset's version and of an endpoint: they change nothing that is drawn. */
const TAGS = /^(properties\.|settings\.|agentPoolProfiles\[[^\]]*\]\.)?tags(\.|$)/;

/** Undefined where there is nothing to draw. */
export function sceneOf({ before, after, changes }: StackReview): Scene | undefined {
  const graph = after ?? before;
  if (graph === undefined) return undefined;
  const paths = new Map(
    changes.map(({ resource, properties }) => [
      resource,
      properties.map(({ path }) => path).filter((path) => !TAGS.test(path)),
    ]),
  );
  const actors = changes.map(({ resource, op, before, properties }): Actor => {
    const isTagged = op === "update" && properties.length > 0 && paths.get(resource)?.length === 0;
    return { resource, op: isTagged ? "same" : op, ...(before === undefined ? {} : { before }) };
  });
  return { actors, graph, changedPaths: (resource) => paths.get(resource) ?? [] };
}

/** Resources whose type ends with one of these. */
export function actorsOf({ actors }: Scene, ...types: readonly string[]): Actor[] {
  return actors.filter(({ resource }) => types.some((type) => resource.type.endsWith(`:${type}`)));
}

export function actorWithId({ actors }: Scene, id: string): Actor | undefined {
  return id === ""
    ? undefined
    : actors.find(({ resource }) => resource.id?.toLowerCase() === id.toLowerCase());
}

export function nodeOf({ resource, op }: Actor, note?: string): Placed["node"] {
  const { urn, type, name } = resource;
  return {
    id: urn,
    kind: typeWords(type),
    name,
    op,
    urn,
    ...(note === undefined ? {} : { note }),
  };
}

/** A box that stands for no resource. */
export function groupNode(id: string, kind: string, name = ""): Placed["node"] {
  return { id, kind, name, op: "same" };
}
