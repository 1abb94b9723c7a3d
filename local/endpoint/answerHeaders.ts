/** The headers of a model's answer, from their lines. */

export type AnswerHeaders = Readonly<Record<string, string | string[] | undefined>>;

/** Of which Node, too, believes the first line (http, message.headers). */
const SINGLE = new Set([
  ...["age", "authorization", "content-length", "content-type", "etag", "expires", "from", "host"],
  ...["if-modified-since", "if-unmodified-since", "last-modified", "location", "max-forwards"],
  ...["proxy-authorization", "referer", "retry-after", "server", "user-agent"],
]);

/**
 * Lines of the same name are joined, as Node does it.
 *
 * @param raw names and values by turns
 */
export function headersOf(raw: readonly Buffer[]): AnswerHeaders {
  const headers = new Map<string, string | string[]>();
  for (let index = 0; index + 1 < raw.length; index += 2) {
    const name = text(raw[index]).toLowerCase();
    const value = text(raw[index + 1]);
    const known = headers.get(name);
    if (name === "set-cookie")
      headers.set(name, Array.isArray(known) ? [...known, value] : [value]);
    else if (typeof known !== "string") headers.set(name, value);
    else if (!SINGLE.has(name)) headers.set(name, `${known}, ${value}`);
  }
  return Object.fromEntries(headers);
}

/** Header lines are bytes; Node reads and writes them as Latin-1. */
function text(bytes: Buffer | undefined): string {
  return bytes?.toString("latin1") ?? "";
}
