import type * as k8s from "@pulumi/kubernetes/types/input";
import type * as pulumi from "@pulumi/pulumi";
import { commonLabels, names, podSelector, SCORING_PORT, trackName, type Track } from "./labels";

/** Class of application routing's gateways (AKS, application routing with the Gateway API). */
const GATEWAY_CLASS = "approuting-istio";

/** Port of the services behind the gateway. */
const SERVICE_PORT = 80;

/** How the gateway takes requests: with a certificate over TLS only, without one in plain text. */
const LISTENERS = {
  tls: { name: "https", protocol: "HTTPS", port: 443 },
  plain: { name: "http", protocol: "HTTP", port: 80 },
} as const;

/** The gateway's listener; its pods listen on the same port. */
export function listenerOf(isSecure: boolean) {
  return isSecure ? LISTENERS.tls : LISTENERS.plain;
}

const API_VERSION = "gateway.networking.k8s.io/v1";

/** What callers see, as behind a managed online endpoint; the server's health is the cluster's business. */
const PATHS = ["/score", "/swagger.json"];

export interface GatewayArgs {
  readonly endpointName: string;
  /** Namespace of the gateway and its pods. */
  readonly namespace: pulumi.Input<string>;
  readonly hostname: string;
  /** Subnet of the load balancer's address; missing: the nodes' subnet. */
  readonly subnetName?: string;
  /** Address of a certificate in a vault, without a version, so that a renewed one is taken by itself. */
  readonly certificateUri?: pulumi.Input<string>;
}

/**
 * The way in: a gateway on an internal load balancer, for the routes of the scoring namespace only. Its certificate is
 * brought from the vault by application routing's operator, with the identity of the service account that the listener
 * names (AKS, "Configure Azure DNS and TLS with the application routing Gateway API implementation").
 */
export function gatewayBody(args: GatewayArgs) {
  return {
    apiVersion: API_VERSION,
    kind: "Gateway",
    metadata: {
      name: names.gateway,
      namespace: args.namespace,
      labels: commonLabels(args.endpointName),
      // Pulumi takes it for made when it has an address and takes requests.
      annotations: { "pulumi.com/waitFor": "condition=Programmed" },
    },
    spec: {
      gatewayClassName: GATEWAY_CLASS,
      infrastructure: {
        // Passed on to the Service that the controller makes (AKS, internal load balancer).
        annotations: {
          "service.beta.kubernetes.io/azure-load-balancer-internal": "true",
          ...(args.subnetName === undefined
            ? {}
            : {
                "service.beta.kubernetes.io/azure-load-balancer-internal-subnet": args.subnetName,
              }),
        },
      },
      listeners: [
        {
          ...listenerOf(args.certificateUri !== undefined),
          hostname: args.hostname,
          ...(args.certificateUri === undefined
            ? {}
            : {
                tls: {
                  mode: "Terminate",
                  options: {
                    "kubernetes.azure.com/tls-cert-keyvault-uri": args.certificateUri,
                    "kubernetes.azure.com/tls-cert-service-account": names.gatewayServiceAccount,
                  },
                },
              }),
          allowedRoutes: {
            namespaces: {
              from: "Selector",
              selector: { matchLabels: { "kubernetes.io/metadata.name": args.endpointName } },
            },
          },
        },
      ],
    },
  };
}

export interface RouteArgs {
  readonly endpointName: string;
  readonly namespace: pulumi.Input<string>;
  readonly gatewayNamespace: pulumi.Input<string>;
  readonly hostname: string;
  /** Whether the gateway has a certificate. */
  readonly isSecure: boolean;
  /** Percent of the requests for the canary; missing: there is none. */
  readonly canaryWeight?: number;
  readonly requestTimeoutMs: number;
}

/** Divides the host's requests between the tracks, each within the deployment's time limit. */
export function routeBody(args: RouteArgs) {
  const { canaryWeight } = args;
  const backend = (track: Track, weight: number) => ({
    name: trackName(track),
    port: SERVICE_PORT,
    weight,
  });
  return {
    apiVersion: API_VERSION,
    kind: "HTTPRoute",
    metadata: {
      name: names.route,
      namespace: args.namespace,
      labels: commonLabels(args.endpointName),
    },
    spec: {
      parentRefs: [
        {
          name: names.gateway,
          namespace: args.gatewayNamespace,
          sectionName: listenerOf(args.isSecure).name,
        },
      ],
      hostnames: [args.hostname],
      rules: [
        {
          matches: PATHS.map((value) => ({ path: { type: "Exact", value } })),
          timeouts: { request: gatewayDuration(args.requestTimeoutMs) },
          backendRefs: [
            backend("stable", 100 - (canaryWeight ?? 0)),
            ...(canaryWeight === undefined ? [] : [backend("canary", canaryWeight)]),
          ],
        },
      ],
    },
  };
}

/** Address of one track inside the cluster. */
export function serviceBody(
  endpointName: string,
  namespace: pulumi.Input<string>,
  track: Track,
): k8s.core.v1.Service {
  return {
    metadata: { name: trackName(track), namespace, labels: commonLabels(endpointName) },
    spec: {
      type: "ClusterIP",
      selector: podSelector(endpointName, track),
      ports: [
        {
          name: "http",
          protocol: "TCP",
          appProtocol: "http",
          port: SERVICE_PORT,
          targetPort: SCORING_PORT,
        },
      ],
    },
  };
}

/**
 * A duration of the Gateway API (GEP-2257): up to four parts of at most five digits, so 180000 ms is `180s` and
 * 1500 ms `1s500ms`.
 * @param milliseconds a whole number, above zero
 */
export function gatewayDuration(milliseconds: number): string {
  const seconds = Math.floor(milliseconds / 1000);
  const rest = milliseconds % 1000;
  return `${seconds > 0 ? `${seconds}s` : ""}${rest > 0 ? `${rest}ms` : ""}`;
}
