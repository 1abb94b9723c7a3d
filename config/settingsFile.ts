import { readFileSync } from "node:fs";
import { join } from "node:path";
import { isMap, isScalar, LineCounter, parseDocument } from "yaml";
import { distance } from "fastest-levenshtein";
import type { Problem } from "./problems";
import type { YamlFile } from "./azureml/yamlFile";

const PREFIX = "mlscore:";

/** The stack's settings as the engine hands them over: one string a key, structured ones as JSON. */
export function settingsFrom(allConfig: Readonly<Record<string, string>>): Record<string, unknown> {
  const settings: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(allConfig)) {
    if (key.startsWith(PREFIX)) settings[key.slice(PREFIX.length)] = structured(value);
  }
  return settings;
}

/** Settings whose namespace is a slip of the pen: they would be passed over in silence. */
export function misspeltNamespaces(
  stack: string,
  allConfig: Readonly<Record<string, string>>,
): Problem[] {
  return Object.keys(allConfig)
    .filter((key) => {
      const [namespace = ""] = key.split(":");
      const slips = distance(namespace, "mlscore");
      return slips > 0 && slips <= 2;
    })
    .map((key) => ({
      file: `Pulumi.${stack}.yaml`,
      key,
      message: `is not a setting of this project; did you mean "${PREFIX}${key.split(":").slice(1).join(":")}"?`,
      severity: "error",
    }));
}

function structured(value: string): unknown {
  if (!/^\s*[[{]/.test(value)) return value;
  try {
    return JSON.parse(value);
  } catch {
    return value;
  }
}

/**
 * The settings in the shape in which files are checked, with the lines of `Pulumi.<stack>.yaml`. The values come from
 * the engine, since only it can decrypt; a file that is not there or not YAML just means messages at its first line.
 */
export function settingsAsFile(stack: string, directory: string, value: unknown): YamlFile {
  const file = `Pulumi.${stack}.yaml`;
  const lines = new LineCounter();
  let contents: unknown = null;
  try {
    contents = parseDocument(readFileSync(join(directory, file), "utf8"), {
      lineCounter: lines,
    }).contents;
  } catch {
    // Only the lines are lost.
  }
  return {
    file,
    path: join(directory, file),
    value,
    texts: [],
    sourceOf: () => undefined,
    lineOf([first, ...rest]) {
      const path = [
        "config",
        ...(first === undefined ? [] : [`${PREFIX}${String(first)}`]),
        ...rest,
      ];
      return lines.linePos(deepestKeyOffset(contents, path) ?? 0).line || 1;
    },
  };
}

/** Where the last key of the path stands that is there at all: a missing key is reported at its parent. */
function deepestKeyOffset(root: unknown, path: readonly PropertyKey[]): number | undefined {
  let node = root;
  let offset: number | undefined;
  for (const step of path) {
    if (!isMap(node)) break;
    const pair = node.items.find((item) => isScalar(item.key) && item.key.value === step);
    if (pair === undefined || !isScalar(pair.key)) break;
    offset = pair.key.range?.[0];
    node = pair.value;
  }
  return offset;
}
