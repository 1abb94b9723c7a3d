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
 * The endpoint's traffic as a step of its own after all deployments: Azure refuses traffic for a deployment that is
 * not there yet, so it can never be part of the endpoint's creation.
 *
 * Not written to Azure yet: on the real engine `create` and `update` stop with the command that does it by hand.
 */
export class TrafficSplit extends pulumi.dynamic.Resource {
  constructor(name: string, args: TrafficSplitArgs, opts: pulumi.CustomResourceOptions) {
    super(provider, name, args, opts, "mlscore", "TrafficSplit");
  }
}

interface ResolvedArgs {
  readonly resourceGroupName: string;
  readonly workspaceName: string;
  readonly endpointName: string;
  readonly traffic: Traffic;
}

const provider: pulumi.dynamic.ResourceProvider<ResolvedArgs, ResolvedArgs> = {
  create: (inputs) => Promise.reject(new Error(byHand(inputs))),
  update: (_id, _olds, news) => Promise.reject(new Error(byHand(news))),
};

function byHand(args: ResolvedArgs): string {
  const split = Object.entries(args.traffic)
    .map(([name, percent]) => `${name}=${String(percent)}`)
    .join(" ");
  return (
    "Endpoint and deployments are up, but this version does not write their traffic yet. Set it with: " +
    `az ml online-endpoint update --resource-group ${args.resourceGroupName} ` +
    `--workspace-name ${args.workspaceName} --name ${args.endpointName} --traffic "${split}"`
  );
}
