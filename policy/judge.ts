import type { PolicyExemption } from "../config/policyExemptions";
import {
  EXEMPTION_RULES,
  exemptionProblem,
  exemptionFor,
  unusedReason,
  type ExemptionRule,
} from "./exemptions";
import {
  appliesTo,
  isFor,
  type PolicyChange,
  type PolicyResource,
  type Rule,
  type Scope,
  type Severity,
  type Target,
} from "./rule";

/** A violation of a rule, or a problem with an exemption, on one resource. */
export interface Finding {
  readonly rule: string;
  /** Advisory where an exemption lifts it. */
  readonly severity: Severity;
  /** Pulumi's type; empty if the finding is about an exemption for a resource that does not exist. */
  readonly type: string;
  /** Logical name. */
  readonly resource: string;
  readonly message: string;
  /** The exemption that lifts it. */
  readonly exemption?: PolicyExemption;
}

/** A violation before exemptions are applied. */
export interface RawFinding {
  readonly rule: Rule;
  readonly type: string;
  readonly resource: string;
  readonly message: string;
}

export interface Evaluation extends Scope {
  readonly rules: readonly Rule[];
  readonly exemptions: readonly PolicyExemption[];
  /** `YYYY-MM-DD` */
  readonly today: string;
}

/**
 * Checks the resources of a stack and, if known, the changes that a run would make. It uses no engine, no clock and no
 * files: the same input gives the same findings.
 */
export function judge(
  resources: readonly PolicyResource[],
  evaluation: Evaluation,
  changes: readonly PolicyChange[] = [],
): Finding[] {
  const { rules, target } = evaluation;
  const raw = rules
    .filter((rule) => isFor(rule, evaluation))
    .flatMap((rule) => rawFindings(rule, resources, changes, target));
  return applyExemptions(raw, evaluation);
}

/** Applies the exemptions: a lifted violation becomes advisory, and a problem with an exemption is a finding. */
export function applyExemptions(
  raw: readonly RawFinding[],
  { rules, exemptions, today }: Omit<Evaluation, keyof Scope>,
): Finding[] {
  const violations = raw.map(({ rule, resource }) => ({ rule: rule.id, resource }));
  const found = raw.map(({ rule, type, resource, message }): Finding => {
    const about = { rule: rule.id, resource };
    const exemption = exemptionFor(about, rules, exemptions, today);
    const finding = { rule: rule.id, severity: rule.severity, type, resource, message };
    return exemption === undefined ? finding : { ...finding, severity: "advisory", exemption };
  });
  const ofExemptions = exemptions.flatMap((exemption) => {
    const { resource } = exemption;
    const type = raw.find((one) => one.resource === resource)?.type ?? "";
    const finding = (rule: ExemptionRule, message: string): Finding => {
      return { rule, severity: EXEMPTION_RULES[rule].severity, type, resource, message };
    };
    const problem = exemptionProblem(exemption, rules, today);
    const unused = unusedReason(exemption, rules, violations);
    return [
      ...(problem === undefined ? [] : [finding(problem.rule, problem.message)]),
      ...(unused === undefined ? [] : [finding("exemption-unused", unused)]),
    ];
  });
  return [...found, ...ofExemptions].sort(inOrder);
}

/** Whether the findings block a run. */
export function isRefused(findings: readonly Finding[]): boolean {
  return findings.some(({ severity }) => severity === "mandatory");
}

function rawFindings(
  rule: Rule,
  resources: readonly PolicyResource[],
  changes: readonly PolicyChange[],
  target: Target,
): RawFinding[] {
  const raw = ({ type, name }: { type: string; name: string }, message: string): RawFinding => {
    return { rule, type, resource: name, message };
  };
  if ("checkResource" in rule) {
    return resources
      .filter(({ type }) => appliesTo(rule, type))
      .flatMap((one) => rule.checkResource(one, target).map((message) => raw(one, message)));
  }
  return "checkStack" in rule
    ? rule.checkStack(resources, target).map(({ resource, message }) => raw(resource, message))
    : rule.checkChanges(changes).map(({ change, message }) => raw(change, message));
}

/** Mandatory findings first, then by rule, resource and message. */
function inOrder(a: Finding, b: Finding): number {
  return compare(sortKey(a), sortKey(b));
}

function sortKey({ severity, rule, resource, message }: Finding): string {
  return [severity === "mandatory" ? "0" : "1", rule, resource, message].join("\u0000");
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
