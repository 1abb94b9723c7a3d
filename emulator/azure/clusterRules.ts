import { CLUSTER, withAgentPools } from "./clusterCalls";
import { textAt, valueAt, type Inputs } from "../../graph/paths";
import { assertOfferedVersion } from "./kubernetesVersions";
import { Refusal } from "./refusal";
import type { StoredResources, TypeRules } from "./typeRules";

/** Rules of AKS beyond names and parents. */
export const clusterRules: Readonly<Record<string, TypeRules>> = {
  [CLUSTER]: {
    put(inputs, id, store) {
      assertOfferedVersion(inputs, id, store);
      assertKnownPools(inputs, id, store);
    },
  },
};

function poolsOf(inputs: unknown): readonly unknown[] {
  const pools = valueAt(inputs, "agentPoolProfiles");
  return Array.isArray(pools) ? pools : [];
}

/** A cluster that exists gets a new pool as a resource of its own only (pulumi-azure-native issue 2719). */
function assertKnownPools(inputs: Inputs, id: string, store: StoredResources): void {
  const cluster = store.read(id);
  if (cluster === undefined) return;
  const known = poolsOf(withAgentPools(cluster, store)).map((pool) => textAt(pool, "name"));
  const others = poolsOf(inputs)
    .map((pool) => textAt(pool, "name"))
    .filter((name) => !known.includes(name));
  if (others.length === 0) return;
  throw new Refusal(
    "BadRequest",
    `A new agent pool was introduced (${others.join(", ")}). Adding agent pools to an existing cluster is not allowed ` +
      "through managed cluster operations.",
    "cluster-new-pool-apart",
  );
}
