import { BOTH, type ResourceRule } from "../../rule";
import { mustSay } from "../../inputChecks";
import { WORKLOADS, checkContainers } from "../../workloads";

/**
 * Without requests a node is filled beyond what it has; without a limit one container takes the memory of all others
 * on it.
 */
export const podsLimits: ResourceRule = {
  id: "pods-limits",
  title: "Containers ask for what they need and cannot take more",
  severity: "mandatory",
  targets: BOTH,
  references: {
    azurePolicy: ["e345eecc-fa47-480f-9e88-67dcc122b164", "03a4ecdb-0684-4039-be91-2762979e1bc8"],
  },
  sees: "resource",
  types: WORKLOADS,
  check: (resource) =>
    checkContainers(resource, (container) =>
      ["requests.cpu", "requests.memory", "limits.cpu", "limits.memory"].flatMap((path) =>
        mustSay(container, `resources.${path}`, "a quantity"),
      ),
    ),
};
