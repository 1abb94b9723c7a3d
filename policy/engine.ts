import {
  UnknownValueError,
  type PolicyResource as EngineResource,
  type ResourceValidationArgs,
} from "@pulumi/policy";
import { typeWithoutVersion } from "./resources";
import type { PolicyResource } from "./rule";
import { UNKNOWN } from "./inputChecks";

/** Resources of the Pulumi engine as rules see them. */

/**
 * A resource before it is created. The engine passes a rule on single resources neither ids nor the sources of values;
 * it passes secrets unmasked, so no rule may show a value that can be a secret.
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
 * A resource at the end of a run. There the engine passes outputs, which Azure sets and which are unknown in a first
 * preview; the inputs are therefore those that the resource was registered with in this run.
 */
export function atTheEnd(
  resource: EngineResource,
  registered: ReadonlyMap<string, PolicyResource>,
): PolicyResource {
  const sources = Object.entries(resource.propertyDependencies).map(
    ([input, others]) => [input, others.map(({ urn }) => urn)] as const,
  );
  return {
    // A resource that a run with --target skips is not registered, and has only its outputs.
    ...(registered.get(resource.urn) ?? asRegistered(resource)),
    sources: Object.fromEntries(sources),
  };
}

/** The engine's objects throw when an unknown value is read; rules get `UNKNOWN` instead. */
function plain(value: unknown): unknown {
  if (typeof value !== "object" || value === null) return value;
  // Not by `map`, which reads each item itself.
  if (Array.isArray(value)) return Array.from(value.keys(), (index) => plainAt(value, index));
  return Object.fromEntries(
    Object.keys(value)
      .map((key) => [key, plainAt(value, key)] as const)
      // As in an evaluation without the engine, null is the same as missing.
      .filter(([, inner]) => inner !== undefined && inner !== null),
  );
}

function plainAt(value: object, key: string | number): unknown {
  try {
    return plain((value as Record<string | number, unknown>)[key]);
  } catch (error) {
    if (error instanceof UnknownValueError) return UNKNOWN;
    throw error;
  }
}
