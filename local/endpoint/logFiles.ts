/** Names of the logs of a deployment, which stay when it did not start. */
import { createHash } from "node:crypto";
import { existsSync, readdirSync, statSync } from "node:fs";
import { join } from "node:path";

import type { DeploymentSpec } from "./spec";
import { statePaths } from "./stateDirectory";

/** Of an instance. Two revisions of one deployment run side by side for a while. */
export function instanceLog({ name, revision }: DeploymentSpec, id: number): string {
  const tag = createHash("sha256").update(revision).digest("hex").slice(0, 8);
  return `${name}-${tag}-${id}.log`;
}

/** Of the installation of its Python environment. */
export function environmentLog(deployment: string): string {
  return `${deployment}-environment.log`;
}

/** Path of the log of a deployment that was written to last, whether the deployment runs or not. */
export function newestLog(stateDirectory: string, deployment: string): string | undefined {
  const { logs } = statePaths(stateDirectory);
  if (!existsSync(logs)) return undefined;
  // Another deployment's name may begin with this one.
  const ofInstance = /^-[0-9a-f]{8}-\d+\.log$/;
  return readdirSync(logs)
    .filter(
      (file) =>
        file === environmentLog(deployment) ||
        (file.startsWith(deployment) && ofInstance.test(file.slice(deployment.length))),
    )
    .map((file) => join(logs, file))
    .toSorted((one, other) => statSync(other).mtimeMs - statSync(one).mtimeMs)[0];
}
