import { join } from "node:path";
import { distance } from "fastest-levenshtein";
import type { Report } from "./azureml/issues";
import type { YamlFile } from "./azureml/yamlFile";
import type { KeyPath } from "./azureml/yamlTree";
import type { Problem } from "../errors";
import { isUnsafeKey, UNSAFE_KEY_MESSAGE } from "../input/yamlKeys";
import { yamlLines } from "./yamlLines";

/** azure-native's setting of the stack's subscription, which this project reads too. */
export const SUBSCRIPTION_KEY = "azure-native:subscriptionId";

const PREFIX = "mlscore:";

/**
 * The stack's settings as the engine hands them over: one string a key, structured ones as JSON. Keys of this project
 * are without its name; the one of azure-native that it reads too has its full name.
 */
export function settingsFrom(allConfig: Readonly<Record<string, string>>): Record<string, unknown> {
  const subscriptionId = allConfig[SUBSCRIPTION_KEY];
  // Not by assignments: a key called __proto__ must stay a key, and be refused as an unknown one.
  return Object.fromEntries([
    ...(subscriptionId === undefined ? [] : [[SUBSCRIPTION_KEY, subscriptionId]]),
    ...Object.entries(allConfig)
      .filter(([key]) => key.startsWith(PREFIX))
      .map(([key, value]) => [key.slice(PREFIX.length), structured(value)]),
  ]) as Record<string, unknown>;
}

/** Settings with a misspelled namespace: they would be ignored silently. */
export function misspeltNamespaces(
  { file, lineOf }: Pick<SettingsFile, "file" | "lineOf">,
  allConfig: Readonly<Record<string, string>>,
): Problem[] {
  return Object.keys(allConfig)
    .filter((key) => {
      const [namespace = ""] = key.split(":");
      return namespace !== "mlscore" && distance(namespace.toLowerCase(), "mlscore") <= 2;
    })
    .map((key) => ({
      file,
      line: lineOf([key]),
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

/** The file of a stack's settings. */
export interface SettingsFile extends YamlFile {
  /** Keys of the settings as they are written, in the file's order. */
  readonly keyLines: readonly { readonly key: string; readonly line: number }[];
}

/**
 * The settings in the shape in which files are checked, with the lines of `Pulumi.<stack>.yaml`. The values come from
 * the engine, since only it can decrypt; a file that is not there or not YAML just means messages at its first line.
 */
export function settingsAsFile(stack: string, directory: string, value: unknown): SettingsFile {
  const file = `Pulumi.${stack}.yaml`;
  const lines = yamlLines(join(directory, file));
  const keys = lines.keysAt(["config"]);
  return {
    file,
    path: join(directory, file),
    value,
    texts: [],
    sourceOf: () => undefined,
    keyLines: keys.map((key) => ({ key, line: lines.lineOf(["config", key]) })),
    lineOf([first, ...rest]) {
      if (first === undefined) return lines.lineOf(["config"]);
      const known = keys.find((key) => fullKey(key) === fullKey(String(first)));
      return lines.lineOf(["config", known ?? String(first), ...rest]);
    },
  };
}

/** One setting by two keys, `workload` and `mlscore:workload`: the engine would pass over one of them. */
export function doubledSettings({ file, keyLines }: SettingsFile): Problem[] {
  return keyLines
    .filter(
      ({ key }, index) =>
        keyLines.findIndex((other) => fullKey(other.key) === fullKey(key)) < index,
    )
    .map(({ key, line }) => ({
      file,
      line,
      key,
      message: `is given twice, with and without "${PREFIX}"; keep one of the two`,
      severity: "error",
    }));
}

/** A key without a namespace is the project's, as in the engine. */
function fullKey(key: string): string {
  return key.includes(":") ? key : `${PREFIX}${key}`;
}

/** Names that a schema would pass over in silence, wherever names are free to choose. */
export function checkPrototypes(file: YamlFile, report: Report): void {
  const walk = (value: unknown, at: KeyPath): void => {
    if (typeof value !== "object" || value === null) return;
    for (const [key, inner] of Object.entries(value)) {
      const place = [...at, key];
      if (isUnsafeKey(key) && !report.hasError(place)) {
        report.error(place, UNSAFE_KEY_MESSAGE);
      }
      walk(inner, place);
    }
  };
  walk(file.value, []);
}
