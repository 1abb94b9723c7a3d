import * as pulumi from "@pulumi/pulumi";
import type { Traffic } from "../traffic/split";
import { dynamicProvider } from "./dynamicProvider";
import type { EndpointSettings } from "./trafficProvider";

export interface TrafficSplitArgs {
  readonly subscriptionId: pulumi.Input<string>;
  readonly resourceGroupName: pulumi.Input<string>;
  readonly workspaceName: pulumi.Input<string>;
  readonly endpointName: pulumi.Input<string>;
  /** Percent for every deployment of the endpoint, zeros too, summing to 0 or 100. */
  readonly traffic: Traffic;
  /** At most one deployment, 1 to 50 percent, without live traffic. */
  readonly mirrorTraffic: Traffic;
  /** What else of the endpoint can change: written with the split, so that no write ever leaves the split out. */
  readonly settings: EndpointSettings;
  /** Ids of the declared deployments by name: a deployment that is replaced loses its traffic first. */
  readonly deployments: Readonly<Record<string, pulumi.Input<string>>>;
}

/**
 * The endpoint's traffic, and whatever else of it can change, as a step of its own after all deployments: Azure refuses
 * traffic for a deployment that is not there yet, so it can never be part of the endpoint's creation, and a write of the
 * endpoint that leaves it out is taken to clear it (docs/decisions/0014).
 */
export class TrafficSplit extends pulumi.CustomResource {
  constructor(name: string, args: TrafficSplitArgs, opts?: pulumi.CustomResourceOptions) {
    const type = "pulumi-nodejs:dynamic/mlscore:TrafficSplit";
    super(type, name, { ...args, __provider: dynamicProvider("trafficProvider") }, opts);
  }
}
