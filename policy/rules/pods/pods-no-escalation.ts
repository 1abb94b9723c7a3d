import { BOTH, type ResourceRule } from "../../rule";
import { mustBe } from "../../inputChecks";
import { WORKLOADS, checkContainers } from "../../workloads";

/** Kubernetes allows it unless it is told not to: a program with the setuid bit is enough. */
export const podsNoEscalation: ResourceRule = {
  id: "pods-no-escalation",
  title: "No container can gain rights that it did not start with",
  severity: "mandatory",
  targets: BOTH,
  references: {
    cisAks: ["4.2.5"],
    azurePolicy: ["1c6e92c9-99f0-4e55-9cf2-0c234dc48f99"],
    other: ["Kubernetes, Pod Security Standards, restricted"],
  },
  sees: "resource",
  types: WORKLOADS,
  check: (resource) =>
    checkContainers(resource, (container) =>
      mustBe(container, "securityContext.allowPrivilegeEscalation", false),
    ),
};
