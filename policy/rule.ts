import { isPrivate, NETWORK_LEVELS, type NetworkLevel } from "../config/networkLevel";
import type { StackConfig } from "../config/stackConfig";

/** A mandatory violation blocks a run; an advisory one is only reported. */
export type Severity = "mandatory" | "advisory";

export type Target = StackConfig["target"];

/** A resource as rules see it: the same from the Pulumi engine and from an evaluation without it. */
export interface PolicyResource {
  /** Pulumi's type, without an API version: `azure-native:storage:StorageAccount`. */
  readonly type: string;
  /** Logical name. */
  readonly name: string;
  readonly urn: string;
  /** The id in Azure or Kubernetes, if known; the engine passes no ids to rules. */
  readonly id: string | undefined;
  /** Plain values; an evaluation without the engine masks secrets, and unknown values are `UNKNOWN`. */
  readonly inputs: Readonly<Record<string, unknown>>;
  /** Whether Pulumi refuses to delete it. */
  readonly protect: boolean;
  readonly ignoreChanges: readonly string[];
  /** For each input, the URNs of the resources that its value comes from; only the engine passes them. */
  readonly sources: Readonly<Record<string, readonly string[]>>;
}

/** The operation that a run would apply to one resource. */
export interface PolicyChange {
  readonly op: "create" | "update" | "replace" | "delete" | "same";
  readonly type: string;
  readonly name: string;
}

/** Sources of a rule. Their versions are listed in docs/policy.md. */
export interface References {
  /** Rules of PSRule.Rules.Azure, for example `Azure.AKS.LocalAccounts`. */
  readonly psrule?: readonly string[];
  /** Recommendations of the CIS benchmark for AKS, for example `5.4.2`. */
  readonly cisAks?: readonly string[];
  /** Built-in definitions of Azure Policy. */
  readonly azurePolicy?: readonly string[];
  /** Titles of documents, GitHub issues. */
  readonly other?: readonly string[];
}

interface RuleFacts {
  /** Lower-case words with dashes. Exemptions and documents refer to it, so it never changes. */
  readonly id: string;
  /** The condition that holds when there is no violation. */
  readonly title: string;
  readonly severity: Severity;
  readonly targets: readonly Target[];
  /** Levels of a sandbox's network at which it applies. @default - all of them */
  readonly levels?: readonly NetworkLevel[];
  readonly references: References;
  /** No exemption lifts it, because it is not the stack's owner who set it. */
  readonly isFinal?: true;
}

/** Checks one resource at a time, so that the engine can refuse it before it is created. */
export interface ResourceRule extends RuleFacts {
  readonly types: readonly string[] | "all";
  /** Returns the problems, each a sentence without a full stop. */
  readonly checkResource: (resource: PolicyResource, target: Target) => readonly string[];
}

/** A resource and one problem with it. */
export interface Violation {
  readonly resource: PolicyResource;
  readonly message: string;
}

/** Checks all resources of the stack together. */
export interface StackRule extends RuleFacts {
  readonly checkStack: (
    resources: readonly PolicyResource[],
    target: Target,
  ) => readonly Violation[];
}

/** Checks what a run would do, which a single graph does not show. */
interface ChangeRule extends RuleFacts {
  readonly checkChanges: (
    changes: readonly PolicyChange[],
  ) => readonly { readonly change: PolicyChange; readonly message: string }[];
}

export type Rule = ResourceRule | StackRule | ChangeRule;

type Defaulted = "severity" | "targets";
type DefinitionOf<R extends Rule> = Omit<R, Defaulted> & Partial<Pick<R, Defaulted>>;

/** A rule as it is written: mandatory and for both targets, unless it says otherwise. */
export type RuleDefinition =
  DefinitionOf<ResourceRule> | DefinitionOf<StackRule> | DefinitionOf<ChangeRule>;

export function withDefaults(definition: RuleDefinition): Rule {
  return { severity: "mandatory", targets: ["sandbox", "production"], ...definition };
}

/** The stack that is checked. */
export interface Scope {
  readonly target: Target;
  /** Of a sandbox's network. @default "open" */
  readonly level?: NetworkLevel;
}

/** Whether a rule applies to a stack at all. */
export function isFor({ targets, levels }: Rule, { target, level = "open" }: Scope): boolean {
  if (!targets.includes(target)) return false;
  return target === "production" || levels === undefined || levels.includes(level);
}

/** Whether a rule on single resources checks resources of this type. */
export function appliesTo({ types }: ResourceRule, type: string): boolean {
  return types === "all" || types.includes(type);
}

export const PRODUCTION: readonly Target[] = ["production"];

export const SANDBOX: readonly Target[] = ["sandbox"];

/** Levels of a sandbox without public access. */
export const PRIVATE_LEVELS: readonly NetworkLevel[] = NETWORK_LEVELS.filter(isPrivate);
