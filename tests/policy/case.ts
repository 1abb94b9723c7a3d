import type { Target } from "../../policy/rule";
import { all, set, unknown, unset, type Change } from "./graphs";

/** A stack of the project's; `privateSandbox` is the sandbox at the level privateBothWays. */
export type Source = Target | "privateSandbox";

/** How one rule is tested: on resources of one of the project's own stacks, broken in one place at a time. */
export interface Case {
  readonly from: Source;
  /** What the resources are judged as; missing: what they are from. */
  readonly as?: Target;
  /** What makes them right, where the project's own stack has no such thing or is not held to the rule. */
  readonly given?: Change;
  readonly breaks: readonly Break[];
}

export interface Break {
  readonly what: string;
  readonly change: Change;
  /** Which resource is to blame: its logical name or type. */
  readonly on: string;
  /** Something that must be there has been taken away. */
  readonly isMissing: boolean;
}

/**
 * An input that must be there with a right value: breaks it by every wrong one, by not knowing it, and by taking it and
 * each block around it away.
 */
export function needs(which: string, path: string, ...wrong: readonly unknown[]): Break[] {
  const parts = path.split(".");
  const blocks = parts.map((_part, index) => parts.slice(0, parts.length - index).join("."));
  return [
    ...wrong.map((value) =>
      wrongly(`${path} = ${JSON.stringify(value)}`, set(which, path, value), which),
    ),
    wrongly(`${path} unknown`, unknown(which, path), which),
    ...blocks.map((block) => missing(`${block} missing`, unset(which, block), which)),
  ];
}

export function wrongly(what: string, change: Change, on: string): Break {
  return { what, change, on, isMissing: false };
}

export function missing(what: string, change: Change, on: string): Break {
  return { what, change, on, isMissing: true };
}

/** The same breaks, each after another change. */
export function after(change: Change, breaks: readonly Break[]): Break[] {
  return breaks.map((one) => ({ ...one, change: all(change, one.change) }));
}

/** The same breaks, with another resource to blame. */
export function blaming(on: string, breaks: readonly Break[]): Break[] {
  return breaks.map((one) => ({ ...one, on }));
}
