import { at, entry, problem, items, mustBe, UNKNOWN } from "../inputChecks";
import { comesFromSome, isInNamespace, namespacesIn, ofType, violations } from "../relations";
import { type PolicyResource, type RuleDefinition } from "../rule";
import { WORKLOADS } from "../podChecks";

const GATEWAY = "kubernetes:gateway.networking.k8s.io/v1:Gateway";

const INTERNAL = "service.beta.kubernetes.io/azure-load-balancer-internal";

const LABEL = "pod-security.kubernetes.io/enforce";

/** Shared namespaces and those of the cluster itself. */
const SHARED = new Set(["default", "kube-node-lease", "kube-public", "kube-system"]);

/** The one object of a system namespace that says what the cluster's agent of managed Prometheus collects. */
const SCRAPING = { type: "kubernetes:core/v1:ConfigMap", name: "ama-metrics-prometheus-config" };

const CLUSTER_WIDE = new Set(["kubernetes:core/v1:Namespace"]);

export const kubernetesRules: readonly RuleDefinition[] = [
  // The controller creates the gateway's service and copies these annotations to it; without the annotation, AKS
  // assigns a public address.
  {
    id: "gateway-internal",
    title: "The gateway uses an internal load balancer",
    references: {
      azurePolicy: ["3fc4dc25-5baf-40d8-9b05-7fe74c1bc64e"],
      other: ['AKS, "Use an internal load balancer"'],
    },
    types: [GATEWAY],
    checkResource: ({ inputs }) => {
      const value = entry(at(inputs, "spec.infrastructure.annotations"), INTERNAL);
      return value === "true"
        ? []
        : [problem(`spec.infrastructure.annotations["${INTERNAL}"]`, value, '"true"')];
    },
  },
  // Without TLS, requests and predictions can be read on the network. Advisory: the certificate is imported into the
  // vault by hand after the stack is created, and until then the settings may choose plain HTTP (`plainHttp: true`,
  // docs/configuration.md).
  {
    id: "gateway-tls",
    title: "The gateway accepts requests over TLS only",
    severity: "advisory",
    references: { cisAks: ["5.4.5"], azurePolicy: ["1a5b4dca-0b6f-4cf5-907c-56316bc1bf3d"] },
    types: [GATEWAY],
    checkResource: ({ inputs }) => {
      const listeners = items(at(inputs, "spec.listeners"));
      if (listeners.length === 0) {
        return [problem("spec.listeners", at(inputs, "spec.listeners"), "a list of listeners")];
      }
      return listeners.flatMap((listener) => [
        ...mustBe(listener, "protocol", "HTTPS", "TLS"),
        ...mustBe(listener, "tls.mode", "Terminate", "Passthrough"),
      ]);
    },
  },
  // Kubernetes lets every pod reach every other pod and the internet until a policy selects it. With a policy that
  // selects all pods, for both directions, and allows nothing, every other policy is an explicit exception.
  {
    id: "namespaces-default-deny",
    title: "Every namespace denies all traffic by default",
    references: {
      cisAks: ["4.4.2", "5.4.4"],
      other: ["Kubernetes, Network Policies, default policies"],
    },
    checkStack: (resources) => {
      const denials = ofType(resources, "kubernetes:networking.k8s.io/v1:NetworkPolicy").filter(
        deniesAll,
      );
      return namespacesIn(resources)
        .filter((namespace) => !denials.some((denial) => isInNamespace(denial, namespace)))
        .flatMap((namespace) =>
          violations(namespace, ["has no NetworkPolicy that denies all traffic in and out"]),
        );
    },
  },
  // This is Kubernetes' own admission control, which still works when Azure Policy does not respond. Namespaces whose
  // pods this stack declares are `restricted`; a namespace whose pods a controller creates may be `baseline` (istio
  // issue 56383).
  {
    id: "namespaces-pod-security",
    title: "Every namespace admits restricted pods only",
    references: {
      cisAks: ["4.2.1", "4.2.2", "4.2.3", "4.2.4", "4.2.5"],
      other: ["Kubernetes, Pod Security Admission"],
    },
    checkStack: (resources) => {
      const workloads = ofType(resources, ...WORKLOADS);
      return namespacesIn(resources).flatMap((namespace) => {
        const level = entry(at(namespace.inputs, "metadata.labels"), LABEL);
        const hasPods = workloads.some((workload) => isInNamespace(workload, namespace));
        const allowed = hasPods ? ["restricted"] : ["restricted", "baseline"];
        return allowed.some((one) => one === level)
          ? []
          : violations(namespace, [problem(`label ${LABEL}`, level, allowed.join(" or "))]);
      });
    },
  },
  // Quotas, policies and rights apply to a namespace; `default` has none, and anyone's objects can be in it. An
  // object without a namespace is in `default`. A name that is unknown before the run must come from a namespace of
  // this stack.
  {
    id: "objects-in-own-namespace",
    title: "No object is in the default or a system namespace",
    references: {
      cisAks: ["4.6.1", "4.6.3"],
      azurePolicy: ["9f061a12-e40d-4183-a00e-171812443373"],
    },
    checkStack: (resources) => {
      const namespaces = namespacesIn(resources);
      return resources
        .filter(({ type }) => type.startsWith("kubernetes:") && !CLUSTER_WIDE.has(type))
        .filter((object) => !isScraping(object))
        .flatMap((object) => {
          const namespace = at(object.inputs, "metadata.namespace");
          const isOwn =
            namespace === UNKNOWN
              ? comesFromSome(object, "metadata.namespace", namespaces)
              : typeof namespace === "string" && namespace !== "" && !SHARED.has(namespace);
          return isOwn
            ? []
            : violations(object, [
                problem("metadata.namespace", namespace, "a namespace of its own"),
              ]);
        });
    },
  },
  // A service of type LoadBalancer gets a public address unless an annotation prevents it; NodePort opens a port on
  // every node; external IPs can intercept traffic of others.
  {
    id: "services-internal",
    title: "No service is reachable from outside the cluster's network",
    references: {
      azurePolicy: ["3fc4dc25-5baf-40d8-9b05-7fe74c1bc64e", "d46c275d-1680-448d-b2ec-e495a3b6cc89"],
      other: ['AKS, "Use an internal load balancer"'],
    },
    types: ["kubernetes:core/v1:Service"],
    checkResource: ({ inputs }) => {
      const isInternal = entry(at(inputs, "metadata.annotations"), INTERNAL) === "true";
      return [
        ...(isInternal
          ? mustBe(inputs, "spec.type", "ClusterIP", "LoadBalancer")
          : mustBe(inputs, "spec.type", "ClusterIP")),
        ...(at(inputs, "spec.externalIPs") === undefined
          ? []
          : [problem("spec.externalIPs", at(inputs, "spec.externalIPs"), "left out")]),
      ];
    },
  },
];

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

function isScraping({ type, inputs }: PolicyResource): boolean {
  const [name, namespace] = [at(inputs, "metadata.name"), at(inputs, "metadata.namespace")];
  return type === SCRAPING.type && name === SCRAPING.name && namespace === "kube-system";
}
