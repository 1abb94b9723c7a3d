/**
 * Characters that act on a terminal, or make a text read differently from what it is: control characters but line feed and tab,
 * and Unicode's invisible and bidirectional ones (Unicode Technical Report 36, CVE-2021-42574).
 */
const ACTING =
  // eslint-disable-next-line no-control-regex -- these are what it is about
  /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u00ad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]|\udb40[\udc00-\udc7f]/g;

/** A text whose acting characters are written as JSON would escape them: ESC is `\u001b`. Windows' line ends become Unix'. */
export function visible(text: string): string {
  return text
    .replaceAll("\r\n", "\n")
    .replace(ACTING, (found) =>
      Array.from({ length: found.length }, (_, index) => escaped(found.charCodeAt(index))).join(""),
    );
}

function escaped(unit: number): string {
  return `\\u${unit.toString(16).padStart(4, "0")}`;
}
