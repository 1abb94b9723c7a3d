import type { PolicyResource } from "./rule";
import { fault, items, textAt } from "./inputChecks";

/** Node pools are part of the cluster's body or resources of their own. */
export const POOL_TYPES = [
  "azure-native:containerservice:AgentPool",
  "azure-native:containerservice:ManagedCluster",
];

/** What is wrong with the pools of a resource; in a cluster's body each with its name in front. */
export function checkPools(
  { type, inputs }: PolicyResource,
  check: (pool: unknown) => readonly string[],
): readonly string[] {
  if (type === "azure-native:containerservice:AgentPool") return check(inputs);
  const pools = items(inputs["agentPoolProfiles"]);
  if (pools.length === 0) {
    return [fault("agentPoolProfiles", inputs["agentPoolProfiles"], "a list with the system pool")];
  }
  return pools.flatMap((pool, index) => {
    const name = textAt(pool, "name") ?? String(index);
    return check(pool).map((message) => `pool ${name}: ${message}`);
  });
}
