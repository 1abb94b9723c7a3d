import path from "node:path";
import {
  type Alias,
  type Document,
  isAlias,
  isMap,
  isScalar,
  isSeq,
  type Node,
  type Scalar,
} from "yaml";
import { showTemplates } from "./placeholders";

/** Where in a document: `["environment", "image"]`, `["identity", "user_assigned_identities", 0]`. */
export type KeyPath = readonly PropertyKey[];

/** A YAML file that could be parsed, with the places of its values. */
export interface YamlFile {
  /** As the user would type it; what problems name. */
  readonly file: string;
  /** Absolute. */
  readonly path: string;
  /** Plain mappings, lists, text, numbers, booleans and null. Keys are text as written. */
  readonly value: unknown;
  /** Line of the key (of the item, in a list), or of the nearest thing around it that exists; 1-based. */
  lineOf(key: KeyPath): number;
  /** A scalar as it is written, without quotes: `1.10` where the value is the number 1.1. */
  sourceOf(key: KeyPath): string | undefined;
  /** Every text in the file, with its place, in the file's order. */
  readonly texts: readonly { readonly key: KeyPath; readonly text: string }[];
}

/** Aliases in one file: far more than anyone writes, few enough to stop a file that unfolds without end. */
const MAX_ALIASES = 100;

/** An alias that leads nowhere or to itself. */
export class UnfoldingError extends Error {
  constructor(
    message: string,
    readonly line: number,
  ) {
    super(message);
  }
}

/** Unfolds the parsed tree into plain values and notes the place of each. */
export function unfolded(
  file: string,
  document: Document,
  lineAt: (offset: number) => number,
): YamlFile {
  const lineByKey = new Map<string, number>();
  const sourceByKey = new Map<string, string>();
  const texts: { key: KeyPath; text: string }[] = [];
  let aliases = 0;

  function plain(node: unknown, key: KeyPath): unknown {
    if (isAlias(node)) {
      aliases += 1;
      const line = lineAt(node.range?.[0] ?? 0);
      return plain(aliasTarget(node, document, aliases, line), key);
    }
    if (isMap(node)) {
      const result: Record<string, unknown> = {};
      const merged: Record<string, unknown>[] = [];
      for (const pair of node.items) {
        const name = keyText(pair.key);
        if (name === "<<") {
          const value = plain(pair.value, key);
          merged.push(...([value].flat() as Record<string, unknown>[]));
          continue;
        }
        const child = [...key, name];
        note(child, pair.key);
        // Not an assignment: a key called __proto__ must stay a key.
        Object.defineProperty(result, name, {
          value: plain(pair.value, child),
          enumerable: true,
          configurable: true,
          writable: true,
        });
      }
      // What is written in the mapping itself wins over what is merged into it, and earlier merges over later ones.
      return Object.assign({}, ...merged.reverse(), result) as Record<string, unknown>;
    }
    if (isSeq(node)) {
      return node.items.map((item, index) => {
        note([...key, index], item);
        return plain(item, [...key, index]);
      });
    }
    return isScalar(node) ? scalar(node, key) : null;
  }

  function scalar(node: Scalar, key: KeyPath): unknown {
    const source = showTemplates(node.source ?? "");
    sourceByKey.set(JSON.stringify(key), source);
    const { value } = node;
    const isPlain = value === null || typeof value === "boolean" || isNumber(value, source);
    // Dates and big numbers are text for every key there is; a single letter is a switch for YAML 1.1, not for PyYAML.
    if (isPlain && !/^[yn]$/i.test(source)) return value;
    const text = typeof value === "string" ? showTemplates(value) : source;
    texts.push({ key, text });
    return text;
  }

  function note(key: KeyPath, node: unknown): void {
    const range = isScalar(node) || isMap(node) || isSeq(node) || isAlias(node) ? node.range : null;
    if (range) lineByKey.set(JSON.stringify(key), lineAt(range[0]));
  }

  note([], document.contents);
  const value = plain(document.contents, []);
  return {
    file,
    path: path.resolve(file),
    value,
    texts,
    lineOf: (key) => nearestLine(lineByKey, key),
    sourceOf: (key) => sourceByKey.get(JSON.stringify(key)),
  };
}

function nearestLine(lineByKey: ReadonlyMap<string, number>, key: KeyPath): number {
  for (let length = key.length; length >= 0; length -= 1) {
    const line = lineByKey.get(JSON.stringify(key.slice(0, length)));
    if (line !== undefined) return line;
  }
  return 1;
}

/** @throws UnfoldingError when there is no target, or when `aliases` is more than a file may have */
function aliasTarget(node: Alias, document: Document, aliases: number, line: number): Node {
  const target: Node | undefined = node.resolve(document);
  if (target === undefined) {
    const message = `has the alias *${node.source}, but no &${node.source} before it`;
    throw new UnfoldingError(message, line);
  }
  if (aliases > MAX_ALIASES) {
    const message = `has more than ${MAX_ALIASES} aliases (*name), or one that contains itself`;
    throw new UnfoldingError(message, line);
  }
  return target;
}

/** PyYAML's idea of a number: `.` has no digit, and an exponent needs a sign (`1e3` is text, a short git hash too). */
function isNumber(value: unknown, source: string): boolean {
  if (typeof value !== "number") return false;
  return /^[-+]?0x/i.test(source) || (/\d|inf|nan/i.test(source) && !/e\d/i.test(source));
}

function keyText(key: unknown): string {
  if (isScalar(key)) return showTemplates(key.source ?? String(key.value));
  return showTemplates(String(key));
}
