import type { PolicyExemption } from "../config/policyExemptions";
import {
  EXEMPTION_RULES,
  exemptionFault,
  exemptionFor,
  unusedReason,
  type ExemptionRule,
} from "./exemptions";
import {
  concerns,
  type PolicyChange,
  type PolicyResource,
  type Rule,
  type Severity,
  type Target,
} from "./rule";

/** One thing that a rule, or the law of exemptions, says about one resource. */
export interface Finding {
  readonly rule: string;
  /** Advisory where an exemption lifts it. */
  readonly severity: Severity;
  /** Pulumi's type; empty where the finding is about an exemption whose resource there is not. */
  readonly type: string;
  /** Logical name. */
  readonly resource: string;
  readonly message: string;
  /** What lifts it. */
  readonly exemption?: PolicyExemption;
}

/** A violation that nothing has been decided about yet. */
export interface RawFinding {
  readonly rule: Rule;
  readonly type: string;
  readonly resource: string;
  readonly message: string;
}

export interface Circumstances {
  readonly target: Target;
  readonly rules: readonly Rule[];
  readonly exemptions: readonly PolicyExemption[];
  /** `YYYY-MM-DD` */
  readonly today: string;
}

/**
 * Runs the rules over the resources of a stack and, where it is known, over what a run would do to them. No engine, no
 * clock, no files: the same input gives the same findings.
 */
export function judge(
  resources: readonly PolicyResource[],
  circumstances: Circumstances,
  changes: readonly PolicyChange[] = [],
): Finding[] {
  const { rules, target } = circumstances;
  const raw = rules
    .filter(({ targets }) => targets.includes(target))
    .flatMap((rule) => rawFindings(rule, resources, changes, target));
  return decided(raw, circumstances);
}

/** Applies the exemptions: what they lift becomes advisory, and what is wrong with them is a finding too. */
export function decided(
  raw: readonly RawFinding[],
  { rules, exemptions, today }: Omit<Circumstances, "target">,
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
    const fault = exemptionFault(exemption, rules, today);
    const unused = unusedReason(exemption, rules, violations);
    return [
      ...(fault === undefined ? [] : [finding(fault.rule, fault.message)]),
      ...(unused === undefined ? [] : [finding("exemption-unused", unused)]),
    ];
  });
  return [...found, ...ofExemptions].sort(inOrder);
}

/** Whether a run must not go on. */
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
      .filter(({ type }) => concerns(rule, type))
      .flatMap((one) => rule.checkResource(one, target).map((message) => raw(one, message)));
  }
  return "checkStack" in rule
    ? rule.checkStack(resources, target).map(({ resource, message }) => raw(resource, message))
    : rule.checkChanges(changes).map(({ change, message }) => raw(change, message));
}

/** What stops a run first, then by rule, resource and message. */
function inOrder(a: Finding, b: Finding): number {
  return compare(sortKey(a), sortKey(b));
}

function sortKey({ severity, rule, resource, message }: Finding): string {
  return [severity === "mandatory" ? "0" : "1", rule, resource, message].join("\u0000");
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
