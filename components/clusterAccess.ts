import * as kubernetes from "@pulumi/kubernetes/provider";
import type * as pulumi from "@pulumi/pulumi";

export interface ClusterAccessArgs {
  /** Names a program that gets a token for whoever runs this (kubelogin); it holds no secret. */
  readonly kubeconfig: pulumi.Input<string>;
  /** ARM id of the cluster. */
  readonly clusterId: pulumi.Input<string>;
}

/**
 * Pulumi's way into a cluster. The cluster's id says which cluster it is; without it Pulumi compares kubeconfigs, and a
 * new address or proxy of the same API server would replace everything in the cluster (pulumi-kubernetes issue 4019).
 * Objects are applied on the server, so a field that somebody else has taken is an error and not undone.
 */
export function clusterAccess(
  name: string,
  { kubeconfig, clusterId }: ClusterAccessArgs,
  opts: pulumi.ResourceOptions,
): kubernetes.Provider {
  return new kubernetes.Provider(
    name,
    { kubeconfig, clusterIdentifier: clusterId, enableServerSideApply: true },
    opts,
  );
}
