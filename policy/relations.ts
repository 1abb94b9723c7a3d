import type { PolicyResource, Violation } from "./rule";
import { at, UNKNOWN } from "./inputChecks";

/** How resources of one stack belong together, also where their ids are unknown before the run. */

export function ofType(
  resources: readonly PolicyResource[],
  ...types: readonly string[]
): PolicyResource[] {
  return resources.filter(({ type }) => types.includes(type));
}

/**
 * Whether an input refers to a resource: it names its id (or something below it), or, as the engine knows before ids
 * are, its value comes from that resource.
 *
 * @param path of the input, whose first part is the input that the engine tells the sources of
 */
export function refersTo(resource: PolicyResource, path: string, other: PolicyResource): boolean {
  const value = at(resource.inputs, path);
  if (value === undefined) return false;
  if (comesFrom(resource, path, other)) return true;
  return typeof value === "string" && other.id !== undefined && isSameId(value, other.id);
}

/**
 * Whether an input is the name of a resource of this stack.
 *
 * @param name the other resource's physical name
 */
export function names(
  resource: PolicyResource,
  path: string,
  other: PolicyResource,
  name: unknown,
): boolean {
  const value = at(resource.inputs, path);
  if (value === UNKNOWN) return comesFrom(resource, path, other);
  return typeof value === "string" && value === name;
}

/** Whether an unknown input at least comes from some resource of these types in this stack. */
export function comesFromSome(
  resource: PolicyResource,
  path: string,
  others: readonly PolicyResource[],
): boolean {
  return others.some((other) => comesFrom(resource, path, other));
}

function comesFrom(resource: PolicyResource, path: string, other: PolicyResource): boolean {
  const [input = ""] = path.split(".");
  return resource.sources[input]?.includes(other.urn) ?? false;
}

/** Azure compares ids without regard to case. */
export function isSameId(one: string, other: string): boolean {
  return one.toLowerCase() === other.toLowerCase();
}

/** The same sentences as violations of one resource. */
export function violations(resource: PolicyResource, messages: readonly string[]): Violation[] {
  return messages.map((message) => ({ resource, message }));
}
