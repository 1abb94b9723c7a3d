import { relative } from "node:path";
import type { DeploymentPlaces } from "../config/azureml/fileLines";
import { shownPath } from "../projectDirectory";
import { condaFileOf } from "./endpoint";

/** What the endpoint's messages name, and what the user calls it. */
export interface UserFiles {
  /** The user's file by its private copy, which is what runs. */
  readonly sources: ReadonlyMap<string, string>;
  readonly places: ReadonlyMap<string, DeploymentPlaces>;
}

/** The user's folder that is the copy's; undefined where the copy has no file of the user's. */
export function userFolderOf(copy: string, sources: UserFiles["sources"]): string | undefined {
  const [file, source] = [...sources].find(([path]) => path.startsWith(`${copy}/`)) ?? [];
  return file === undefined || source === undefined
    ? undefined
    : source.slice(0, -relative(copy, file).length - 1);
}

/** A message of the endpoint with the user's own files in it. */
export function withUserPaths(text: string, { sources, places }: UserFiles): string {
  let said = text;
  for (const [copy, source] of sources) said = said.replaceAll(copy, shownPath(source));
  for (const [name, { condaFile, at }] of places) {
    const called = new RegExp(`${condaFileOf(name)}(:\\d+)?(?![\\w-])`, "g");
    said = said.replaceAll(called, (_, line: string | undefined) =>
      // Lines of a conda environment that is written in place are counted in another file.
      condaFile === undefined
        ? at(["environment", "conda_file"])
        : `${shownPath(condaFile)}${line ?? ""}`,
    );
    said = said.replaceAll(
      new RegExp(`([\\w.]+) \\(YAML of ${name}\\)`, "g"),
      (_, key: string) => `${key} (${at(key.split("."))})`,
    );
  }
  return said;
}

/** The places with the file that a deployment's packages are from, where it is not the one that its YAML names. */
export function withCondaFiles(
  places: UserFiles["places"],
  condaFiles: ReadonlyMap<string, string>,
): UserFiles["places"] {
  return new Map(
    [...places].map(([name, place]) => {
      const condaFile = condaFiles.get(name) ?? place.condaFile;
      return [name, { at: place.at, ...(condaFile === undefined ? {} : { condaFile }) }] as const;
    }),
  );
}
