import { namespacesIn } from "../../namespaces";
import { comesFromSome, violations } from "../../relations";
import { BOTH, type StackRule } from "../../rule";
import { at, fault, UNKNOWN } from "../../inputChecks";

/** Everybody's, or the cluster's own. */
const SHARED = new Set(["default", "kube-node-lease", "kube-public", "kube-system"]);

const CLUSTER_WIDE = new Set(["kubernetes:core/v1:Namespace"]);

/**
 * Quotas, policies and rights hold for a namespace; `default` has none and everybody's objects in it. An object without
 * a namespace is in `default`. A name that is unknown before the run must come from a namespace of this stack.
 */
export const objectsInOwnNamespace: StackRule = {
  id: "objects-in-own-namespace",
  title: "No object lies in the namespace default or the cluster's own",
  severity: "mandatory",
  targets: BOTH,
  references: {
    cisAks: ["4.6.1", "4.6.3"],
    azurePolicy: ["9f061a12-e40d-4183-a00e-171812443373"],
  },
  sees: "stack",
  check: (resources) => {
    const namespaces = namespacesIn(resources);
    return resources
      .filter(({ type }) => type.startsWith("kubernetes:") && !CLUSTER_WIDE.has(type))
      .flatMap((object) => {
        const namespace = at(object.inputs, "metadata.namespace");
        const isOwn =
          namespace === UNKNOWN
            ? comesFromSome(object, "metadata.namespace", namespaces)
            : typeof namespace === "string" && namespace !== "" && !SHARED.has(namespace);
        return isOwn
          ? []
          : violations(object, [fault("metadata.namespace", namespace, "a namespace of its own")]);
      });
  },
};
