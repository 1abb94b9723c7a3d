import type * as k8s from "@pulumi/kubernetes/types/input";
import type * as pulumi from "@pulumi/pulumi";
import { commonLabels, gatewayNamespaceName, names, podSelector, SCORING_PORT } from "./labels";
import { listenerOf } from "./gateway";
import { PROXY_METRICS } from "./gatewayMetrics";

/** Private addresses of RFC 1918. Cilium's address blocks match neither pods nor nodes, whatever their address. */
const PRIVATE_RANGES = ["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16"];

/** Addresses that are not the internet's: private, shared (RFC 6598) and link-local, where the host's metadata is. */
const NOT_INTERNET = [...PRIVATE_RANGES, "100.64.0.0/10", "169.254.0.0/16", "168.63.129.16/32"];

/** Where the control plane of the gateway's proxies runs (AKS, application routing with the Gateway API), and its port. */
const PROXY_CONTROL = { namespace: "aks-istio-system", port: 15012 } as const;

/** Readiness of the gateway's proxies, which the load balancer asks for. */
const PROXY_STATUS_PORT = 15021;

/** Label that a gateway's pods carry (Gateway API, GEP-1762). */
const GATEWAY_NAME = "gateway.networking.k8s.io/gateway-name";

type Policy = k8s.networking.v1.NetworkPolicy;
type Peer = k8s.networking.v1.NetworkPolicyPeer;

export interface ScoringPoliciesArgs {
  readonly endpointName: string;
  readonly namespace: pulumi.Input<string>;
  /** Whether the code uses the workload identity: then pods may reach Entra ID and private endpoints. */
  readonly usesAzure: boolean;
  /** CIDR of the private endpoints' subnet; missing where the network belongs to others, then any private address. */
  readonly privateEndpointsCidr?: string;
}

/** Nothing in and nothing out of the scoring pods but what is named. By logical suffix. */
export function scoringPolicies(args: ScoringPoliciesArgs): Record<string, Policy> {
  const { endpointName, namespace } = args;
  const policy = policyIn(endpointName, namespace);
  const pods = { matchLabels: podSelector(endpointName) };
  return {
    "default-deny": policy("default-deny", {
      podSelector: {},
      policyTypes: ["Ingress", "Egress"],
    }),
    "from-gateway": policy("from-gateway", {
      podSelector: pods,
      policyTypes: ["Ingress"],
      ingress: [
        {
          from: [podsOf(gatewayNamespaceName(endpointName), { [GATEWAY_NAME]: names.gateway })],
          ports: [tcp(SCORING_PORT)],
        },
      ],
    }),
    "to-dns": policy("to-dns", {
      podSelector: pods,
      policyTypes: ["Egress"],
      egress: [toDns()],
    }),
    ...(args.usesAzure
      ? {
          "to-azure": policy("to-azure", {
            podSelector: pods,
            policyTypes: ["Egress"],
            egress: [
              {
                to: (args.privateEndpointsCidr === undefined
                  ? PRIVATE_RANGES
                  : [args.privateEndpointsCidr]
                ).map((cidr) => ({ ipBlock: { cidr } })),
                ports: [tcp(443)],
              },
              // Entra ID has no private endpoint and its addresses change; a firewall in the hub can narrow this
              // to its name, a NetworkPolicy cannot.
              { to: [{ ipBlock: { cidr: "0.0.0.0/0", except: NOT_INTERNET } }], ports: [tcp(443)] },
            ],
          }),
        }
      : {}),
  };
}

/** The same for the gateway's pods: requests in; scoring pods, names and their control plane out. */
export function gatewayPolicies(
  endpointName: string,
  namespace: pulumi.Input<string>,
  isSecure: boolean,
): Record<string, Policy> {
  const policy = policyIn(endpointName, namespace);
  const pods = { matchLabels: { [GATEWAY_NAME]: names.gateway } };
  return {
    "gateway-default-deny": policy("default-deny", {
      podSelector: {},
      policyTypes: ["Ingress", "Egress"],
    }),
    "gateway-traffic": policy("gateway", {
      podSelector: pods,
      policyTypes: ["Ingress", "Egress"],
      // From anywhere: requests come with a node's address, which no block matches. The load balancer is internal.
      ingress: [
        { ports: [tcp(listenerOf(isSecure).port), tcp(PROXY_STATUS_PORT)] },
        { from: [podsOf("kube-system")], ports: [tcp(PROXY_METRICS.port)] },
      ],
      egress: [
        { to: [podsOf(endpointName, podSelector(endpointName))], ports: [tcp(SCORING_PORT)] },
        { to: [podsOf(PROXY_CONTROL.namespace)], ports: [tcp(PROXY_CONTROL.port)] },
        toDns(),
      ],
    }),
  };
}

function policyIn(endpointName: string, namespace: pulumi.Input<string>) {
  return (name: string, spec: k8s.networking.v1.NetworkPolicySpec): Policy => ({
    metadata: { name, namespace, labels: commonLabels(endpointName) },
    spec,
  });
}

function toDns(): k8s.networking.v1.NetworkPolicyEgressRule {
  return {
    to: [podsOf("kube-system", { "k8s-app": "kube-dns" })],
    ports: [{ protocol: "UDP", port: 53 }, tcp(53)],
  };
}

function podsOf(namespace: string, matchLabels?: Record<string, string>): Peer {
  return {
    namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": namespace } },
    ...(matchLabels === undefined ? {} : { podSelector: { matchLabels } }),
  };
}

function tcp(port: number): k8s.networking.v1.NetworkPolicyPort {
  return { protocol: "TCP", port };
}
