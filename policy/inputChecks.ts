// Not the whole SDK, which takes a second to load.
import { unknownValue } from "@pulumi/pulumi/runtime/rpc";
import type { PolicyResource } from "./rule";

/**
 * Reading inputs. Rules fail closed: what is missing is wrong, and so is what is unknown, because the program itself
 * decides whatever is asked here. Values that Azure decides, ids above all, are compared in `relations.ts` instead.
 */

/** What the program cannot know before the run. */
export const UNKNOWN: unknown = unknownValue;

type Plain = string | number | boolean;

/** The value at a dotted path; `UNKNOWN` as soon as one of its parts is, undefined where there is none. */
export function at(value: unknown, path: string): unknown {
  return path.split(".").reduce(entry, value);
}

/** The value of one key, whatever characters it has: a label, an annotation. */
export function entry(value: unknown, key: string): unknown {
  if (value === UNKNOWN) return UNKNOWN;
  if (typeof value !== "object" || value === null || !Object.hasOwn(value, key)) return undefined;
  return (value as Record<string, unknown>)[key];
}

/** The items of a list; none where there is no list. */
export function items(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

/** The text at a path; undefined where there is none or it is unknown. */
export function textAt(value: unknown, path: string): string | undefined {
  const found = at(value, path);
  return typeof found === "string" && found !== UNKNOWN ? found : undefined;
}

/** A check of resources whose input must have one of the allowed values. */
export function requires(path: string, ...allowed: readonly Plain[]) {
  return ({ inputs }: PolicyResource): string[] => mustBe(inputs, path, ...allowed);
}

/** Wrong unless the value is one of those allowed. */
export function mustBe(inputs: unknown, path: string, ...allowed: readonly Plain[]): string[] {
  const value = at(inputs, path);
  return allowed.some((one) => one === value) ? [] : [fault(path, value, list(allowed))];
}

/** Wrong if there is a value other than those allowed; what is left out has Azure's or Kubernetes' safe default. */
export function mayOnlyBe(inputs: unknown, path: string, ...allowed: readonly Plain[]): string[] {
  return at(inputs, path) === undefined ? [] : mustBe(inputs, path, ...allowed);
}

/** Wrong unless the value is a number of at least this. */
export function mustBeAtLeast(inputs: unknown, path: string, least: number): string[] {
  const value = at(inputs, path);
  return typeof value === "number" && value >= least
    ? []
    : [fault(path, value, `${least} or more`)];
}

/** Wrong unless there is a text that says something. */
export function mustSay(inputs: unknown, path: string, what: string): string[] {
  const value = at(inputs, path);
  const isText = typeof value === "string" && value !== UNKNOWN && value.trim() !== "";
  return isText ? [] : [fault(path, value, what)];
}

/** One sentence on a value that is not what it must be. */
export function fault(path: string, value: unknown, wanted: string): string {
  if (value === undefined || value === null) return `${path} is missing; must be ${wanted}`;
  if (value === UNKNOWN) {
    return `${path} is not known before the run; must be ${wanted}, and the program must decide it`;
  }
  return `${path} is ${shown(value)}; must be ${wanted}`;
}

/** Short, because nobody reads long values, and because a long text may be anything. */
export function shown(value: unknown): string {
  if (Array.isArray(value)) return value.length === 0 ? "an empty list" : "a list";
  if (typeof value === "object" && value !== null) return "an object";
  const text = JSON.stringify(value);
  return text.length > 80 ? `${text.slice(0, 79)}…` : text;
}

function list(values: readonly Plain[]): string {
  return values.map((value) => JSON.stringify(value)).join(" or ");
}
