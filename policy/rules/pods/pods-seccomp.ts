import { BOTH, type ResourceRule } from "../../rule";
import { fault } from "../../inputChecks";
import { WORKLOADS, checkContainers, inherited } from "../../workloads";

/** Without a profile every call of the kernel is open, also those that only exploits use. */
export const podsSeccomp: ResourceRule = {
  id: "pods-seccomp",
  title: "Containers keep to the runtime's list of system calls",
  severity: "mandatory",
  targets: BOTH,
  references: {
    cisAks: ["4.6.2"],
    azurePolicy: ["975ce327-682c-4f2e-aa46-b9598289b86c"],
    other: ["Kubernetes, Pod Security Standards, restricted"],
  },
  sees: "resource",
  types: WORKLOADS,
  check: (resource) =>
    checkContainers(resource, (container, pod) => {
      const type = inherited(container, pod, "securityContext.seccompProfile.type");
      return type === "RuntimeDefault" || type === "Localhost"
        ? []
        : [fault("securityContext.seccompProfile.type", type, '"RuntimeDefault" or "Localhost"')];
    }),
};
