import { BOTH, type ResourceRule } from "../../rule";
import { fault } from "../../inputChecks";
import { WORKLOADS, checkContainers, inherited } from "../../workloads";

/** Root in a container is root on the node as soon as anything else fails. A container inherits what its pod says. */
export const podsNotRoot: ResourceRule = {
  id: "pods-not-root",
  title: "No container runs as root",
  severity: "mandatory",
  targets: BOTH,
  references: {
    cisAks: ["4.6.2"],
    azurePolicy: ["f06ddb64-5fa3-4b77-b166-acb36f7f6042"],
    other: ["Kubernetes, Pod Security Standards, restricted"],
  },
  sees: "resource",
  types: WORKLOADS,
  check: (resource) =>
    checkContainers(resource, (container, pod) => {
      const [nonRoot, user] = ["runAsNonRoot", "runAsUser"].map((key) =>
        inherited(container, pod, `securityContext.${key}`),
      );
      return [
        ...(nonRoot === true ? [] : [fault("securityContext.runAsNonRoot", nonRoot, "true")]),
        ...(typeof user === "number" && user > 0
          ? []
          : [fault("securityContext.runAsUser", user, "a user other than 0")]),
      ];
    }),
};
