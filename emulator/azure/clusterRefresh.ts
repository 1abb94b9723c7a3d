import { isDeepStrictEqual } from "node:util";
import type { Inputs } from "../../graph/paths";

/** What AKS says of a pool and nobody can declare (azure-native 3.28, ManagedClusterAgentPoolProfile). */
const READ_ONLY = ["currentOrchestratorVersion", "eTag", "nodeImageVersion", "provisioningState"];

/**
 * The inputs of a cluster as azure-native leaves them in the state after a refresh (`applyDiff` in its provider): what
 * differs between the answer before and the answer now is put on top of the inputs, in lists by position. AKS's list is in
 * alphabetical order and has the pools that are resources of their own as well, so a pool gets another one's name.
 *
 * @param inputs what the state has as inputs
 * @param before the answer in the state
 * @param now what AKS answers
 */
export function refreshedInputs(inputs: Inputs, before: Inputs, now: Inputs): Inputs {
  const olds = pools(before);
  const declared = pools(inputs);
  const agentPoolProfiles = pools(now).map((pool, place) => {
    const [old, own] = [olds[place], declared[place]];
    return old === undefined || own === undefined ? writable(pool) : withDifference(own, old, pool);
  });
  return { ...inputs, agentPoolProfiles };
}

function withDifference(own: Inputs, old: Inputs, now: Inputs): Inputs {
  const [was, is] = [writable(old), writable(now)];
  const gone = Object.keys(was).filter((key) => !(key in is));
  const changed = Object.entries(is).filter(([key, value]) => !isDeepStrictEqual(was[key], value));
  const kept = Object.entries(own).filter(([key]) => !gone.includes(key));
  return Object.fromEntries([...kept, ...changed]);
}

function writable(pool: Inputs): Inputs {
  return Object.fromEntries(Object.entries(pool).filter(([key]) => !READ_ONLY.includes(key)));
}

function pools(cluster: Inputs): readonly Inputs[] {
  return (cluster["agentPoolProfiles"] ?? []) as readonly Inputs[];
}
