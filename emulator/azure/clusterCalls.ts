import { textAt, type Inputs } from "../../graph/paths";
import type { CreatedResource } from "../../graph/graph";
import type { StoredResources } from "./typeRules";

export const CLUSTER = "azure-native:containerservice:ManagedCluster";
const AGENT_POOL = "azure-native:containerservice:AgentPool";

/**
 * AKS lists every pool of a cluster in its answer, wherever the pool was declared, in the order of their names
 * (terraform-provider-azurerm issue 4676).
 */
export function withAgentPools(
  cluster: CreatedResource,
  store: StoredResources,
): Record<string, unknown> {
  const below = `${cluster.id}/agentPools/`.toLowerCase();
  const inline = cluster.outputs["agentPoolProfiles"] as readonly unknown[] | undefined;
  const others = store
    .list(AGENT_POOL)
    .filter(({ id }) => id.toLowerCase().startsWith(below))
    .map(listed);
  const name = (pool: unknown) => textAt(pool, "name");
  const agentPoolProfiles = [...(inline ?? []), ...others].sort((a, b) =>
    name(a) < name(b) ? -1 : 1,
  );
  return { ...cluster.outputs, agentPoolProfiles };
}

/** A pool as the cluster's answer has it: without the place that a resource of its own has, and with its own type. */
function listed({ inputs, outputs }: CreatedResource): Record<string, unknown> {
  const place = ["agentPoolName", "resourceName", "resourceGroupName", "azureApiVersion"];
  const kept = Object.entries(outputs).filter(([key]) => !place.includes(key));
  return { ...Object.fromEntries(kept), type: inputs["type"] };
}

/**
 * Answer of `listManagedClusterUserCredentials`, as a cluster with local accounts gives it: with a key and a token. A
 * program that means to keep neither has to take only what it needs, and tests can see that it does.
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
          "certificate-authority-data": Buffer.from("the emulator's authority").toString("base64"),
        },
      },
    ],
    users: [
      { name: "clusterUser", user: { "client-key-data": "hunter2-key", token: "hunter2-token" } },
    ],
  };
  const value = Buffer.from(JSON.stringify(kubeconfig)).toString("base64");
  return { kubeconfigs: [{ name: "clusterUser", value }] };
}
