import { join } from "node:path";
import { rolloutRecord, stateDirectory } from "../local/state";
import { PROJECT_DIRECTORY } from "../projectDirectory";

/**
 * Where the rollouts of a stack's endpoint are on record.
 *
 * @param isRemote whether the endpoint is in Azure or a cluster: then the record is to be committed
 */
export function recordPath(stack: string, isRemote: boolean): string {
  return isRemote ? join(PROJECT_DIRECTORY, "rollouts", `${stack}.jsonl`) : rolloutRecord(stack);
}

/** Where the endpoint is whose rollouts exclude each other. */
export type RolloutPlace = "azure" | "cluster" | "local";

const LOCKS: Readonly<Record<RolloutPlace, string>> = {
  azure: "rollout-azure.lock",
  cluster: "rollout-cluster.lock",
  local: "rollout.lock",
};

/** Held while a command changes the endpoint or what is declared of it. */
export function lockPath(stack: string, place: RolloutPlace): string {
  return join(stateDirectory(stack), LOCKS[place]);
}
