import { BOTH, type ResourceRule } from "../../rule";
import { mustBe } from "../../inputChecks";
import { WORKLOADS, checkPod } from "../../workloads";

const ACCOUNT = "kubernetes:core/v1:ServiceAccount";

/**
 * Kubernetes gives every pod a token unless it is told not to. Nothing here asks the API server for anything. The
 * token of workload identity is another one.
 */
export const podsNoApiToken: ResourceRule = {
  id: "pods-no-api-token",
  title: "Pods have no key to the API server",
  severity: "mandatory",
  targets: BOTH,
  references: {
    cisAks: ["4.1.6"],
    azurePolicy: ["423dd1ba-798e-40e4-9c4d-b6902674b423"],
  },
  sees: "resource",
  types: [...WORKLOADS, ACCOUNT],
  check: (resource) =>
    resource.type === ACCOUNT
      ? mustBe(resource.inputs, "automountServiceAccountToken", false)
      : checkPod(resource, (pod) => mustBe(pod, "automountServiceAccountToken", false)),
};
