import * as apiextensions from "@pulumi/kubernetes/apiextensions";
import * as core from "@pulumi/kubernetes/core/v1";
import type * as pulumi from "@pulumi/pulumi";
import { gatewayBody, routeBody } from "./scoring/gateway";
import { gatewayScrapingBody } from "./scoring/gatewayMetrics";
import { gatewayNamespaceName, names } from "./scoring/labels";
import { serviceAccountBody } from "./scoring/namespace";
import { gatewayPolicies } from "./scoring/networkPolicies";
import {
  networkPolicies,
  readerRole,
  scoringNamespace,
  type NamespaceArgs,
} from "./scoringNamespace";

export interface ScoringGatewayArgs extends NamespaceArgs {
  readonly hostname: string;
  /** Subnet of the gateway's address, in the cluster's network; missing: the nodes' subnet. */
  readonly gatewaySubnetName?: string;
  /** Certificate that the gateway shows; missing: it takes plain HTTP. */
  readonly certificate?: {
    /** `https://<vault>/certificates/<name>`, without a version. */
    readonly uri: pulumi.Input<string>;
    /** Client id of the identity that reads it, for the gateway's service account. */
    readonly identityClientId: pulumi.Input<string>;
  };
}

/** Where the gateway sends the requests. */
export interface ScoringRoute {
  /** Namespace of the services. */
  readonly namespace: pulumi.Output<string>;
  readonly requestTimeoutMs: number;
  /** Percent of the requests for the canary; missing: there is none. */
  readonly canaryWeight?: number;
}

interface ScoringGatewayOptions {
  readonly parent: pulumi.Resource;
  /** What has to be there before an object of the Gateway API can be. */
  readonly kinds: readonly pulumi.Resource[];
  /** What has to be there before requests are routed to it. */
  readonly services: readonly pulumi.Resource[];
}

/** The gateway in a namespace of its own, and the route from it to the services. */
export function scoringGateway(
  name: string,
  args: ScoringGatewayArgs,
  route: ScoringRoute,
  { parent, kinds, services }: ScoringGatewayOptions,
): void {
  const { endpointName, hostname, gatewaySubnetName, certificate } = args;
  const isSecure = certificate !== undefined;
  const physicalName = gatewayNamespaceName(endpointName);
  const namespace = scoringNamespace(name, physicalName, "baseline", args, parent);
  readerRole(`${name}-gateway`, namespace, args, parent);
  new core.ConfigMap(`${name}-gateway-metrics`, gatewayScrapingBody(endpointName), { parent });
  const policies = gatewayPolicies(endpointName, namespace, isSecure);
  const before = networkPolicies(name, policies, parent);
  if (isSecure) {
    before.push(
      new core.ServiceAccount(
        `${name}-gateway-service-account`,
        serviceAccountBody(
          names.gatewayServiceAccount,
          endpointName,
          namespace,
          certificate.identityClientId,
        ),
        { parent },
      ),
    );
  }
  const gateway = new apiextensions.CustomResource(
    `${name}-gateway`,
    gatewayBody({
      endpointName,
      namespace,
      hostname,
      ...(gatewaySubnetName === undefined ? {} : { subnetName: gatewaySubnetName }),
      ...(isSecure ? { certificateUri: certificate.uri } : {}),
    }),
    { parent, dependsOn: [...kinds, ...before] },
  );
  new apiextensions.CustomResource(
    `${name}-route`,
    routeBody({ ...route, endpointName, gatewayNamespace: namespace, hostname, isSecure }),
    { parent, dependsOn: [gateway, ...services] },
  );
}
