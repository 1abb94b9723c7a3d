import { join } from "node:path";
import { rolloutRecord } from "../local/state";
import { PROJECT_DIRECTORY } from "../projectDirectory";

/**
 * Where the rollouts of a stack's endpoint are on record.
 *
 * @param isRemote whether the endpoint is in Azure or a cluster: then the record is to be committed
 */
export function recordPath(stack: string, isRemote: boolean): string {
  return isRemote ? join(PROJECT_DIRECTORY, "rollouts", `${stack}.jsonl`) : rolloutRecord(stack);
}
