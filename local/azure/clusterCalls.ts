import type { Inputs } from "./ids";
import type { AzureResource, AzureWorld } from "./world";

const AGENT_POOL = "azure-native:containerservice:AgentPool";

/** AKS lists every pool of a cluster in its answer, wherever the pool was declared. */
export function withAgentPools(cluster: AzureResource, world: AzureWorld): Record<string, unknown> {
  const below = `${cluster.id}/agentPools/`.toLowerCase();
  const inline = cluster.outputs["agentPoolProfiles"] as readonly unknown[] | undefined;
  const others = world
    .list(AGENT_POOL)
    .filter(({ id }) => id.toLowerCase().startsWith(below))
    .map(({ outputs }) => outputs);
  return { ...cluster.outputs, agentPoolProfiles: [...(inline ?? []), ...others] };
}

/**
 * Answer of `listManagedClusterUserCredentials` where local accounts are off: a kubeconfig that names the server and
 * leaves it to a program to get a token.
 */
export function userCredentials(cluster: { readonly outputs: Inputs }): Record<string, unknown> {
  const kubeconfig = {
    apiVersion: "v1",
    kind: "Config",
    clusters: [
      {
        name: cluster.outputs["name"],
        cluster: {
          server: `https://${String(cluster.outputs["privateFQDN"])}:443`,
          "certificate-authority-data": Buffer.from("the stand-in's authority").toString("base64"),
        },
      },
    ],
  };
  const value = Buffer.from(JSON.stringify(kubeconfig)).toString("base64");
  return { kubeconfigs: [{ name: "clusterUser", value }] };
}
