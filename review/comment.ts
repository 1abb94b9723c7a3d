import { isWithin } from "../graph/changes";
import { alike, type Alike } from "./alike";
import {
  details,
  list,
  prose,
  quoted,
  say,
  strong,
  table,
  type Block,
  type Headline,
  type Text,
} from "./document";
import { blockMarkdown, textMarkdown } from "./markdown";
import { changesOf, type Op, type StackReview } from "./model";
import { named } from "./naming";
import type { Report, StackReport } from "./report";
import { shownValue } from "./shownValue";
import { count } from "./typeNames";

/** By it a comment is found again and replaced; nobody sees it. */
export const MARKER = "<!-- mlscore-review -->";

/** GitHub takes 65,536 characters; bytes are counted, which are never fewer. */
const MOST_BYTES = 60_000;

/** Kept free for the sentence that says what was left out. */
const RESERVE = 600;

export const SIGNS = { blocking: "🛑", review: "⚠️", note: "ℹ️", none: "✅" } as const;

const OPS: readonly { readonly op: Op; readonly words: string }[] = [
  { op: "create", words: "Created" },
  { op: "update", words: "Updated" },
  { op: "replace", words: "Replaced" },
  { op: "delete", words: "Deleted" },
];

/**
 * The whole report as one Markdown comment. Title and counts are always in it; then come headlines and everything else as
 * far as there is room, most important first, and it is said how much is left out.
 */
export function comment(report: Report, most = MOST_BYTES): string {
  const { review, verdict, weight, stacks } = report;
  const title = say`## ${prose(SIGNS[weight])} Infrastructure review: ${verdict}`;
  const top = [MARKER, textMarkdown(title), stacks.map(countLine).join("\n")];
  const compared = textMarkdown(review.compared);
  let left = most - RESERVE - bytes([...top, compared].join("\n\n"));
  let cut = 0;
  const fitting = (text: string): string[] => {
    const size = bytes(text) + 2;
    if (size > left) {
      cut++;
      return [];
    }
    left -= size;
    return [text];
  };
  const headlines = stacks.flatMap((stack) => headlineList(stack, fitting));
  const blocks = stacks.flatMap(stackBlocks).flatMap(fitting);
  const isCut =
    cut === 0
      ? []
      : [
          `_${count(cut, "part")} did not fit into a comment; the page \`review.html\` has everything._`,
        ];
  return `${[...top, ...headlines, compared, ...blocks, ...isCut].join("\n\n")}\n`;
}

function countLine({ review, counts }: StackReport): string {
  const { create, update, replace, delete: deleted, same } = counts;
  const what =
    review.refusals.length > 0
      ? say`would be refused: ${prose(count(review.refusals.length, "problem"))}`
      : create + update + replace + deleted === 0
        ? say`no change (${prose(count(same, "resource"))})`
        : say`${create} to create, ${update} to update, ${replace} to replace, ${deleted} to delete, ${same} unchanged`;
  return `- ${textMarkdown(say`${strong`${review.stack}`}: ${what}`)}`;
}

/** Problems of a refused stack that are shown unfolded. */
const REFUSALS = 20;

/** How far the comparison reaches, which decides how the rest is read, and what a reviewer has to know. */
function headlineList(
  { review, headlines }: StackReport,
  fitting: (text: string) => string[],
): string[] {
  const items = [
    ...review.notes.map(({ note }) => say`${prose(SIGNS.review)} ${prose(note)}`),
    ...headlines.slice(0, REFUSALS).map(headlineText),
  ];
  if (items.length === 0) return [];
  const lines = items.flatMap((item) => fitting(`- ${textMarkdown(item)}`));
  return [`### ${textMarkdown(say`${review.stack}`)}`, lines.join("\n")];
}

function headlineText({ weight, text }: Headline): Text {
  return say`${prose(SIGNS[weight])} ${text}`;
}

/** Most important first: what does not fit is cut from the end. */
function stackBlocks({ review, headlines, sections }: StackReport): string[] {
  const said = review.notes.flatMap((note) => note.said);
  const rest = headlines.slice(REFUSALS);
  const folded = [
    ...details(
      say`${review.stack}: messages of the base`,
      list(said.map((one) => say`${quoted(one)}`)),
    ),
    ...details(say`${review.stack}: ${rest.length} more`, list(rest.map(headlineText))),
  ].map(blockMarkdown);
  const telling = sections.filter(({ blocks }) => blocks.length > 0);
  const parts = telling.map(({ title, blocks, unchanged }) =>
    [
      `#### ${textMarkdown(say`${review.stack}: ${prose(title.toLowerCase())}`)}`,
      ...[...blocks, ...unchanged].map(blockMarkdown),
    ].join("\n\n"),
  );
  return [
    ...folded,
    ...parts,
    ...OPS.flatMap(({ op, words }) => changedResources(review, op, words)),
  ];
}

function changedResources(review: StackReview, op: Op, words: string): string[] {
  const changes = changesOf(review, op);
  if (changes.length === 0) return [];
  const title = say`${review.stack}: ${prose(words.toLowerCase())} (${changes.length})`;
  const blocks = alike(changes).flatMap(changeBlocks);
  return details(title, blocks).map(blockMarkdown);
}

/** Resources of one kind of change that are named in a comment. */
const NAMES = 100;

/** A list of the resources, then what differs in each of them. */
function changeBlocks(changes: Alike): Block[] {
  const [{ properties, immutable, with: gone }] = changes;
  const why = gone === undefined ? [] : say`, along with ${named(gone)}`;
  const names = changes.slice(0, NAMES).map(({ resource }) => say`${named(resource)}${why}`);
  const more = changes.length - names.length;
  const rows = properties.map(({ path, before, after }) => [
    say`${path}${prose(immutable.some((one) => isWithin(path, one)) ? " (cannot be changed in place)" : "")}`,
    valueText(before),
    valueText(after),
  ]);
  return [
    ...list([...names, ...(more > 0 ? [say`and ${more} more`] : [])]),
    ...table("What differs", ["property", "before", "after"], rows),
  ];
}

function valueText(value: unknown): Text {
  return value === undefined ? say`–` : say`${shownValue(value, "comment")}`;
}

function bytes(text: string): number {
  return Buffer.byteLength(text, "utf8");
}
