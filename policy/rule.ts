import type { StackConfig } from "../config/types";

/** A mandatory violation stops a run; an advisory one is shown. */
export type Severity = "mandatory" | "advisory";

export type Target = StackConfig["target"];

/** A resource as rules see it: the same from the real engine and from an evaluation without one. */
export interface PolicyResource {
  /** Pulumi's type, without an API version: `azure-native:storage:StorageAccount`. */
  readonly type: string;
  /** Logical name. */
  readonly name: string;
  readonly urn: string;
  /** Azure's or Kubernetes' id, where it is known; the engine tells rules none. */
  readonly id: string | undefined;
  /** Plain values; secrets are masked where the evaluation knows them, and what is unknown is `UNKNOWN`. */
  readonly inputs: Readonly<Record<string, unknown>>;
  /** Against deletion. */
  readonly protect: boolean;
  readonly ignoreChanges: readonly string[];
  /** URNs of the resources that an input's value comes from, by the input; only the engine tells. */
  readonly sources: Readonly<Record<string, readonly string[]>>;
}

/** What one run would do to one resource. */
export interface PolicyChange {
  readonly op: "create" | "update" | "replace" | "delete" | "same";
  readonly type: string;
  readonly name: string;
}

/** Where a rule comes from. Which editions the numbers are of: docs/policy.md. */
export interface References {
  /** Rules of PSRule.Rules.Azure, `Azure.AKS.LocalAccounts`. */
  readonly psrule?: readonly string[];
  /** Recommendations of the CIS benchmark for AKS, `5.4.2`. */
  readonly cisAks?: readonly string[];
  /** Built-in definitions of Azure Policy. */
  readonly azurePolicy?: readonly string[];
  /** Titles of documents, GitHub issues. */
  readonly other?: readonly string[];
}

interface RuleFacts {
  /** As the file: lower-case words with dashes. */
  readonly id: string;
  /** What holds where the rule is kept. */
  readonly title: string;
  readonly severity: Severity;
  readonly targets: readonly Target[];
  readonly references: References;
  /** No exemption lifts it: it is not the stack's owner who forbids it. */
  readonly isFinal?: true;
}

/** On one resource at a time, so that the engine refuses it before it is made. */
export interface ResourceRule extends RuleFacts {
  readonly types: readonly string[] | "all";
  /** Returns what is wrong, a sentence each without a full stop. */
  readonly checkResource: (resource: PolicyResource, target: Target) => readonly string[];
}

/** One resource, and what is wrong with it. */
export interface Violation {
  readonly resource: PolicyResource;
  readonly message: string;
}

/** On all resources of the stack together. */
export interface StackRule extends RuleFacts {
  readonly checkStack: (
    resources: readonly PolicyResource[],
    target: Target,
  ) => readonly Violation[];
}

/** On what a run would do, which the graph of one moment does not show. */
export interface ChangeRule extends RuleFacts {
  readonly checkChanges: (
    changes: readonly PolicyChange[],
  ) => readonly { readonly change: PolicyChange; readonly message: string }[];
}

export type Rule = ResourceRule | StackRule | ChangeRule;

/** Whether a rule on single resources is about resources of this type. */
export function concerns({ types }: ResourceRule, type: string): boolean {
  return types === "all" || types.includes(type);
}

export const BOTH: readonly Target[] = ["sandbox", "production"];
export const PRODUCTION: readonly Target[] = ["production"];
