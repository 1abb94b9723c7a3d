// Not the whole SDK, which takes a second to load.
import { unknownValue } from "@pulumi/pulumi/runtime/rpc";
import type { PolicyResource } from "./rule";

/**
 * Checks of inputs. They fail closed: a missing value fails, and so does an unknown one, because the program itself sets
 * every value that is checked here. Values that Azure assigns, ids above all, are compared in `relations.ts` instead.
 *
 * `graph/paths.ts` reads known values by path. The readers here differ from it in that a path into an unknown value is
 * `UNKNOWN` instead of missing, and that `knownText` does not return the marker of an unknown value, which is a text.
 */

/** The marker of a value that is known only during the run. */
export const UNKNOWN: unknown = unknownValue;

type Plain = string | number | boolean;

/** The value at a dotted path: `UNKNOWN` if a part of the path is unknown, undefined if it does not exist. */
export function at(value: unknown, path: string): unknown {
  return path.split(".").reduce(entry, value);
}

/** The value of one key, which may contain dots: a label, an annotation. */
export function entry(value: unknown, key: string): unknown {
  if (value === UNKNOWN) return UNKNOWN;
  if (typeof value !== "object" || value === null || !Object.hasOwn(value, key)) return undefined;
  return (value as Record<string, unknown>)[key];
}

/** The items of a list; empty if the value is not a list. */
export function items(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

/** The text at a path; undefined if it is unknown or does not exist. */
export function knownText(value: unknown, path: string): string | undefined {
  const found = at(value, path);
  return typeof found === "string" && found !== UNKNOWN ? found : undefined;
}

/** A check of resources whose input must have one of the allowed values. */
export function requires(path: string, ...allowed: readonly Plain[]) {
  return ({ inputs }: PolicyResource): string[] => mustBe(inputs, path, ...allowed);
}

/** Fails unless the value is one of those allowed. */
export function mustBe(inputs: unknown, path: string, ...allowed: readonly Plain[]): string[] {
  const value = at(inputs, path);
  return allowed.some((one) => one === value) ? [] : [problem(path, value, list(allowed))];
}

/** Fails if there is a value other than those allowed; the default of Azure or Kubernetes is safe. */
export function mayOnlyBe(inputs: unknown, path: string, ...allowed: readonly Plain[]): string[] {
  return at(inputs, path) === undefined ? [] : mustBe(inputs, path, ...allowed);
}

/** Fails unless the value is a number of at least the minimum. */
export function mustBeAtLeast(inputs: unknown, path: string, minimum: number): string[] {
  const value = at(inputs, path);
  return typeof value === "number" && value >= minimum
    ? []
    : [problem(path, value, `${minimum} or more`)];
}

/** Fails unless the value is a text that is not blank. */
export function mustBeText(inputs: unknown, path: string, wanted: string): string[] {
  const value = at(inputs, path);
  const isText = typeof value === "string" && value !== UNKNOWN && value.trim() !== "";
  return isText ? [] : [problem(path, value, wanted)];
}

/** For example `publicNetworkAccess is "Enabled"; must be "Disabled"`. */
export function problem(path: string, value: unknown, wanted: string): string {
  if (value === undefined || value === null) return `${path} is missing; must be ${wanted}`;
  if (value === UNKNOWN) {
    return `${path} is not known before the run; must be ${wanted}, and the program must set it`;
  }
  return `${path} is ${shown(value)}; must be ${wanted}`;
}

/** Shortened, because a long text is hard to read and its content is not known. */
function shown(value: unknown): string {
  if (Array.isArray(value)) return value.length === 0 ? "an empty list" : "a list";
  if (typeof value === "object" && value !== null) return "an object";
  const text = JSON.stringify(value);
  return text.length > 80 ? `${text.slice(0, 79)}…` : text;
}

function list(values: readonly Plain[]): string {
  return values.map((value) => JSON.stringify(value)).join(" or ");
}
