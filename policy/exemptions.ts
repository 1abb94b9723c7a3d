import { policyExemptions, type PolicyExemption } from "../config/policyExemptions";
import type { StackSettings } from "../graph/settings";
import type { Rule, Severity } from "./rule";

/** The longest time that an exemption may last; after it somebody has to decide again. */
export const LONGEST_DAYS = 90;

const DAY_MILLISECONDS = 86_400_000;

/** Findings about exemptions themselves, in addition to the rules. */
export const EXEMPTION_RULES = {
  "exemption-expired": { severity: "mandatory", title: "No exemption has expired" },
  "exemption-too-long": {
    severity: "mandatory",
    title: `Exemptions end within ${LONGEST_DAYS} days`,
  },
  "exemption-refused": {
    severity: "mandatory",
    title: "No exemption is from a final rule",
  },
  "exemption-unused": { severity: "advisory", title: "Every exemption lifts a violation" },
} as const satisfies Record<string, { severity: Severity; title: string }>;

export type ExemptionRule = keyof typeof EXEMPTION_RULES;

/** The part of a violation that an exemption refers to. */
export interface Exemptible {
  readonly rule: string;
  /** Logical name. */
  readonly resource: string;
}

/**
 * The exemptions in a stack's settings. Invalid settings exempt nothing: the program rejects them, with all their
 * problems, before it declares anything.
 */
export function exemptionsIn(settings: StackSettings): PolicyExemption[] {
  const value = settings["mlscore:policyExemptions"];
  if (value === undefined) return [];
  try {
    return policyExemptions.parse(JSON.parse(value));
  } catch {
    return [];
  }
}

/** The exemption that lifts a violation on this day. An expired, too long or refused one lifts nothing. */
export function exemptionFor(
  violation: Exemptible,
  rules: readonly Rule[],
  exemptions: readonly PolicyExemption[],
  today: string,
): PolicyExemption | undefined {
  return exemptions.find(
    (exemption) =>
      matches(exemption, violation) && exemptionProblem(exemption, rules, today) === undefined,
  );
}

/** The problem with an exemption that does not depend on the resources. */
export function exemptionProblem(
  exemption: PolicyExemption,
  rules: readonly Rule[],
  today: string,
): { readonly rule: ExemptionRule; readonly message: string } | undefined {
  const { rule, expires, owner } = exemption;
  if (rules.some(({ id, isFinal }) => id === rule && isFinal === true)) {
    return { rule: "exemption-refused", message: `${rule} cannot be exempted; remove it` };
  }
  if (expires < today) {
    return {
      rule: "exemption-expired",
      message: `the exemption from ${rule} ended on ${expires}; ${owner} must fix the resource or set a new last day`,
    };
  }
  const latest = dayAfter(today, LONGEST_DAYS);
  if (expires > latest) {
    return {
      rule: "exemption-too-long",
      message: `the exemption from ${rule} ends on ${expires}; the latest allowed day is ${latest}, ${LONGEST_DAYS} days ahead`,
    };
  }
  return undefined;
}

/** Why an exemption lifts nothing; undefined if it lifts a violation or would if it were valid. */
export function unusedReason(
  exemption: PolicyExemption,
  rules: readonly Rule[],
  violations: readonly Exemptible[],
): string | undefined {
  if (violations.some((violation) => matches(exemption, violation))) return undefined;
  const { rule, resource } = exemption;
  return rules.some(({ id }) => id === rule)
    ? `${resource} does not violate ${rule}; remove the exemption`
    : `there is no rule ${rule}; docs/policy.md lists them`;
}

/** The calendar day in UTC, `YYYY-MM-DD`. */
export function dayOf(date: Date): string {
  return date.toISOString().slice(0, 10);
}

function dayAfter(day: string, days: number): string {
  return dayOf(new Date(Date.parse(`${day}T00:00:00Z`) + days * DAY_MILLISECONDS));
}

function matches(exemption: PolicyExemption, { rule, resource }: Exemptible): boolean {
  return exemption.rule === rule && exemption.resource === resource;
}
