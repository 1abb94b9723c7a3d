import type { PropertyChange } from "../graph/changes";
import type { Finding } from "../policy/judge";
import type { PolicyResource } from "../policy/rule";
import type { Text } from "./document";
import type { PlainSecret } from "./redact";

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

/** The same for people: judged, and without what looks like a secret. */
export interface StackGraph extends DeclaredGraph {
  /** What stood there in plain text although it looks like a secret. */
  readonly plainSecrets: readonly PlainSecret[];
  /** What the rules say about it. */
  readonly findings: readonly Finding[];
}

export type Op = "create" | "update" | "replace" | "delete" | "same";

/** What would be done to one resource. */
export interface ResourceChange {
  readonly op: Op;
  /** As it would be, or as it was where it goes away. */
  readonly resource: Resource;
  readonly before?: Resource;
  readonly after?: Resource;
  readonly properties: readonly PropertyChange[];
  /** Of a replaced one: the properties that cannot be changed in place. */
  readonly immutable: readonly string[];
  /** Of a replaced or deleted one: the resource that takes it along. */
  readonly with?: Resource;
  /** The other half of a pair that is one resource under two logical names. */
  readonly renamed?: { readonly from: string } | { readonly to: string };
}

/** One stack, before and after. */
export interface StackReview {
  readonly stack: string;
  /** Missing: the stack is new, or what was before cannot be evaluated. */
  readonly before: StackGraph | undefined;
  /** Missing: the stack would be refused, or goes away. */
  readonly after: StackGraph | undefined;
  /** Why nothing of it would be done; the program's own words. */
  readonly refusals: readonly string[];
  /** What the reader has to know about how far the comparison reaches; the first words are ours, then what was said. */
  readonly notes: readonly { readonly note: string; readonly said: readonly string[] }[];
  readonly changes: readonly ResourceChange[];
}

/** A whole report. */
export interface Review {
  readonly stacks: readonly StackReview[];
  /** What was compared with what, and how far that reaches: some sentences. */
  readonly compared: Text;
}

/** All that would be done to resources of the stack, one operation or several. */
export function changesOf({ changes }: StackReview, ...ops: readonly Op[]): ResourceChange[] {
  return changes.filter(({ op }) => ops.includes(op));
}

/** Whether a resource only has another name or place: what it is, is no news. */
export function isRenamed(
  { changes }: StackReview,
  { type, name }: Pick<Resource, "type" | "name">,
) {
  return changes.some(
    ({ resource, renamed }) =>
      renamed !== undefined && resource.type === type && resource.name === name,
  );
}
