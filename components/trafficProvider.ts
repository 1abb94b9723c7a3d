import type * as pulumi from "@pulumi/pulumi";
import type { Traffic } from "../config/types";

/** Inputs of a TrafficSplit once all outputs are known. */
export interface TrafficInputs {
  readonly subscriptionId: string;
  readonly resourceGroupName: string;
  readonly workspaceName: string;
  readonly endpointName: string;
  readonly traffic: Traffic;
  readonly mirrorTraffic: Traffic;
}

/**
 * What the engine calls for a TrafficSplit. It does not write to Azure yet: `create` and `update` stop with the
 * command that does it by hand, and deleting leaves the live split as it is.
 */
export const provider: pulumi.dynamic.ResourceProvider<TrafficInputs, TrafficInputs> = {
  create: (inputs) => Promise.reject(new Error(commandByHand(inputs))),
  update: (_id, _olds, news) => Promise.reject(new Error(commandByHand(news))),
};

export function commandByHand(inputs: TrafficInputs): string {
  const split = (traffic: Traffic) =>
    Object.entries(traffic)
      .map(([name, percent]) => `${name}=${String(percent)}`)
      .join(" ");
  const mirror =
    Object.keys(inputs.mirrorTraffic).length > 0
      ? ` --mirror-traffic "${split(inputs.mirrorTraffic)}"`
      : "";
  return (
    "Endpoint and deployments are up, but this version does not write their traffic yet. Set it with: " +
    `az ml online-endpoint update --subscription ${inputs.subscriptionId} ` +
    `--resource-group ${inputs.resourceGroupName} --workspace-name ${inputs.workspaceName} ` +
    `--name ${inputs.endpointName} --traffic "${split(inputs.traffic)}"${mirror}`
  );
}
