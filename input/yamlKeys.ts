import { isAlias, isMap, isScalar, isSeq, type Pair, type YAMLMap } from "yaml";
import type { Aliases } from "./yamlAliases";
import { type YamlProblem, YamlRefusal } from "./yamlSyntax";

/** Names that JavaScript's own objects have: user input must not be confused with them. */
const UNSAFE_KEYS: ReadonlySet<string> = new Set(["__proto__", "constructor", "prototype"]);

/** Whether a name must not become a key of an object. */
export function isUnsafeKey(key: string): boolean {
  return UNSAFE_KEYS.has(key);
}

export const UNSAFE_KEY_MESSAGE = "cannot be a name; choose another one";

/** Characters. YAML's own limit for a key on one line (YAML 1.2.2, 7.4.2). */
const LONGEST_KEY = 1024;

/** One entry of a mapping: the name as text, and where it is written. */
export interface Entry {
  readonly name: string;
  readonly key: unknown;
  readonly value: unknown;
}

export interface KeyReader {
  readonly aliases: Aliases;
  readonly problems: YamlProblem[];
  lineOf(node: unknown): number | undefined;
  /** A text as the user wrote it. */
  shown(text: string): string;
  /** Called for each entry that is looked at, so that it is counted. */
  count(): void;
}

/**
 * The entries of a mapping, with those that `<<` merges into it. What is written in the mapping itself wins over what is
 * merged, and of several merged mappings the earlier ones win (yaml.org, "Merge Key Language-Independent Type").
 */
export function entriesOf(map: YAMLMap, reader: KeyReader): readonly Entry[] {
  const own = new Map<string, Entry>();
  const merged = new Map<string, Entry>();
  const values = new Set<string>();
  for (const pair of map.items) {
    reader.count();
    const key = reader.aliases.within(pair.key, (target) => target);
    const line = reader.lineOf(pair.key);
    const refuse = (message: string, name: string) => {
      reader.problems.push({ message, key: name, ...(line === undefined ? {} : { line }) });
    };
    const name = keyText(key, line, reader);
    const isMerge = isMergeKey(key);
    if (own.has(name) || values.has(valueText(key)) || (isMerge && values.has("<<"))) {
      refuse("is written twice in the same mapping; keep one", name);
    } else if (isMerge) {
      values.add("<<");
      if (!merge(pair, merged, reader)) {
        refuse(
          "merges a value that is not a mapping; give it an alias of a mapping (*name), or a list of them",
          name,
        );
      }
    } else if (isUnsafeKey(name)) {
      refuse(UNSAFE_KEY_MESSAGE, name);
    } else {
      values.add(valueText(key));
      own.set(name, { name, key: pair.key, value: pair.value });
    }
  }
  return [...[...merged.values()].filter(({ name }) => !own.has(name)), ...own.values()];
}

/** @returns false when what is to be merged is neither a mapping nor a list of mappings */
function merge({ value }: Pair, merged: Map<string, Entry>, reader: KeyReader): boolean {
  const add = (source: unknown): boolean =>
    reader.aliases.within(source, (target) => {
      if (!isMap(target)) return false;
      for (const entry of entriesOf(target, reader)) {
        if (!merged.has(entry.name)) merged.set(entry.name, entry);
      }
      return true;
    });
  return reader.aliases.within(value, (target) =>
    isSeq(target) ? target.items.map(add).every(Boolean) : add(target),
  );
}

/** Only without quotes, as for PyYAML: `"<<"` is a name like any other. */
function isMergeKey(key: unknown): boolean {
  return isScalar(key) && key.type === "PLAIN" && key.source === "<<";
}

function keyText(key: unknown, line: number | undefined, reader: KeyReader): string {
  const at = line === undefined ? {} : { line };
  if (isMap(key) || isSeq(key) || isAlias(key)) {
    throw new YamlRefusal({ message: "has a list or a mapping as a key; keys are names", ...at });
  }
  const text = isScalar(key) ? reader.shown(key.source ?? String(key.value)) : "null";
  if (text.length > LONGEST_KEY) {
    throw new YamlRefusal({ message: `has a key of more than ${LONGEST_KEY} characters`, ...at });
  }
  return text;
}

/** The same for keys that are the same value, such as `yes` and `true`, or 1 and 0x1. */
function valueText(key: unknown): string {
  if (!isScalar(key)) return "null";
  const { value } = key;
  return typeof value === "string" ? `text ${value}` : String(value);
}
