import { isIn, namespacesIn } from "../../namespaces";
import { ofType, violations } from "../../relations";
import { BOTH, type StackRule } from "../../rule";
import { at, entry, fault } from "../../inputChecks";
import { WORKLOADS } from "../../workloads";

const LABEL = "pod-security.kubernetes.io/enforce";

/**
 * Kubernetes' own guard, which stands where Azure Policy fails to answer. Namespaces whose pods this stack writes are
 * `restricted`; one whose pods a controller makes may be `baseline` (istio issue 56383).
 */
export const namespacesPodSecurity: StackRule = {
  id: "namespaces-pod-security",
  title: "Every namespace admits restricted pods only",
  severity: "mandatory",
  targets: BOTH,
  references: {
    cisAks: ["4.2.1", "4.2.2", "4.2.3", "4.2.4", "4.2.5"],
    other: ["Kubernetes, Pod Security Admission"],
  },
  sees: "stack",
  check: (resources) => {
    const workloads = ofType(resources, ...WORKLOADS);
    return namespacesIn(resources).flatMap((namespace) => {
      const level = entry(at(namespace.inputs, "metadata.labels"), LABEL);
      const hasPods = workloads.some((workload) => isIn(workload, namespace));
      const allowed = hasPods ? ["restricted"] : ["restricted", "baseline"];
      return allowed.some((one) => one === level)
        ? []
        : violations(namespace, [fault(`label ${LABEL}`, level, allowed.join(" or "))]);
    });
  },
};
