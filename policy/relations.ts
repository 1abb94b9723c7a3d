import { sameText } from "../graph/sameText";
import { at, items, knownText, UNKNOWN } from "./inputChecks";
import type { PolicyResource, Violation } from "./rule";

/** References between the resources of a stack, also where their ids are unknown before the run. */

export function ofType(
  resources: readonly PolicyResource[],
  ...types: readonly string[]
): PolicyResource[] {
  return resources.filter(({ type }) => types.includes(type));
}

/**
 * Whether an input refers to a resource: it is the id of that resource or, while ids are unknown, its value comes from
 * that resource according to the engine.
 *
 * @param path its first part is the input whose sources the engine passes
 */
export function refersTo(resource: PolicyResource, path: string, other: PolicyResource): boolean {
  const value = at(resource.inputs, path);
  if (value === undefined) return false;
  if (comesFrom(resource, path, other)) return true;
  return typeof value === "string" && other.id !== undefined && sameText(value, other.id);
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

/** Whether the value of an input comes from one of these resources. */
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

/** One violation of the resource for each message. */
export function violations(resource: PolicyResource, messages: readonly string[]): Violation[] {
  return messages.map((message) => ({ resource, message }));
}

/** Diagnostic settings that send logs of this resource to a Log Analytics workspace. */
export function diagnosticsOf(
  resource: PolicyResource,
  resources: readonly PolicyResource[],
): PolicyResource[] {
  return ofType(resources, "azure-native:monitor:DiagnosticSetting").filter(
    (setting) =>
      refersTo(setting, "resourceUri", resource) &&
      // Azure assigns the workspace's id, so it may be unknown before the run.
      (setting.inputs["workspaceId"] === UNKNOWN || knownText(setting.inputs, "workspaceId")) &&
      logsOf(setting).length > 0,
  );
}

/** Log categories and category groups that a diagnostic setting sends. */
export function logsOf({ inputs }: PolicyResource): string[] {
  return items(inputs["logs"]).flatMap((log) => {
    const name = knownText(log, "category") ?? knownText(log, "categoryGroup");
    return at(log, "enabled") === true && name !== undefined ? [name] : [];
  });
}

export function namespacesIn(resources: readonly PolicyResource[]): PolicyResource[] {
  return ofType(resources, "kubernetes:core/v1:Namespace");
}

/** Whether a Kubernetes object is in this namespace of the stack. */
export function isInNamespace(object: PolicyResource, namespace: PolicyResource): boolean {
  return names(object, "metadata.namespace", namespace, at(namespace.inputs, "metadata.name"));
}

/** Whether two Kubernetes objects are in the same namespace of the stack. */
export function shareNamespace(
  object: PolicyResource,
  other: PolicyResource,
  resources: readonly PolicyResource[],
): boolean {
  return namespacesIn(resources).some(
    (namespace) => isInNamespace(object, namespace) && isInNamespace(other, namespace),
  );
}
