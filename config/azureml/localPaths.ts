import path from "node:path";
import type { Problem } from "../../errors";
import { filesByKind } from "./folderFiles";
import { isReference } from "./references";

/** Keys of a deployment's YAML that may name a local file or folder; a text in place of a mapping may, too. */
const KEYS: readonly (readonly string[])[] = [
  ["code_configuration", "code"],
  ["model"],
  ["model", "path"],
  ["environment"],
  ["environment", "conda_file"],
  ["environment", "build", "path"],
];

/**
 * The files and folders that the deployments in a folder's YAML are made of, absolute, whether they are there or not. Reads the YAML
 * alone; problems are another's to report.
 */
export async function localPaths(directory: string): Promise<readonly string[]> {
  const ignored: Problem[] = [];
  const { deployments = [] } = (await filesByKind(directory, ignored)) ?? {};
  const found = deployments.flatMap(({ yaml }) =>
    KEYS.map((key) => valueAt(yaml.value, key))
      .filter((value) => typeof value === "string")
      .filter((value) => value !== "" && !isElsewhere(value))
      .map((value) => path.resolve(path.dirname(yaml.path), value)),
  );
  return [...new Set(found)];
}

/** An asset in Azure, or a location in the cloud. */
function isElsewhere(value: string): boolean {
  return isReference(value) || /^[a-z][\w+.-]*:\/?\/?/i.test(value);
}

function valueAt(mapping: unknown, [first, ...rest]: readonly string[]): unknown {
  if (first === undefined) return mapping;
  const isThere = typeof mapping === "object" && mapping !== null && Object.hasOwn(mapping, first);
  return isThere ? valueAt((mapping as Record<string, unknown>)[first], rest) : undefined;
}
