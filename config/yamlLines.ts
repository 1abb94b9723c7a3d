import { readFileSync } from "node:fs";
import { isMap, isScalar, LineCounter, parseDocument } from "yaml";
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
  const lines = new LineCounter();
  let root: unknown = null;
  try {
    root = parseDocument(readFileSync(path, "utf8"), { lineCounter: lines }).contents;
  } catch {
    // Only the lines are lost.
  }
  return {
    lineOf: (key) => lines.linePos(follow(root, key).offset ?? 0).line || 1,
    keysAt(key) {
      const { node, isComplete } = follow(root, key);
      if (!isComplete || !isMap(node)) return [];
      return node.items.flatMap((item) => (isScalar(item.key) ? [String(item.key.value)] : []));
    },
  };
}

function follow(root: unknown, path: KeyPath) {
  let node = root;
  let offset: number | undefined;
  for (const step of path) {
    const pair = isMap(node)
      ? node.items.find((item) => isScalar(item.key) && item.key.value === step)
      : undefined;
    if (pair === undefined || !isScalar(pair.key)) return { node, offset, isComplete: false };
    offset = pair.key.range?.[0];
    node = pair.value;
  }
  return { node, offset, isComplete: true };
}
