import { BOTH, type ResourceRule } from "../../rule";
import { fault, textAt } from "../../inputChecks";
import { WORKLOADS, checkPod } from "../../workloads";

/** The account `default` is everybody's in the namespace: a right given to it is given to all. */
export const podsOwnAccount: ResourceRule = {
  id: "pods-own-account",
  title: "Pods have an account of their own",
  severity: "mandatory",
  targets: BOTH,
  references: {
    cisAks: ["4.1.5", "5.2.1"],
  },
  sees: "resource",
  types: WORKLOADS,
  check: (resource) =>
    checkPod(resource, (pod) => {
      const account = textAt(pod, "serviceAccountName");
      return account !== undefined && account !== "" && account !== "default"
        ? []
        : [fault("serviceAccountName", pod["serviceAccountName"], "an account of its own")];
    }),
};
