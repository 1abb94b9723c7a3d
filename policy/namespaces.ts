import { names, ofType } from "./relations";
import type { PolicyResource } from "./rule";
import { at } from "./inputChecks";

const NAMESPACE = "kubernetes:core/v1:Namespace";

export function namespacesIn(resources: readonly PolicyResource[]): PolicyResource[] {
  return ofType(resources, NAMESPACE);
}

/** Whether an object lies in a namespace of this stack. */
export function isIn(object: PolicyResource, namespace: PolicyResource): boolean {
  return names(object, "metadata.namespace", namespace, at(namespace.inputs, "metadata.name"));
}

/** Whether two objects lie in the same one of these namespaces. */
export function isBeside(
  object: PolicyResource,
  other: PolicyResource,
  namespaces: readonly PolicyResource[],
): boolean {
  return namespaces.some((namespace) => isIn(object, namespace) && isIn(other, namespace));
}
