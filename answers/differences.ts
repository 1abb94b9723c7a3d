/** Where the answers of two deployments to the same request differ, field by field. */

/** What counts as the same answer. */
export interface ComparisonRules {
  /** Two numbers are alike when they differ by no more than this … */
  readonly absoluteTolerance: number;
  /** … or by no more than this share of the larger one. */
  readonly relativeTolerance: number;
  /** Keys that are not compared, wherever they are. */
  readonly ignore: readonly string[];
}

/** Everything must be the same. */
export const EXACT: ComparisonRules = { absoluteTolerance: 0, relativeTolerance: 0, ignore: [] };

/** Where two answers differ. */
export interface Difference {
  /** JSON path, for example `$.predictions[0].probability`. */
  readonly path: string;
  /** The same for every item of a list: `$.predictions[*].probability`. */
  readonly field: string;
  /** For people: `0.91 instead of 0.42`. */
  readonly what: string;
}

/** Levels of lists and mappings that are compared; an answer that is deeper could use up the stack. */
const MAX_DEPTH = 200;

/**
 * Where the new answer differs from the old one, deeply and one difference after another, so that a reader may stop early.
 * Numbers are alike when they differ by no more than one of the tolerances; everything else must be the same.
 */
export function differences(
  old: unknown,
  now: unknown,
  rules: ComparisonRules,
): Iterable<Difference> {
  return differencesAt({ path: "$", field: "$", depth: 0 }, old, now, rules);
}

interface Place {
  readonly path: string;
  readonly field: string;
  readonly depth: number;
}

function* differencesAt(
  place: Place,
  old: unknown,
  now: unknown,
  rules: ComparisonRules,
): Generator<Difference> {
  const isNested = isObject(old) || Array.isArray(old);
  if (isNested && place.depth === MAX_DEPTH) {
    yield at(place, `is nested more than ${MAX_DEPTH} levels deep, which is not compared`);
  } else if (typeof old === "number" && typeof now === "number") {
    if (!alike(old, now, rules)) yield at(place, instead(old, now));
  } else if (Array.isArray(old) && Array.isArray(now)) {
    yield* inLists(place, old, now, rules);
  } else if (isObject(old) && isObject(now)) {
    yield* inMappings(place, old, now, rules);
  } else if (old !== now) {
    yield at(place, instead(old, now));
  }
}

function* inLists(
  place: Place,
  old: readonly unknown[],
  now: readonly unknown[],
  rules: ComparisonRules,
): Generator<Difference> {
  if (old.length !== now.length) {
    yield at(place, `${now.length} items instead of ${old.length}`);
    return;
  }
  for (const [index, item] of old.entries()) {
    yield* differencesAt(below(place, `[${index}]`, "[*]"), item, now[index], rules);
  }
}

function* inMappings(
  place: Place,
  old: Readonly<Record<string, unknown>>,
  now: Readonly<Record<string, unknown>>,
  rules: ComparisonRules,
): Generator<Difference> {
  for (const key of new Set([...Object.keys(old), ...Object.keys(now)])) {
    if (rules.ignore.includes(key)) continue;
    const inside = below(place, step(key), step(key));
    if (!Object.hasOwn(now, key)) yield at(inside, "is missing");
    else if (!Object.hasOwn(old, key)) yield at(inside, "is new");
    else yield* differencesAt(inside, old[key], now[key], rules);
  }
}

function below({ path, field, depth }: Place, pathStep: string, fieldStep: string): Place {
  return { path: path + pathStep, field: field + fieldStep, depth: depth + 1 };
}

function at({ path, field }: Place, what: string): Difference {
  return { path, field, what };
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function alike(
  old: number,
  now: number,
  { absoluteTolerance, relativeTolerance }: ComparisonRules,
): boolean {
  const apart = Math.abs(old - now);
  return (
    apart <= absoluteTolerance ||
    apart <= relativeTolerance * Math.max(Math.abs(old), Math.abs(now))
  );
}

function step(key: string): string {
  return /^[A-Za-z_]\w*$/.test(key) ? `.${key}` : `[${JSON.stringify(key)}]`;
}

function instead(old: unknown, now: unknown): string {
  return `${shown(now)} instead of ${shown(old)}`;
}

/** Characters of a value that are shown. */
const SHOWN = 60;

function shown(value: unknown): string {
  if (Array.isArray(value)) return "a list";
  if (isObject(value)) return "a mapping";
  const text = JSON.stringify(value);
  return text.length > SHOWN ? `${text.slice(0, SHOWN)}…` : text;
}
