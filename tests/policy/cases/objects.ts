import { blaming, missing, needs, wrongly, type Case } from "../case";
import { add, all, set, unset, without } from "../graphs";

/** Kubernetes objects beside pods. */

const INTERNAL = "service.beta.kubernetes.io/azure-load-balancer-internal";
const DENIAL = "scoring-default-deny";
const NAMESPACE = "scoring-namespace";
const POD = "scoring-stable";
const SCALER = "scoring-autoscaler";
const BUDGET = "scoring-disruption-budget";
const SERVICE = "scoring-stable-service";
const GATEWAY = "scoring-gateway";

/** Labels and annotations have dots in their names, so they are set as a whole. */
function label(which: string, key: string, value: unknown) {
  return set(which, "metadata.labels", { [key]: value });
}

export const objects: Readonly<Record<string, Case>> = {
  "services-internal": {
    from: "production",
    breaks: [
      ...needs(SERVICE, "spec.type", "LoadBalancer", "NodePort"),
      wrongly("external addresses", set(SERVICE, "spec.externalIPs", ["203.0.113.1"]), SERVICE),
      wrongly(
        "a load balancer that says it is not internal",
        all(
          set(SERVICE, "spec.type", "LoadBalancer"),
          set(SERVICE, "metadata.annotations", { [INTERNAL]: "false" }),
        ),
        SERVICE,
      ),
    ],
  },
  "gateway-internal": {
    from: "production",
    breaks: [
      ...["false", true].map((value) =>
        wrongly(
          `annotation = ${JSON.stringify(value)}`,
          set(GATEWAY, "spec.infrastructure.annotations", { [INTERNAL]: value }),
          GATEWAY,
        ),
      ),
      ...needs(GATEWAY, "spec.infrastructure.annotations"),
    ],
  },
  "gateway-tls": {
    from: "production",
    given: all(
      set(GATEWAY, "spec.listeners.0.protocol", "HTTPS"),
      set(GATEWAY, "spec.listeners.0.tls.mode", "Terminate"),
    ),
    breaks: [
      ...needs(GATEWAY, "spec.listeners.0.protocol", "HTTP"),
      ...needs(GATEWAY, "spec.listeners.0.tls.mode", ""),
    ],
  },
  "objects-in-own-namespace": {
    from: "production",
    breaks: [
      ...needs(POD, "metadata.namespace", "default", "kube-system", ""),
      wrongly("a kind that nobody named", add("kubernetes:core/v1:ConfigMap", {}), "added"),
    ],
  },
  "namespaces-pod-security": {
    from: "production",
    breaks: [
      ...["baseline", "privileged", true].map((level) =>
        wrongly(
          `scoring: ${String(level)}`,
          label(NAMESPACE, "pod-security.kubernetes.io/enforce", level),
          NAMESPACE,
        ),
      ),
      wrongly(
        "gateway: privileged",
        label("scoring-gateway-namespace", "pod-security.kubernetes.io/enforce", "privileged"),
        "scoring-gateway-namespace",
      ),
      ...needs(NAMESPACE, "metadata.labels", {}).filter(({ what }) => what !== "metadata missing"),
    ],
  },
  "namespaces-default-deny": {
    from: "production",
    breaks: [
      missing("the policy missing", without(DENIAL), NAMESPACE),
      missing(
        "the gateway's missing",
        without("scoring-gateway-default-deny"),
        "scoring-gateway-namespace",
      ),
      ...blaming(NAMESPACE, [
        ...needs(DENIAL, "metadata.namespace", "another"),
        ...needs(DENIAL, "spec.podSelector", { matchLabels: { app: "x" } }),
        ...needs(DENIAL, "spec.policyTypes", ["Ingress"], ["Egress"]),
      ]),
      ...["ingress", "egress"].map((rules) =>
        wrongly(`allows ${rules}`, set(DENIAL, `spec.${rules}`, [{}]), NAMESPACE),
      ),
    ],
  },
  "workloads-disruption-budget": {
    from: "production",
    breaks: [
      missing("the budget missing", without(BUDGET), POD),
      ...blaming(POD, needs(BUDGET, "metadata.namespace", "another")),
      ...blaming(POD, needs(BUDGET, "spec.selector.matchLabels", { app: "x" }, {})),
      ...needs(BUDGET, "spec.maxUnavailable", 0, "0%", "0").filter(
        ({ what }) => what !== "spec missing",
      ),
    ],
  },
  "workloads-minimum-replicas": {
    from: "production",
    breaks: [
      missing("the autoscaler missing", without(SCALER), POD),
      ...needs(SCALER, "spec.minReplicas", 1).filter(({ what }) => what !== "spec missing"),
      ...blaming(POD, needs(SCALER, "spec.scaleTargetRef.name", "another")),
      ...blaming(POD, needs(SCALER, "metadata.namespace", "another")),
      wrongly("one pod by its own number", set(POD, "spec.replicas", 1), POD),
      wrongly(
        "a canary without pods",
        all(label(POD, "mlscore/track", "canary"), set(POD, "spec.replicas", 0)),
        POD,
      ),
      missing("the deployment's name missing", unset(POD, "metadata.name"), POD),
    ],
  },
};
