import { graphOf } from "../../graph/graph";
import { readStackSettings, type StackSettings } from "../../graph/settings";
import { policyResources } from "../../policy/resources";
import type { PolicyResource } from "../../policy/rule";
import { UNKNOWN } from "../../policy/inputChecks";
import { evaluatedUp } from "../evaluation/client";

/** The project's own stacks as rules see them, and ways to break them. */

export type Graph = readonly PolicyResource[];
export type Change = (graph: Graph) => Graph;

export async function ownStack(
  stack: "sandbox" | "production",
  changes: StackSettings = {},
): Promise<Graph> {
  const settings = { ...readStackSettings(stack), ...changes };
  return policyResources(graphOf(await evaluatedUp(stack, settings)));
}

/** By logical name, or the first one of a type where names have hashes in them. */
export function find(graph: Graph, which: string): PolicyResource {
  const found = graph.find(({ name, type }) => name === which || type === which);
  if (found === undefined) throw new Error(`the stack has no ${which}`);
  return found;
}

/** Changes one resource as a whole. */
export function alter(
  which: string,
  change: (resource: PolicyResource) => Partial<PolicyResource>,
): Change {
  return (graph) => {
    const found = find(graph, which);
    return graph.map((one) => (one === found ? { ...one, ...change(one) } : one));
  };
}

export function set(which: string, path: string, value: unknown): Change {
  return alter(which, ({ inputs }) => ({
    inputs: withValue(inputs, path.split("."), value) as PolicyResource["inputs"],
  }));
}

export function unset(which: string, path: string): Change {
  return set(which, path, undefined);
}

export function unknown(which: string, path: string): Change {
  return set(which, path, UNKNOWN);
}

export function without(which: string): Change {
  return (graph) => {
    const found = find(graph, which);
    return graph.filter((one) => one !== found);
  };
}

/** One more resource, of a new name. */
export function add(
  type: string,
  inputs: PolicyResource["inputs"],
  more: Partial<PolicyResource> = {},
): Change {
  const added: PolicyResource = {
    type,
    name: "added",
    urn: `urn:pulumi:test::mlscore::${type}::added`,
    id: undefined,
    inputs,
    protect: false,
    ignoreChanges: [],
    sources: {},
    ...more,
  };
  return (graph) => [...graph, added];
}

export function all(...changes: readonly Change[]): Change {
  return (graph) => changes.reduce((changed, change) => change(changed), graph);
}

/** Sets, or with `undefined` takes away, what is at a path; a list's item is taken out of it. */
function withValue(inner: unknown, path: readonly string[], value: unknown): unknown {
  const [key = "", ...rest] = path;
  if (Array.isArray(inner)) {
    const next = rest.length === 0 ? value : withValue(inner[Number(key)], rest, value);
    return inner.flatMap((item: unknown, index) =>
      index !== Number(key) ? [item] : next === undefined ? [] : [next],
    );
  }
  const object = (inner ?? {}) as Record<string, unknown>;
  const { [key]: before, ...others } = object;
  const next = rest.length === 0 ? value : withValue(before, rest, value);
  return next === undefined ? others : { ...others, [key]: next };
}
