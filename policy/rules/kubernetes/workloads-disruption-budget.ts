import { isBeside, namespacesIn } from "../../namespaces";
import { ofType, violations } from "../../relations";
import { PRODUCTION, type PolicyResource, type StackRule } from "../../rule";
import { at, entry, UNKNOWN } from "../../inputChecks";

/**
 * Upgrades empty nodes. Without a budget all pods of a release may go at once; with one that allows none, the node
 * never gets empty and AKS's upgrade fails.
 */
export const workloadsDisruptionBudget: StackRule = {
  id: "workloads-disruption-budget",
  title: "Every deployment has a disruption budget that lets some pods go",
  severity: "mandatory",
  targets: PRODUCTION,
  references: {
    azurePolicy: ["d9e8f2c1-4c5a-4f5c-8b5a-2abf1e9f7b4d"],
  },
  sees: "stack",
  check: (resources) => {
    const namespaces = namespacesIn(resources);
    const budgets = ofType(resources, "kubernetes:policy/v1:PodDisruptionBudget");
    return ofType(resources, "kubernetes:apps/v1:Deployment").flatMap((deployment) => {
      const own = budgets.filter(
        (budget) => isBeside(budget, deployment, namespaces) && selects(budget, deployment),
      );
      if (own.length === 0) return violations(deployment, ["has no PodDisruptionBudget"]);
      return own
        .filter((budget) => !letsGo(budget))
        .flatMap((budget) =>
          violations(budget, ["lets no pod go; set spec.maxUnavailable to 1 or more"]),
        );
    });
  },
};

function selects(budget: PolicyResource, deployment: PolicyResource): boolean {
  const wanted = at(budget.inputs, "spec.selector.matchLabels");
  if (typeof wanted !== "object" || wanted === null) return false;
  const labels = at(deployment.inputs, "spec.template.metadata.labels");
  const pairs = Object.entries(wanted);
  return pairs.length > 0 && pairs.every(([key, value]) => entry(labels, key) === value);
}

/** `minAvailable` is not taken: as a number it becomes a lock when the number of pods is made smaller. */
function letsGo({ inputs }: PolicyResource): boolean {
  const most = at(inputs, "spec.maxUnavailable");
  return most !== undefined && most !== UNKNOWN && most !== 0 && most !== "0" && most !== "0%";
}
