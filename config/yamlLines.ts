import { MOST_BYTES, readUserFile, UnreadableFile } from "../input/userFile";
import { parseYaml } from "../input/yaml";
import type { KeyPath } from "./azureml/yamlTree";

/** A YAML file in which only the places of keys matter, since its values come from elsewhere. */
export interface YamlLines {
  /** Line of the last key of the path that is there at all: a missing key is reported at its parent. */
  lineOf(key: KeyPath): number;
  /** Keys of the mapping at a path, as they are written. */
  keysAt(key: KeyPath): readonly string[];
}

/** A file that is not there or not YAML just means messages at its first line. */
export function yamlLines(path: string): YamlLines {
  const yaml = parseYaml(textOf(path), { version: "1.2" }).yaml;
  return {
    lineOf: (key) => yaml?.lineOf(key) ?? 1,
    keysAt(key) {
      const value = key.reduce<unknown>(
        (outer, name) => (isMapping(outer) ? outer[name] : undefined),
        yaml?.value,
      );
      return isMapping(value) ? Object.keys(value) : [];
    },
  };
}

function textOf(path: string): string {
  try {
    return readUserFile(path, MOST_BYTES.text).toString();
  } catch (error) {
    if (error instanceof UnreadableFile) return "";
    throw error;
  }
}

function isMapping(value: unknown): value is Readonly<Record<PropertyKey, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
