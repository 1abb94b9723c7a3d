import * as pulumi from "@pulumi/pulumi";
import type { Traffic } from "../config/types";
import { dynamicProvider } from "./dynamicProvider";

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
 * The endpoint's traffic as a step of its own after all deployments: Azure refuses traffic for a deployment that is
 * not there yet, so it can never be part of the endpoint's creation.
 */
export class TrafficSplit extends pulumi.CustomResource {
  constructor(name: string, args: TrafficSplitArgs, opts: pulumi.CustomResourceOptions) {
    const type = "pulumi-nodejs:dynamic/mlscore:TrafficSplit";
    super(type, name, { ...args, __provider: dynamicProvider("trafficProvider") }, opts);
  }
}
