import * as pulumi from "@pulumi/pulumi";
import { dynamicProvider } from "./dynamicProvider";

export interface GatewayApiArgs {
  readonly subscriptionId: pulumi.Input<string>;
  readonly resourceGroupName: pulumi.Input<string>;
  readonly clusterName: pulumi.Input<string>;
  /**
   * ETag that the last write of the cluster gave, unknown in the preview of one. The cluster is written with an API
   * version that does not know the Gateway API, so after each such write the setting is asserted again, whatever it was
   * for: a change of the settings, or one from outside that is undone.
   */
  readonly clusterEtag: pulumi.Input<string>;
}

/**
 * The cluster's managed Gateway API and its implementation by application routing, GatewayClass `approuting-istio`
 * (AKS documentation, application routing with the Kubernetes Gateway API).
 *
 * A step of its own because azure-native 3.28 writes clusters with API version 2025-09-01, which has no property for
 * it. It reads the live cluster, changes only this, and writes it back, as `az aks update --enable-app-routing-istio`
 * does.
 */
export class GatewayApi extends pulumi.CustomResource {
  constructor(name: string, args: GatewayApiArgs, opts: pulumi.CustomResourceOptions) {
    const type = "pulumi-nodejs:dynamic/mlscore:GatewayApi";
    super(type, name, { ...args, __provider: dynamicProvider("gatewayApiProvider") }, opts);
  }
}
