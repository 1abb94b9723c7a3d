import { isSameId, ofType, refersTo, violations } from "../../relations";
import { BOTH, type StackRule } from "../../rule";
import { mustBe, textAt } from "../../inputChecks";

/** "Kubernetes cluster pod security restricted standards for Linux-based workloads". */
const INITIATIVE =
  "/providers/Microsoft.Authorization/policySetDefinitions/42b8ef37-b724-4e24-bbc8-7a7708edfe00";

/**
 * The rules on pods here see what this stack declares; whoever else gets into the cluster can make others. The
 * initiative on the cluster refuses those, and `Audit` would only count them.
 */
export const clusterRestrictedPods: StackRule = {
  id: "cluster-restricted-pods",
  title: "Azure Policy refuses pods that are not restricted",
  severity: "mandatory",
  targets: BOTH,
  references: {
    cisAks: ["4.2.1", "4.2.2", "4.2.3", "4.2.4", "4.2.5"],
    azurePolicy: ["42b8ef37-b724-4e24-bbc8-7a7708edfe00"],
  },
  sees: "stack",
  check: (resources) =>
    ofType(resources, "azure-native:containerservice:ManagedCluster").flatMap((cluster) => {
      const assignments = ofType(resources, "azure-native:authorization:PolicyAssignment").filter(
        (one) =>
          isSameId(textAt(one.inputs, "policyDefinitionId") ?? "", INITIATIVE) &&
          refersTo(one, "scope", cluster),
      );
      if (assignments.length === 0) {
        return violations(cluster, ["has no assignment of the initiative for restricted pods"]);
      }
      return assignments.flatMap((one) =>
        violations(one, [
          ...mustBe(one.inputs, "enforcementMode", "Default"),
          ...mustBe(one.inputs, "parameters.effect.value", "Deny", "deny"),
        ]),
      );
    }),
};
