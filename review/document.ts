// Not the whole SDK, which takes a second to load.
import { unknownValue } from "@pulumi/pulumi/runtime/rpc";
import { visible } from "../page/visible";

/**
 * What a report says, without how it looks: the comment and the page are two ways to write the same. Prose is ours; whatever
 * comes from the graph or from a message is marked as such here, so that no way of writing has to guess what to escape.
 */

/** Our own words. */
interface Prose {
  readonly prose: string;
}

/** A name or a value, to be shown letter by letter. */
interface Code {
  readonly code: string;
}

/** A sentence that somebody else wrote. */
export interface Quoted {
  readonly quoted: string;
}

export interface Strong {
  readonly strong: Text;
}

/** The way to a resource's differences further down on the page; just its words in a comment. */
interface Link {
  readonly text: Text;
  readonly to: string;
}

/** No plain strings: where one comes from has to be said. */
export type Part = Prose | Code | Quoted | Strong | Link;
export type Text = readonly Part[];

/** What can be put into prose: a string is a name or value. */
type Put = string | number | Part | Text;

export type Block =
  | { readonly kind: "list"; readonly items: readonly Text[] }
  | {
      readonly kind: "table";
      /** Says what the table is of. */
      readonly caption: string;
      readonly head: readonly string[];
      readonly rows: readonly (readonly Text[])[];
    }
  /** Folded until somebody opens it. */
  | { readonly kind: "details"; readonly summary: Text; readonly blocks: readonly Block[] };

/** `blocking`: do not merge before understanding it. `review`: read it. `note`: good to know. */
export type Weight = "blocking" | "review" | "note";

/** One sentence for the top of the report. */
export interface Headline {
  readonly weight: Weight;
  readonly text: Text;
}

export interface Section {
  readonly title: string;
  readonly headlines: readonly Headline[];
  /** What changes; empty where nothing does. */
  readonly blocks: readonly Block[];
  /** Context for the blocks; the page shows it even where nothing changes. */
  readonly unchanged: readonly Block[];
}

/** Prose with values in it: a string that is put in is shown as a name or value. */
export function say(strings: TemplateStringsArray, ...values: readonly Put[]): Text {
  return strings.flatMap((string, index): Text => {
    const value = values[index];
    return [...prose(string), ...(value === undefined ? [] : put(value))];
  });
}

/** The same, to be seen at once. */
export function strong(strings: TemplateStringsArray, ...values: readonly Put[]): Strong {
  return { strong: say(strings, ...values) };
}

/** Our own words, from a table of this folder. */
export function prose(words: string): Text {
  return words === "" ? [] : [{ prose: words }];
}

/** What the engine's marker for a value that is not known yet means. */
const UNKNOWN = "(known after the update)";

function put(value: Put): Text {
  if (typeof value === "string") return [{ code: value.replaceAll(unknownValue, UNKNOWN) }];
  if (typeof value === "number") return prose(String(value));
  return isText(value) ? value : [value];
}

export function quoted(sentence: string): Quoted {
  return { quoted: sentence };
}

/** Texts one after another, with something between them. */
export function joined(texts: readonly Text[], between = ", "): Text {
  return texts.flatMap((text, index) => (index === 0 ? text : [...prose(between), ...text]));
}

/** Without any markup, for a terminal or a title. */
export function plainText(text: Text): string {
  return text
    .map((part) => {
      if ("prose" in part) return part.prose;
      if ("code" in part) return visible(part.code);
      if ("quoted" in part) return visible(part.quoted);
      return plainText("strong" in part ? part.strong : part.text);
    })
    .join("");
}

/** Nothing where there are no items. */
export function list(items: readonly Text[]): Block[] {
  return items.length === 0 ? [] : [{ kind: "list", items }];
}

/** Nothing where there are no rows. */
export function table(
  caption: string,
  head: readonly string[],
  rows: readonly (readonly Text[])[],
): Block[] {
  return rows.length === 0 ? [] : [{ kind: "table", caption, head, rows }];
}

/** Nothing where there is nothing in it. */
export function details(summary: Text, blocks: readonly Block[]): Block[] {
  return blocks.length === 0 ? [] : [{ kind: "details", summary, blocks }];
}

function isText(value: Part | Text): value is Text {
  return Array.isArray(value);
}
