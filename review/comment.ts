import {
  details,
  list,
  prose,
  quoted,
  say,
  strong,
  table,
  type Block,
  type Text,
} from "./document";
import { blockMarkdown, textMarkdown } from "./markdown";
import { changesOf, type Op, type ResourceChange, type StackReview } from "./model";
import { named } from "./places";
import type { Report, StackReport } from "./report";
import { shownValue } from "./values";
import { count } from "./words";

/** By it a comment is found again and replaced; nobody sees it. */
export const MARKER = "<!-- mlscore-review -->";

/** GitHub takes 65,536 characters; bytes are counted, which are never fewer. */
const MOST_BYTES = 60_000;

/** Kept free for the sentence that says what was left out. */
const RESERVE = 600;

export const SIGNS = { stop: "🛑", look: "⚠️", note: "ℹ️", quiet: "✅" } as const;

const OPS: readonly { readonly op: Op; readonly words: string }[] = [
  { op: "create", words: "Created" },
  { op: "update", words: "Updated" },
  { op: "replace", words: "Replaced" },
  { op: "delete", words: "Deleted" },
];

/**
 * The whole report as one Markdown comment. The summary is always whole; of what comes after it, blocks that no longer fit
 * are left out, and that is said.
 */
export function comment(report: Report, most = MOST_BYTES): string {
  const head = [MARKER, ...summary(report)].join("\n\n");
  const kept: string[] = [];
  let left = most - bytes(head) - RESERVE;
  let cut = 0;
  for (const block of report.stacks.flatMap(stackBlocks)) {
    const size = bytes(block) + 2;
    if (size > left) cut++;
    else {
      kept.push(block);
      left -= size;
    }
  }
  const isCut =
    cut === 0
      ? []
      : [
          `_${count(cut, "part")} did not fit into a comment; the page \`review.html\` has everything._`,
        ];
  return `${[head, ...kept, ...isCut].join("\n\n")}\n`;
}

/** What a reviewer sees without scrolling. */
function summary({ review, verdict, weight, stacks }: Report): string[] {
  const title = say`## ${prose(SIGNS[weight])} Infrastructure review: ${verdict}`;
  return [
    textMarkdown(title),
    stacks.map(countLine).join("\n"),
    ...stacks.flatMap(headlineList),
    textMarkdown(review.compared),
  ];
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

function headlineList({ review, headlines }: StackReport): string[] {
  const lines = headlines.map(({ weight, text }) => say`${prose(SIGNS[weight])} ${text}`);
  const blocks = [
    ...list(lines.slice(0, REFUSALS)),
    ...details(say`${lines.length - REFUSALS} more`, list(lines.slice(REFUSALS))),
    ...review.notes.flatMap(({ note, said }) => [
      ...list([say`${prose(SIGNS.look)} ${prose(note)}`]),
      ...details(say`What it said`, list(said.map((one) => say`${quoted(one)}`))),
    ]),
  ];
  if (blocks.length === 0) return [];
  return [`### ${textMarkdown(say`${review.stack}`)}`, ...blocks.map(blockMarkdown)];
}

/** Most important first: what does not fit is cut from the end. */
function stackBlocks({ review, sections }: StackReport): string[] {
  const telling = sections.filter(({ blocks }) => blocks.length > 0);
  const parts = telling.map(({ title, blocks, standing }) =>
    [
      `#### ${textMarkdown(say`${review.stack}: ${prose(title.toLowerCase())}`)}`,
      ...[...blocks, ...standing].map(blockMarkdown),
    ].join("\n\n"),
  );
  return [...parts, ...OPS.flatMap(({ op, words }) => changedResources(review, op, words))];
}

function changedResources(review: StackReview, op: Op, words: string): string[] {
  const changes = changesOf(review, op);
  if (changes.length === 0) return [];
  const title = say`${review.stack}: ${prose(words.toLowerCase())} (${changes.length})`;
  const blocks = changes.flatMap((change) => changeBlocks(change));
  return details(title, blocks).map(blockMarkdown);
}

function changeBlocks({ resource, properties, immutable, with: gone }: ResourceChange): Block[] {
  const why = gone === undefined ? [] : say`, along with ${named(gone)}`;
  const rows = properties.map(({ path, before, after }) => [
    say`${path}${prose(immutable.some((one) => path.startsWith(one)) ? " (cannot be changed in place)" : "")}`,
    valueText(before),
    valueText(after),
  ]);
  return [
    ...list([say`${named(resource)}${why}`]),
    ...table("What differs", ["property", "before", "after"], rows),
  ];
}

function valueText(value: unknown): Text {
  return value === undefined ? say`–` : say`${shownValue(value, "comment")}`;
}

function bytes(text: string): number {
  return Buffer.byteLength(text, "utf8");
}
