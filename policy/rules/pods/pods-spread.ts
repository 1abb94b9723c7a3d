import { PRODUCTION, type ResourceRule } from "../../rule";
import { fault, items, textAt } from "../../inputChecks";
import { WORKLOADS, checkPod } from "../../workloads";

/** All pods in one zone, or on one node, go with it. */
export const podsSpread: ResourceRule = {
  id: "pods-spread",
  title: "Pods are spread over zones",
  severity: "mandatory",
  targets: PRODUCTION,
  references: {
    azurePolicy: ["34c88cd4-5d72-4dbb-bf77-12c3cafe8791"],
  },
  sees: "resource",
  types: WORKLOADS,
  check: (resource) =>
    checkPod(resource, (pod) =>
      items(pod["topologySpreadConstraints"]).some(
        (constraint) => textAt(constraint, "topologyKey") === "topology.kubernetes.io/zone",
      )
        ? []
        : [
            fault(
              "topologySpreadConstraints",
              pod["topologySpreadConstraints"],
              "a list with topology.kubernetes.io/zone",
            ),
          ],
    ),
};
