import { documented, type Assumption } from "./assumption";

const REAL_SERVER = "tests/cluster/manifests.test.ts, on a real API server";

/** A Kubernetes API server; all of it is proved on a real one wherever a test has it. */
export const kubernetes = {
  "kubernetes-object-names": {
    statement:
      "Names of objects are RFC 1123 subdomains or labels, those of services RFC 1035 labels.",
    evidence: documented("Kubernetes documentation, Object Names and IDs"),
    check: REAL_SERVER,
  },
  "kubernetes-labels": {
    statement:
      "Labels have qualified names and values of at most 63 characters; annotations have qualified names.",
    evidence: documented("Kubernetes documentation, Labels and Selectors; Annotations"),
    check: REAL_SERVER,
  },
  "kubernetes-selector": {
    statement: "A workload's selector matches the labels of its pods.",
    evidence: documented("Kubernetes documentation, Deployments, Selector"),
    check: REAL_SERVER,
  },
  "kubernetes-namespaces": {
    statement:
      "Objects are created in namespaces that exist, go with them, and default, kube-system, kube-public and kube-node-lease always exist.",
    evidence: documented("Kubernetes documentation, Namespaces"),
    check: REAL_SERVER,
  },
  "kubernetes-exists-already": {
    statement:
      "Creating an object that exists is refused with AlreadyExists, changing one that does not with NotFound.",
    evidence: documented("Kubernetes API conventions, HTTP Status codes"),
    check: REAL_SERVER,
  },
  "kubernetes-immutable-fields": {
    statement:
      "A deployment's selector, and every object's name and namespace, cannot change (Invalid).",
    evidence: documented("Kubernetes documentation, Deployments, Label selector updates"),
    check: REAL_SERVER,
  },
} as const satisfies Readonly<Record<string, Assumption>>;
