import type { Finding } from "../policy/judge";
import { HIDDEN } from "../secrets/mask";
import { withoutSecrets } from "../secrets/tree";
import type { DeclaredGraph, Resource, ResourceChange, StackGraph } from "./model";

/** A value without what looks like a secret: the program of an older commit, or an engine, may have passed one on. */
export function redacted<T>(value: T): T {
  return withoutSecrets(value, () => HIDDEN) as T;
}

/** The graph for people: with what the rules say about it, and without what looks like a secret. */
export function redactedGraph(graph: DeclaredGraph, findings: readonly Finding[]): StackGraph {
  const resources = graph.resources.map(redactedResource);
  return { ...graph, resources, outputs: redacted(graph.outputs), findings };
}

/** The change for people. A value that is hidden before and after still shows that it differs. */
export function redactedChange(change: ResourceChange): ResourceChange {
  const { before, after } = change;
  return {
    ...change,
    resource: redactedResource(change.resource),
    ...(before === undefined ? {} : { before: redactedResource(before) }),
    ...(after === undefined ? {} : { after: redactedResource(after) }),
    properties: change.properties.map(({ path, before, after }) => {
      const key = lastName(path.replace(/\.value$/, ""));
      const shown = (value: unknown) => withoutSecrets(value, () => HIDDEN, path, key);
      return { path, before: shown(before), after: shown(after) };
    }),
  };
}

/** `inputs.tags[a]` is about `a`. */
function lastName(path: string): string {
  return path.split(/[.[\]]/).findLast((part) => part !== "") ?? "";
}

function redactedResource(resource: Resource): Resource {
  return { ...resource, inputs: redacted(resource.inputs) };
}
