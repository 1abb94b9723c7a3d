import {
  UnknownValueError,
  type PolicyResource as EngineResource,
  type ResourceValidationArgs,
} from "@pulumi/policy";
import { typeWithoutVersion } from "./resources";
import type { PolicyResource } from "./rule";
import { UNKNOWN } from "./inputChecks";

/** What the engine says of resources, as rules see it. */

/**
 * A resource as it is about to be made. The engine gives a rule on single resources neither ids nor where values come
 * from; it gives secrets as they are, so no rule may show a value that can be one.
 */
export function asRegistered({
  type,
  name,
  urn,
  opts,
  props,
}: Pick<ResourceValidationArgs, "type" | "name" | "urn" | "opts" | "props">): PolicyResource {
  return {
    type: typeWithoutVersion(type),
    name,
    urn,
    id: undefined,
    inputs: plain(props) as Record<string, unknown>,
    protect: opts.protect,
    ignoreChanges: opts.ignoreChanges,
    sources: {},
  };
}

/**
 * A resource at the end of a run. There the engine gives outputs, which Azure has written and which are unknown in a
 * first preview; so the inputs are those with which it was registered in this run.
 */
export function atTheEnd(
  resource: EngineResource,
  registered: ReadonlyMap<string, PolicyResource>,
): PolicyResource {
  const sources = Object.entries(resource.propertyDependencies).map(
    ([input, others]) => [input, others.map(({ urn }) => urn)] as const,
  );
  return {
    // What a run with --target leaves alone is not registered, and has only its outputs.
    ...(registered.get(resource.urn) ?? asRegistered(resource)),
    sources: Object.fromEntries(sources),
  };
}

/** The engine's objects throw at a look at what is unknown; rules want to see that it is. */
function plain(value: unknown): unknown {
  if (typeof value !== "object" || value === null) return value;
  // Not by `map`, which would look at each item itself.
  if (Array.isArray(value)) return Array.from(value.keys(), (index) => inside(value, index));
  return Object.fromEntries(
    Object.keys(value)
      .map((key) => [key, inside(value, key)] as const)
      // As in an evaluation without the engine: nothing is the same as not there.
      .filter(([, inner]) => inner !== undefined && inner !== null),
  );
}

function inside(value: object, key: string | number): unknown {
  try {
    return plain((value as Record<string | number, unknown>)[key]);
  } catch (error) {
    if (error instanceof UnknownValueError) return UNKNOWN;
    throw error;
  }
}
