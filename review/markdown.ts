import { prose, type Block, type Part, type Text } from "./document";
import { markdownCode, markdownHtmlCode, markdownText } from "./escape";

/** Longer names and sentences are cut in a comment. */
const LONGEST = 1000;

/** A block as Markdown, without a line break at its end. */
export function blockMarkdown(block: Block): string {
  switch (block.kind) {
    case "list":
      return block.items.map((item) => `- ${textMarkdown(item)}`).join("\n");
    case "table":
      // The caption is for the page: a comment has a heading right above.
      return [
        rowMarkdown(block.head.map(prose)),
        `|${" --- |".repeat(block.head.length)}`,
        ...block.rows.map(rowMarkdown),
      ].join("\n");
    case "details":
      return folded(block.summary, block.blocks.map(blockMarkdown).join("\n\n"));
  }
}

/** Markdown that is folded; a blank line on both sides makes it be read as Markdown. */
function folded(summary: Text, inner: string): string {
  return `<details><summary>${textHtml(summary)}</summary>\n\n${inner}\n\n</details>`;
}

export function textMarkdown(text: Text): string {
  return text.map((part) => partMarkdown(part)).join("");
}

function rowMarkdown(cells: readonly Text[]): string {
  return `| ${cells.map((cell) => textMarkdown(cell)).join(" | ")} |`;
}

function partMarkdown(part: Part): string {
  if ("prose" in part) return part.prose;
  if ("code" in part) return markdownCode(short(part.code));
  if ("quoted" in part) return markdownText(short(part.quoted));
  if ("strong" in part) return `**${textMarkdown(part.strong)}**`;
  return textMarkdown(part.text);
}

/** In a summary, which is HTML, no Markdown is read. */
function textHtml(text: Text): string {
  return text
    .map((part): string => {
      if ("prose" in part) return ours(part.prose);
      if ("code" in part) return markdownHtmlCode(short(part.code));
      if ("quoted" in part) return markdownText(short(part.quoted));
      if ("strong" in part) return `<b>${textHtml(part.strong)}</b>`;
      return textHtml(part.text);
    })
    .join("");
}

/** Our own words have no markup in them, but signs such as & and <. */
function ours(words: string): string {
  return words.replaceAll("&", "&amp;").replaceAll("<", "&lt;");
}

function short(text: string): string {
  return text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text;
}
