import { isReference, isSetting, isSwitchOrPath } from "./harmless";
import { knownTokensIn } from "./knownTokens";
import { secretName } from "./names";
import { shapesIn, type Span } from "./shapes";

/** Most texts come again and again: the same tag on every resource. */
const seen = new Map<string, readonly Span[]>();
const MOST_SEEN = 10_000;

/**
 * Every secret that a text shows by its shape, whatever it is called: tokens of known services, connection strings, passwords in
 * addresses, private keys, JSON and assignments with a password, random text. In order and without overlap.
 */
export function secretsIn(text: string): readonly Span[] {
  if (text.length < 6) return [];
  const known = seen.get(text);
  if (known !== undefined) return known;
  const found = isReference(text) ? [] : merged([...shapesIn(text), ...knownTokensIn(text)]);
  if (seen.size >= MOST_SEEN) seen.clear();
  seen.set(text, found);
  return found;
}

/**
 * What kind of secret the value of a variable, tag or property is: by its shape, or by what its name says. Undefined when it looks
 * like none.
 *
 * @param name empty where nobody chose it
 */
export function secretKind(name: string, value: string): string | undefined {
  if (isReference(value)) return undefined;
  const [span] = secretsIn(value);
  if (span !== undefined) return span.kind;
  if (name === "") return undefined;
  const verdict = secretName(name);
  if (verdict === "certain" && !isSwitchOrPath(value)) return "by its name";
  if (verdict === "possible" && !isSetting(value)) return "by its name";
  // Some services' tokens are known only beside the service's name: `DATADOG_ACCESS: …`.
  return knownTokensIn(`${name}=${value}`)[0]?.kind;
}

function merged(spans: Span[]): Span[] {
  const result: Span[] = [];
  for (const span of spans.sort((a, b) => a.start - b.start || b.end - a.end)) {
    const last = result.at(-1);
    if (last === undefined || span.start >= last.end) result.push(span);
    else if (span.end > last.end) result[result.length - 1] = { ...last, end: span.end };
  }
  return result;
}
