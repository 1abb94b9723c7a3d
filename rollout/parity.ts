import type { Parity } from "../config/rollout";
import { isObject, type Inputs } from "../graph/paths";

/** Where two answers differ. */
export interface Difference {
  /** JSON path, for example `$.predictions[0].probability`. */
  readonly path: string;
  /** For people: `0.91 instead of 0.42`. */
  readonly what: string;
}

type Tolerance = Pick<Parity, "absoluteTolerance" | "relativeTolerance" | "ignore">;

/**
 * Where the new answer differs from the old one, deeply. Numbers are alike when they differ by no more than one of the
 * tolerances; everything else must be the same.
 */
export function differences(old: unknown, now: unknown, tolerance: Tolerance): Difference[] {
  return differencesAt("$", old, now, tolerance);
}

function differencesAt(
  path: string,
  old: unknown,
  now: unknown,
  tolerance: Tolerance,
): Difference[] {
  if (typeof old === "number" && typeof now === "number") {
    return alike(old, now, tolerance) ? [] : [{ path, what: instead(old, now) }];
  }
  if (Array.isArray(old) && Array.isArray(now)) {
    if (old.length !== now.length) {
      return [{ path, what: `${now.length} items instead of ${old.length}` }];
    }
    return old.flatMap((item, index) =>
      differencesAt(`${path}[${index}]`, item, now[index], tolerance),
    );
  }
  if (isObject(old) && isObject(now)) return inMappings(path, old, now, tolerance);
  return old === now ? [] : [{ path, what: instead(old, now) }];
}

function inMappings(path: string, old: Inputs, now: Inputs, tolerance: Tolerance): Difference[] {
  const keys = new Set([...Object.keys(old), ...Object.keys(now)]);
  return [...keys]
    .filter((key) => !tolerance.ignore.includes(key))
    .flatMap((key) => {
      const at = `${path}${step(key)}`;
      if (!Object.hasOwn(now, key)) return [{ path: at, what: "is missing" }];
      if (!Object.hasOwn(old, key)) return [{ path: at, what: "is new" }];
      return differencesAt(at, old[key], now[key], tolerance);
    });
}

function alike(old: number, now: number, { absoluteTolerance, relativeTolerance }: Tolerance) {
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
