import { distance } from "fastest-levenshtein";

/** The candidate that `word` was probably meant to be; undefined when none is near. */
export function nearest(word: string, candidates: readonly string[]): string | undefined {
  const plain = simplified(word);
  // In a short word one slip, or "name" would be offered for "tags"; in a long one more.
  const limit = plain.length <= 5 ? 1 : Math.floor(plain.length / 3);
  const ranked = candidates
    .map((candidate) => ({ candidate, slips: slipsBetween(plain, simplified(candidate)) }))
    .filter(({ slips }) => slips <= limit)
    .sort((a, b) => a.slips - b.slips || (a.candidate < b.candidate ? -1 : 1));
  if (ranked[0] !== undefined) return ranked[0].candidate;
  // "score" for "score.py", "periodSeconds" for "period"; only where one alone fits.
  const [only, ...more] = candidates.filter((candidate) =>
    isExtended(plain, simplified(candidate)),
  );
  return more.length === 0 ? only : undefined;
}

/** `; did you mean "x"?`, or nothing. */
export function didYouMean(word: string, candidates: readonly string[]): string {
  const guess = nearest(word, candidates);
  return guess === undefined ? "" : `; did you mean "${guess}"?`;
}

function isExtended(a: string, b: string): boolean {
  return Math.min(a.length, b.length) >= 4 && (a.startsWith(b) || b.startsWith(a));
}

/** Edit distance, in which two neighbouring letters that changed places are one slip: "bleu" is nearly "blue". */
function slipsBetween(a: string, b: string): number {
  const at = Array.from(a).findIndex((letter, index) => letter !== b[index]);
  const swapped = `${a.slice(0, at)}${a[at + 1] ?? ""}${a[at] ?? ""}${a.slice(at + 2)}`;
  return at >= 0 && swapped === b ? 1 : distance(a, b);
}

/** Case and separators do not count: `instanceType` and `instance-type` are both `instance_type`. */
function simplified(word: string): string {
  return word.toLowerCase().replace(/[^a-z0-9]/g, "");
}
