/**
 * Shannon entropy of a text's characters, in bits per character: 0 for "aaaa", 4 for sixteen different ones.
 */
export function entropy(text: string): number {
  const counts = new Map<string, number>();
  for (const character of text) counts.set(character, (counts.get(character) ?? 0) + 1);
  let bits = 0;
  for (const count of counts.values()) {
    const share = count / text.length;
    bits -= share * Math.log2(share);
  }
  return bits;
}

/** Characters; shorter runs are names and versions more often than keys. */
const SHORTEST = 20;
/** Bits per character; twenty random letters and digits have 4.0 on average. */
const LEAST_ENTROPY = 3.5;
/**
 * Share of neighbours of another class (lower case, upper case, digit). Random letters and digits have about 0.65, random lower case
 * and digits 0.4 (base32 0.3); words, camel case, dates and versions have under 0.2.
 */
const LEAST_CHANGES = 0.34;
/** The same where there is only one case, and the characters that such a run needs at least. */
const ONE_CASE = { changes: 0.2, length: 32 };

/**
 * Whether a run of characters looks drawn at random, as keys are. Hexadecimal never does: digests, commits and ids are written so,
 * and they are no secrets. Neither do paths, nor words between `-` and `_`.
 *
 * @param run letters, digits and base64's `+ / = _ -` only
 */
export function looksRandom(run: string): boolean {
  if (isPath(run)) return false;
  const letters = run
    .split(/[^A-Za-z0-9]/)
    .filter((piece) => !/^(?:[A-Za-z]?[a-z]+|[A-Z]+|\d+)$/.test(piece))
    .join("");
  if (letters.length < SHORTEST || /^[0-9a-fA-F]+$/.test(letters)) return false;
  if (!/\d/.test(letters) || !/[A-Za-z]/.test(letters)) return false;
  const isOneCase = letters === letters.toLowerCase() || letters === letters.toUpperCase();
  const isLong = isOneCase && letters.length >= ONE_CASE.length;
  return (
    entropy(letters) >= LEAST_ENTROPY &&
    changes(letters) >= (isLong ? ONE_CASE.changes : LEAST_CHANGES)
  );
}

/** Lower-case or camel-case names, joined by slashes. */
function isPath(run: string): boolean {
  const names = run.split("/");
  return (
    names.length > 1 &&
    names.every((name) => /^(?:[a-z0-9_-]*|[A-Z]?[a-z]+(?:[A-Z][a-z]+)*)$/.test(name))
  );
}

function changes(letters: string): number {
  let count = 0;
  for (let index = 1; index < letters.length; index += 1) {
    if (classOf(letters.charAt(index - 1)) !== classOf(letters.charAt(index))) count += 1;
  }
  return count / (letters.length - 1);
}

function classOf(character: string): "digit" | "lower" | "upper" {
  if (character >= "0" && character <= "9") return "digit";
  return character >= "a" && character <= "z" ? "lower" : "upper";
}
