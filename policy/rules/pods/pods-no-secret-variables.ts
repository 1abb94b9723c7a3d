import { BOTH, type ResourceRule } from "../../rule";
import { at, items, textAt } from "../../inputChecks";
import { WORKLOADS, checkContainers } from "../../workloads";

/**
 * Variables are shown with the pod, passed on to children and written into crash reports. Secrets come as files, or
 * better not at all.
 */
export const podsNoSecretVariables: ResourceRule = {
  id: "pods-no-secret-variables",
  title: "No secret is an environment variable",
  severity: "mandatory",
  targets: BOTH,
  references: {
    cisAks: ["4.5.1"],
  },
  sees: "resource",
  types: WORKLOADS,
  check: (resource) =>
    checkContainers(resource, (container) => [
      ...items(container["env"]).flatMap((variable) =>
        at(variable, "valueFrom.secretKeyRef") === undefined
          ? []
          : [`variable ${textAt(variable, "name") ?? ""} is taken from a secret`],
      ),
      ...items(container["envFrom"]).flatMap((source) =>
        at(source, "secretRef") === undefined ? [] : ["variables are taken from a secret"],
      ),
    ]),
};
