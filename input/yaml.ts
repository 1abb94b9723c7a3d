import { type Document, isMap, isScalar, isSeq, type Node, type Scalar } from "yaml";
import { aliasesOf } from "./yamlAliases";
import { entriesOf, type KeyReader } from "./yamlKeys";
import { createPlaces, type KeyPath, type Places } from "./yamlPlaces";
import { parsedYaml, type YamlProblem, YamlRefusal, type YamlVersion } from "./yamlSyntax";

export type { KeyPath } from "./yamlPlaces";
export type { YamlProblem } from "./yamlSyntax";

/** What a YAML text says, with the places of its values. */
export interface YamlData {
  /** Mappings without prototypes, lists, text, numbers, booleans and null. Keys are text as written. */
  readonly value: unknown;
  /** Line of the key (of the item, in a list), or of the nearest thing around it that exists; 1-based. */
  lineOf(key: KeyPath): number;
  /** A scalar as it is written, without quotes: `1.10` where the value is the number 1.1. */
  sourceOf(key: KeyPath): string | undefined;
  /** Every text, with its place, in the text's order. */
  readonly texts: readonly { readonly key: KeyPath; readonly text: string }[];
}

export interface YamlOptions {
  /** 1.1 is read as PyYAML reads it, and with it the Azure CLI; 1.2 as Pulumi and conda do. */
  readonly version: YamlVersion;
  /** Undoes in keys and texts what was done to the text before. @default - they are taken as they are */
  readonly shown?: (text: string) => string;
}

/** Values in one text, repeated ones counted each time. */
const MOST_VALUES = 50_000;

/**
 * The only way in which this project reads YAML. It takes a time that grows with the text's length and no faster,
 * however the text is made, and never throws.
 *
 * @returns everything that is wrong; the data is there where it can be trusted except for what was refused, and null for a
 * text with nothing in it
 */
export function parseYaml(
  text: string,
  options: YamlOptions,
): { readonly yaml?: YamlData; readonly problems: readonly YamlProblem[] } {
  const problems: YamlProblem[] = [];
  try {
    const { document, lineAt } = parsedYaml(text, options.version);
    return { yaml: dataOf(document, lineAt, options, problems), problems };
  } catch (error) {
    if (!(error instanceof YamlRefusal)) throw error;
    return { problems: [error.problem] };
  }
}

function dataOf(
  document: Document,
  lineAt: (offset: number) => number,
  options: YamlOptions,
  problems: YamlProblem[],
): YamlData {
  const { version } = options;
  const shown = (text: string) => options.shown?.(text) ?? text;
  const places = createPlaces();
  const texts: { key: KeyPath; text: string }[] = [];
  let values = 0;
  const reader: KeyReader = {
    aliases: aliasesOf(document, lineAt),
    problems,
    shown,
    lineOf: (node) => lineOfNode(node, lineAt),
    count() {
      values += 1;
      if (values <= MOST_VALUES) return;
      throw new YamlRefusal({
        message: `has more than ${MOST_VALUES} values, the most that is read`,
      });
    },
  };

  const plain = (source: unknown, key: KeyPath, place: Places): unknown =>
    reader.aliases.within(source, (node) => {
      reader.count();
      refuseForeignTag(node, reader);
      if (isMap(node)) {
        // Without a prototype: what is not in the text is not in the data.
        const result = Object.create(null) as Record<string, unknown>;
        for (const entry of entriesOf(node, reader)) {
          const inner = place.below(entry.name, reader.lineOf(entry.key));
          result[entry.name] = plain(entry.value, [...key, entry.name], inner);
        }
        return result;
      }
      if (isSeq(node)) {
        return node.items.map((item, index) =>
          plain(item, [...key, index], place.below(index, reader.lineOf(item))),
        );
      }
      return isScalar(node) ? scalar(node, key, place) : null;
    });

  function scalar(node: Scalar, key: KeyPath, place: Places): unknown {
    const source = shown(node.source ?? "");
    place.source = source;
    const value = version === "1.1" ? pythonValue(node.value, source) : node.value;
    if (value === null || typeof value === "boolean" || typeof value === "number") return value;
    const text = typeof value === "string" ? shown(value) : source;
    texts.push({ key, text });
    return text;
  }

  places.line = reader.lineOf(document.contents);
  const value = plain(document.contents, [], places);
  return {
    value,
    texts,
    lineOf: (key) => places.nearestLine(key),
    sourceOf: (key) => places.find(key)?.source,
  };
}

function lineOfNode(node: unknown, lineAt: (offset: number) => number): number | undefined {
  const range = (node as Node | null | undefined)?.range;
  return range ? lineAt(range[0]) : undefined;
}

/** Sets, ordered mappings and bytes: tags that the package understands and that no file here has a use for. */
function refuseForeignTag(node: unknown, reader: KeyReader): void {
  const { tag } = (node ?? {}) as { readonly tag?: string };
  const name = tag?.replace("tag:yaml.org,2002:", "!!");
  if (name === undefined || KNOWN_TAGS.has(name)) return;
  const line = reader.lineOf(node);
  const message = `uses the YAML tag ${name}, which means nothing here; remove it`;
  throw new YamlRefusal({ message, ...(line === undefined ? {} : { line }) });
}

const KNOWN_TAGS = new Set(
  ["!", "!!map", "!!seq", "!!str", "!!int", "!!float", "!!bool", "!!null"].concat("!!timestamp"),
);

/**
 * PyYAML's idea of a scalar where it differs: `.` is no number, an exponent needs a sign (`1e3` is text, a short git hash
 * too), and a single letter is no switch. Dates and big numbers are text for every key there is.
 */
function pythonValue(value: unknown, source: string): unknown {
  if (/^[yn]$/i.test(source)) return source;
  if (typeof value !== "number") return value;
  const isNumber = /^[-+]?0x/i.test(source) || (/\d|inf|nan/i.test(source) && !/e\d/i.test(source));
  return isNumber ? value : source;
}
