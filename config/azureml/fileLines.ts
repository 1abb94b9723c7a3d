import path from "node:path";
import type { Problem } from "../../errors";
import { chooseDeployments } from "./candidates";
import { filesByKind } from "./folderFiles";
import { withLocalNames } from "./localNames";
import type { KeyPath } from "./yamlTree";

/** Where a user has written a deployment's parts; for messages about what runs. */
export interface DeploymentPlaces {
  /** The conda file, absolute; missing when the environment has none of its own. */
  readonly condaFile?: string;
  /** `<path>:<line>` of a key of the deployment's YAML, or of the nearest key above it. */
  readonly at: (key: KeyPath) => string;
}

/** By the deployment's name on this machine. Reads the folder's YAML and nothing that it points to; problems are another's to report. */
export async function deploymentPlaces(
  directory: string,
): Promise<ReadonlyMap<string, DeploymentPlaces>> {
  const ignored: Problem[] = [];
  const read = await filesByKind(directory, ignored);
  const files = read === undefined ? undefined : withLocalNames(read, directory).files;
  const { chosen } = chooseDeployments(files?.deployments ?? []);
  return new Map(
    chosen.flatMap(({ yaml, name }) => {
      if (name === undefined) return [];
      const conda = valueOf(valueOf(yaml.value, "environment"), "conda_file");
      const places: DeploymentPlaces = {
        ...(typeof conda === "string"
          ? { condaFile: path.resolve(path.dirname(yaml.path), conda) }
          : {}),
        at: (key) => `${yaml.file}:${yaml.lineOf(key)}`,
      };
      return [[name, places] as const];
    }),
  );
}

function valueOf(mapping: unknown, key: string): unknown {
  const isThere = typeof mapping === "object" && mapping !== null && Object.hasOwn(mapping, key);
  return isThere ? (mapping as Record<string, unknown>)[key] : undefined;
}
