import { MOST_BYTES, readUserFile, UnreadableFile } from "../input/userFile";
import { parseYaml } from "../input/yaml";
import type { KeyPath } from "./azureml/yamlTree";

/** A YAML file in which only the places of keys matter, since its values come from elsewhere. */
export interface YamlLines {
  /**
   * Line of the last key of the path that is there at all: a missing key is reported at its parent. An item of a list
   * is given by its index, or by the value of its key `name`.
   */
  lineOf(key: KeyPath): number;
  /** Keys of the mapping at a path, as they are written. */
  keysAt(key: KeyPath): readonly string[];
  /** Text at a path; undefined for a mapping, and where there is nothing. */
  textAt(key: KeyPath): string | undefined;
}

/** A file that is not there or not YAML just means messages at its first line. */
export function yamlLines(path: string): YamlLines {
  const yaml = parseYaml(textOf(path), { version: "1.2" }).yaml;
  return {
    lineOf: (key) => yaml?.lineOf(byIndex(yaml.value, key)) ?? 1,
    keysAt(key) {
      const value = key.reduce(valueIn, yaml?.value);
      return isMapping(value) ? Object.keys(value) : [];
    },
    textAt(key) {
      const value = key.reduce(valueIn, yaml?.value);
      return typeof value === "string" ? value : undefined;
    },
  };
}

/** The path with the place of each item of a list that it gives by its name. */
function byIndex(value: unknown, key: KeyPath): KeyPath {
  let at = value;
  return key.map((part) => {
    const outer = at;
    const index = Array.isArray(outer)
      ? outer.findIndex((item) => isMapping(item) && item["name"] === part)
      : -1;
    const step = index < 0 ? part : index;
    at = valueIn(outer, step);
    return step;
  });
}

function valueIn(outer: unknown, step: PropertyKey): unknown {
  if (Array.isArray(outer)) return outer[Number(step)] as unknown;
  return isMapping(outer) ? outer[step] : undefined;
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
