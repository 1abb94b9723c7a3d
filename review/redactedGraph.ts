import type { Finding } from "../policy/judge";
import { hidden, type PlainSecret } from "./redact";
import type { DeclaredGraph, Resource, ResourceChange, StackGraph } from "./model";

/** The graph for people: with what the rules say about it, and without what looks like a secret. */
export function redactedGraph(graph: DeclaredGraph, findings: readonly Finding[]): StackGraph {
  const plainSecrets: PlainSecret[] = [];
  const resources = graph.resources.map((resource) => {
    const found: string[] = [];
    const safe = redactedResource(resource, found);
    plainSecrets.push(...found.map((path) => ({ resource: resource.name, path })));
    return safe;
  });
  const outputs = hidden(graph.outputs, []) as StackGraph["outputs"];
  return { ...graph, resources, outputs, plainSecrets, findings };
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
      return { path, before: hidden(before, [], path, key), after: hidden(after, [], path, key) };
    }),
  };
}

/** `inputs.tags[a]` is about `a`. */
function lastName(path: string): string {
  return path.split(/[.[\]]/).findLast((part) => part !== "") ?? "";
}

function redactedResource(resource: Resource, found: string[] = []): Resource {
  return { ...resource, inputs: hidden(resource.inputs, found) as Resource["inputs"] };
}
