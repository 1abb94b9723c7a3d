import { BOTH, type ResourceRule } from "../../rule";
import { mayOnlyBe } from "../../inputChecks";
import { WORKLOADS, checkContainers } from "../../workloads";

/** A privileged container is the node. Left out, it is false. */
export const podsNotPrivileged: ResourceRule = {
  id: "pods-not-privileged",
  title: "No container is privileged",
  severity: "mandatory",
  targets: BOTH,
  references: {
    cisAks: ["4.2.1"],
    azurePolicy: ["95edb821-ddaf-4404-9732-666045e056b4"],
    other: ["Kubernetes, Pod Security Standards, baseline"],
  },
  sees: "resource",
  types: WORKLOADS,
  check: (resource) =>
    checkContainers(resource, (container) =>
      mayOnlyBe(container, "securityContext.privileged", false),
    ),
};
