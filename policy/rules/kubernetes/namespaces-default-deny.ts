import { isIn, namespacesIn } from "../../namespaces";
import { ofType, violations } from "../../relations";
import { BOTH, type PolicyResource, type StackRule } from "../../rule";
import { at, items, UNKNOWN } from "../../inputChecks";

/**
 * Kubernetes lets every pod talk to every other and to the internet until a policy selects it. A policy that selects
 * all pods, for both directions, and allows nothing, makes every other one an exception that somebody wrote.
 */
export const namespacesDefaultDeny: StackRule = {
  id: "namespaces-default-deny",
  title: "Every namespace lets nothing in or out by default",
  severity: "mandatory",
  targets: BOTH,
  references: {
    cisAks: ["4.4.2", "5.4.4"],
    other: ["Kubernetes, Network Policies, default policies"],
  },
  sees: "stack",
  check: (resources) => {
    const denials = ofType(resources, "kubernetes:networking.k8s.io/v1:NetworkPolicy").filter(
      deniesAll,
    );
    return namespacesIn(resources)
      .filter((namespace) => !denials.some((denial) => isIn(denial, namespace)))
      .flatMap((namespace) =>
        violations(namespace, ["has no NetworkPolicy that denies all traffic in and out"]),
      );
  },
};

function deniesAll({ inputs }: PolicyResource): boolean {
  const selector = at(inputs, "spec.podSelector");
  const types = items(at(inputs, "spec.policyTypes"));
  return (
    selector !== UNKNOWN &&
    typeof selector === "object" &&
    selector !== null &&
    Object.keys(selector).length === 0 &&
    ["Ingress", "Egress"].every((type) => types.includes(type)) &&
    ["ingress", "egress"].every((rules) => at(inputs, `spec.${rules}`) === undefined)
  );
}
