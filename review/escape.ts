/**
 * How what others wrote is put into Markdown and HTML: nothing in it may be read as markup, tell anybody (`@name`, `#12`),
 * become a link, or hide (control characters, changes of direction).
 */
import { visible } from "../page/visible";

/** Put between a sign and what it would call (`@somebody`, `#12`, `GH-12`, `:100:`): invisible. */
const ZERO_WIDTH_SPACE = "\u200b";

/** A sentence in a Markdown comment, also in a cell of a table or in HTML. */
export function markdownText(value: string): string {
  const quiet = visible(value)
    .trim()
    .replace(/@(?=\w)|#(?=\d)|\bGH-(?=\d)|:(?=[\w+-]+:)/gi, (call) => call + ZERO_WIDTH_SPACE);
  // A colon before a slash makes a link; an underscore between letters is nothing but itself.
  const escaped = quiet.replace(
    /(?!:[^/]|(?<=[a-z\d])_[a-z\d])[^\p{L}\p{M}\p{N} .,;%/()'"?…–→“”\u200b-]/giu,
    entity,
  );
  // A dash or a number at the beginning would make a list.
  return withoutLinks(escaped.replace(/^[\d-]/, entity));
}

/** A name or value in a Markdown comment, also in a cell of a table. */
export function markdownCode(value: string): string {
  const shown = visible(value);
  if (shown.trim() === "") return "<code>&#32;</code>";
  // The plain way for all that has no sign of a table, of HTML or of the code's own end in it.
  if (/^[\w./:@,;%+=()[\]{}"'?!*#$ -]+$/.test(shown) && shown === shown.trim()) {
    return `\`${shown}\``;
  }
  return `<code>${markdownText(value)}</code>`;
}

/** The same in HTML that stands in a comment, where no Markdown is read. */
export function markdownHtmlCode(value: string): string {
  return `<code>${markdownText(value)}</code>`;
}

function entity(character: string): string {
  return `&#${character.codePointAt(0) ?? 0};`;
}

/** What a reader of Markdown makes a link of by itself begins with these letters. */
function withoutLinks(escaped: string): string {
  return escaped.replace(/\bw(?=ww\.)/gi, entity);
}
