import * as pulumi from "@pulumi/pulumi";
import type { Traffic } from "../config/types";

export interface TrafficSplitArgs {
  readonly subscriptionId: pulumi.Input<string>;
  readonly resourceGroupName: pulumi.Input<string>;
  readonly workspaceName: pulumi.Input<string>;
  readonly endpointName: pulumi.Input<string>;
  /** Percent for every deployment of the endpoint, zeros too, summing to 0 or 100. */
  readonly traffic: Traffic;
  /** At most one deployment, 1 to 50 percent, without live traffic. */
  readonly mirrorTraffic: Traffic;
}

/**
 * The provider's code as Pulumi's dynamic-provider host gets it: where to load it from, not the code itself.
 *
 * Serialised code would be part of the resource's identity: any edit to it would replace the split, that is set the
 * traffic to zero for a moment, and whatever it captured would lie in the state (pulumi/pulumi issue 8265).
 */
export const TRAFFIC_PROVIDER = `exports.handler = () =>
  require("tsx/cjs/api").require("./components/trafficProvider.ts", process.cwd() + "/index.ts").trafficProvider;`;

/**
 * The endpoint's traffic as a step of its own after all deployments: Azure refuses traffic for a deployment that is
 * not there yet, so it can never be part of the endpoint's creation.
 */
export class TrafficSplit extends pulumi.CustomResource {
  constructor(name: string, args: TrafficSplitArgs, opts: pulumi.CustomResourceOptions) {
    const type = "pulumi-nodejs:dynamic/mlscore:TrafficSplit";
    super(type, name, { ...args, __provider: TRAFFIC_PROVIDER }, opts);
  }
}
