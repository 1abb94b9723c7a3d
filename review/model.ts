import type { PropertyChange } from "../graph/changes";
import type { Finding } from "../policy/judge";
import type { PolicyResource } from "../policy/rule";
import type { Text } from "./document";

/** A resource as the review sees it: the same from an evaluation and from a preview; nothing secret is left in it. */
export type Resource = PolicyResource;

/** What a stack declares at one time, as it was read. */
export interface DeclaredGraph {
  readonly resources: readonly Resource[];
  readonly outputs: Readonly<Record<string, unknown>>;
  /** URNs of identities by their object ids in Entra, as far as they are known. */
  readonly principals: Readonly<Record<string, string>>;
  /** What the program warned of. */
  readonly warnings: readonly string[];
}

/** The graph that people may see: with the findings of the policy, and without what looks like a secret. */
export interface StackGraph extends DeclaredGraph {
  /** Violations of the policy rules. */
  readonly findings: readonly Finding[];
}

export type Op = "create" | "update" | "replace" | "delete" | "same";

/**
 * What would be done to one resource. For example, a vault that moves has `op: "replace"`, `immutable: ["location"]` and
 * `properties: [{ path: "location", before: "canadacentral", after: "canadaeast" }]`.
 */
export interface ResourceChange {
  readonly op: Op;
  /** The resource after the change; the one before it where it is deleted. */
  readonly resource: Resource;
  readonly before?: Resource;
  readonly after?: Resource;
  readonly properties: readonly PropertyChange[];
  /** Of a replaced one: the properties that cannot be changed in place. */
  readonly immutable: readonly string[];
  /** The resource whose replacement or deletion causes this one. */
  readonly with?: Resource;
  /** The other half of a pair that is one resource under two logical names. */
  readonly renamed?: { readonly from: string } | { readonly to: string };
}

/** A change that Azure or Kubernetes would refuse, by the rules that the emulator knows. */
export interface RefusedChange {
  readonly resource: Resource;
  /** The emulator's refusal, `code: message`. */
  readonly message: string;
  /** Assumptions that it rests on (docs/azure-assumptions.md). */
  readonly sources: readonly string[];
}

/** One stack, before and after. */
export interface StackReview {
  readonly stack: string;
  /** Missing: the stack is new, or what was before cannot be evaluated. */
  readonly before: StackGraph | undefined;
  /** Missing: the stack would be refused, or its settings file is removed. */
  readonly after: StackGraph | undefined;
  /** Why the program refuses the stack, in its own words. */
  readonly refusals: readonly string[];
  /** Limits of the comparison: our sentence, then the messages of the program. */
  readonly notes: readonly { readonly note: string; readonly said: readonly string[] }[];
  readonly changes: readonly ResourceChange[];
  /** Those of the changes that the emulator refuses. */
  readonly refusedChanges: readonly RefusedChange[];
}

/** A whole report. */
export interface Review {
  readonly stacks: readonly StackReview[];
  /** What was compared with what, and how far that reaches: some sentences. */
  readonly compared: Text;
}

/** The changes of the stack with one of these operations. */
export function changesOf({ changes }: StackReview, ...ops: readonly Op[]): ResourceChange[] {
  return changes.filter(({ op }) => ops.includes(op));
}

/** Whether only the name of a resource changes, or its place in the tree. */
export function isRenamed(
  { changes }: StackReview,
  { type, name }: Pick<Resource, "type" | "name">,
) {
  return changes.some(
    ({ resource, renamed }) =>
      renamed !== undefined && resource.type === type && resource.name === name,
  );
}
