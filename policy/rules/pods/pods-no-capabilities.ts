import { BOTH, type ResourceRule } from "../../rule";
import { at, fault, items } from "../../inputChecks";
import { WORKLOADS, checkContainers } from "../../workloads";

/** A server on a port above 1024 needs none of the rights that Linux splits root into. None is given back. */
export const podsNoCapabilities: ResourceRule = {
  id: "pods-no-capabilities",
  title: "Containers give up every capability",
  severity: "mandatory",
  targets: BOTH,
  references: {
    cisAks: ["4.6.2"],
    azurePolicy: ["c26596ff-4d70-4e6a-9a30-c2506bd2f80c"],
    other: ["Kubernetes, Pod Security Standards, restricted"],
  },
  sees: "resource",
  types: WORKLOADS,
  check: (resource) =>
    checkContainers(resource, (container) => {
      const drop = at(container, "securityContext.capabilities.drop");
      const add = at(container, "securityContext.capabilities.add");
      return [
        ...(items(drop).includes("ALL")
          ? []
          : [fault("securityContext.capabilities.drop", drop, '["ALL"]')]),
        ...(add === undefined || (Array.isArray(add) && add.length === 0)
          ? []
          : [fault("securityContext.capabilities.add", add, "left out")]),
      ];
    }),
};
