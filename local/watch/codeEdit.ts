/** An edit of scoring code alone: what is to run next follows from what runs, without an evaluation of the program. */
import { basename, dirname, join } from "node:path";
import { assetReader } from "../../config/azureml/assetReader";
import { contentVersion } from "../../config/azureml/names";
import { shownPath } from "../../projectDirectory";
import { copyOnce } from "../blobs";
import type { DeploymentSpec, EndpointSpec, EndpointStatus } from "../endpoint";
import { revisionOf } from "../revision";
import { userFolderOf } from "../userPaths";
import { isBelow, realPath } from "./watchedFolders";

/** What an update has brought the endpoint to, as it is passed on to the next one. */
export interface Known {
  readonly spec: EndpointSpec;
  /** Each copy of the user's files with the file that it is of. */
  readonly sources: readonly (readonly [copy: string, source: string])[];
}

/** End of the name of a folder with code: its content (contentVersion). */
const VERSION = /[0-9a-f]{16}$/;

/**
 * The known endpoint with its code as it is now, as an evaluation would find it.
 *
 * @param changed absolute paths
 * @returns undefined where more than Python code has changed, something else runs, or an evaluation would refuse the code
 */
export async function withNewCode(
  known: Known,
  changed: readonly string[],
  live: EndpointStatus,
): Promise<Known | undefined> {
  const { spec } = known;
  const revisions = live.deployments.map(({ name, revision }) => `${name} ${revision}`);
  const isKnown =
    live.name === spec.name &&
    revisions.length === spec.deployments.length &&
    spec.deployments.every(({ name, revision }) => revisions.includes(`${name} ${revision}`));
  if (!isKnown || !changed.every((path) => path.endsWith(".py"))) return undefined;
  const sources = new Map(known.sources);
  const left = new Set(changed);
  const reader = assetReader();
  const deployments: DeploymentSpec[] = [];
  for (const deployment of spec.deployments) {
    const folder = userFolderOf(deployment.codeDirectory, sources);
    const own = changed.filter((path) => folder !== undefined && isBelow(path, realPath(folder)));
    for (const path of own) left.delete(path);
    if (folder === undefined || own.length === 0) {
      deployments.push(deployment);
      continue;
    }
    const { files, problems } = await reader.filesBelow(folder);
    const hasScript = files.some(({ path }) => path === deployment.scoringScript);
    if (problems.length > 0 || !hasScript) return undefined;
    const version = contentVersion(await reader.contentHash(files, shownPath(folder)));
    const { codeDirectory: former } = deployment;
    const copy = basename(former).replace(VERSION, version);
    const codeDirectory = await copyOnce(files, copy, dirname(former));
    const running = { ...deployment, codeDirectory };
    deployments.push({ ...running, revision: revisionOf(running) });
    for (const { path, source } of files) sources.set(join(codeDirectory, path), source);
  }
  if (left.size > 0) return undefined;
  const { traffic, mirrorTraffic, tags } = live;
  return { spec: { ...spec, deployments, traffic, mirrorTraffic, tags }, sources: [...sources] };
}
