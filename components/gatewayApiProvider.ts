import type { ContainerServiceClient, ManagedCluster } from "@azure/arm-containerservice";
import type * as pulumi from "@pulumi/pulumi";
import { backOff } from "exponential-backoff";
import { azureCredential } from "../azure/credential";

/** Inputs of a GatewayApi once all outputs are known. */
export interface GatewayApiInputs {
  readonly subscriptionId: string;
  readonly resourceGroupName: string;
  readonly clusterName: string;
  readonly clusterEtag: string;
}

/**
 * What Azure knows of it: present in the state, compared on refresh. A refresh takes the cluster's present ETag, as it does
 * for the cluster itself; what differs afterwards was written by this run.
 */
export interface GatewayApiState extends GatewayApiInputs {
  readonly installed: boolean;
}

/** The two operations that are needed of the SDK's client. */
export type ManagedClusters = Pick<
  ContainerServiceClient["managedClusters"],
  "get" | "createOrUpdate"
>;

export type GatewayApiProvider = Required<
  Pick<
    pulumi.dynamic.ResourceProvider<GatewayApiInputs, GatewayApiState>,
    "diff" | "create" | "update" | "read" | "delete"
  >
>;

/** What the engine calls for a GatewayApi. Credentials are taken inside the methods and never kept. */
export const provider = gatewayApiProvider(azureClusters);

/** @param clustersOf gives the clusters of a subscription */
export function gatewayApiProvider(
  clustersOf: (inputs: GatewayApiInputs) => Promise<ManagedClusters>,
): GatewayApiProvider {
  return {
    diff: (_id, olds, news) => {
      const replaces = (["subscriptionId", "resourceGroupName", "clusterName"] as const).filter(
        (key) => olds[key] !== news[key],
      );
      // A refresh that finds it switched off leaves `installed: false` in the state: then it is switched on again.
      const changes =
        replaces.length > 0 || olds.clusterEtag !== news.clusterEtag || !olds.installed;
      return Promise.resolve({ changes, replaces });
    },
    create: async (inputs) => {
      await install(await clustersOf(inputs), inputs);
      return { id: `${inputs.clusterName}/gatewayApi`, outs: { ...inputs, installed: true } };
    },
    update: async (_id, _olds, news) => {
      await install(await clustersOf(news), news);
      return { outs: { ...news, installed: true } };
    },
    read: async (id, props) => {
      if (props === undefined) return { id: "" };
      const clusters = await clustersOf(props);
      const cluster = await existing(clusters, props);
      return cluster === undefined
        ? { id: "" }
        : {
            id,
            props: {
              ...props,
              clusterEtag: cluster.eTag ?? props.clusterEtag,
              installed: isInstalled(cluster),
            },
          };
    },
    // Nothing to do: it goes with the cluster, and gateways that still exist would lose their controller.
    delete: () => Promise.resolve(),
  };
}

/** Loaded only when the cluster is written: a preview needs neither the package nor a credential. */
async function azureClusters({ subscriptionId }: GatewayApiInputs): Promise<ManagedClusters> {
  const { ContainerServiceClient } = await import("@azure/arm-containerservice");
  const credential = await azureCredential(subscriptionId);
  return new ContainerServiceClient(credential, subscriptionId).managedClusters;
}

/**
 * Switches the Gateway API on; writes nothing when it is on already.
 *
 * The write carries the ETag of what was read, so that a change by somebody else in between is refused and read
 * again, and it is tried again while AKS is at another operation (both answer 409 or 412).
 *
 * @param retryDelayMs first wait, doubled each time up to a minute
 */
export async function install(
  clusters: ManagedClusters,
  { resourceGroupName, clusterName }: Pick<GatewayApiInputs, "resourceGroupName" | "clusterName">,
  retryDelayMs = 10_000,
): Promise<void> {
  await backOff(
    async () => {
      const cluster = await clusters.get(resourceGroupName, clusterName);
      if (isInstalled(cluster)) return;
      const options = cluster.eTag === undefined ? {} : { ifMatch: cluster.eTag };
      await clusters.createOrUpdate(
        resourceGroupName,
        clusterName,
        withGatewayApi(cluster),
        options,
      );
    },
    {
      // About an hour: a rolling change of nodes, which AKS may have begun by itself, takes that long.
      numOfAttempts: 60,
      startingDelay: retryDelayMs,
      maxDelay: 60_000,
      retry: (error: { statusCode?: number }) =>
        error.statusCode === 409 || error.statusCode === 412,
    },
  );
}

/** The cluster with the Gateway API switched on and everything else as it is. */
export function withGatewayApi(cluster: ManagedCluster): ManagedCluster {
  const { ingressProfile } = cluster;
  return {
    ...cluster,
    ingressProfile: {
      ...ingressProfile,
      gatewayAPI: { installation: "Standard" },
      webAppRouting: {
        ...ingressProfile?.webAppRouting,
        gatewayAPIImplementations: { appRoutingIstio: { mode: "Enabled" } },
      },
    },
  };
}

export function isInstalled({ ingressProfile }: ManagedCluster): boolean {
  return (
    ingressProfile?.gatewayAPI?.installation === "Standard" &&
    ingressProfile.webAppRouting?.gatewayAPIImplementations?.appRoutingIstio?.mode === "Enabled"
  );
}

async function existing(
  clusters: ManagedClusters,
  { resourceGroupName, clusterName }: GatewayApiInputs,
): Promise<ManagedCluster | undefined> {
  try {
    return await clusters.get(resourceGroupName, clusterName);
  } catch (error) {
    if ((error as { statusCode?: number }).statusCode === 404) return undefined;
    throw error;
  }
}
