import { policyExemptions, type PolicyExemption } from "../config/policyExemptions";
import type { StackSettings } from "../graph/settings";
import type { Rule, Severity } from "./rule";

/** Longest time that an exemption may be given ahead; then somebody has to decide anew. */
export const LONGEST_DAYS = 90;

const DAY_MILLISECONDS = 86_400_000;

/** What is said about exemptions themselves, beside the rules. */
export const EXEMPTION_RULES = {
  "exemption-expired": { severity: "mandatory", title: "No exemption has outlived its last day" },
  "exemption-too-long": {
    severity: "mandatory",
    title: `Exemptions end within ${LONGEST_DAYS} days`,
  },
  "exemption-refused": {
    severity: "mandatory",
    title: "What is forbidden for everybody has no exemption",
  },
  "exemption-unused": { severity: "advisory", title: "Every exemption exempts something" },
} as const satisfies Record<string, { severity: Severity; title: string }>;

export type ExemptionRule = keyof typeof EXEMPTION_RULES;

/** One violation, as far as an exemption is about it. */
export interface Exemptible {
  readonly rule: string;
  /** Logical name. */
  readonly resource: string;
}

/**
 * The exemptions of a stack's settings. Settings that are wrong exempt nothing: the program refuses them with all their
 * problems before it declares anything.
 */
export function exemptionsIn(settings: StackSettings): PolicyExemption[] {
  const written = settings["mlscore:policyExemptions"];
  if (written === undefined) return [];
  try {
    return policyExemptions.parse(JSON.parse(written));
  } catch {
    return [];
  }
}

/** The exemption that lifts a violation on this day; one that is over, too long or not allowed lifts nothing. */
export function exemptionFor(
  violation: Exemptible,
  rules: readonly Rule[],
  exemptions: readonly PolicyExemption[],
  today: string,
): PolicyExemption | undefined {
  return exemptions.find(
    (exemption) =>
      isAbout(exemption, violation) && exemptionFault(exemption, rules, today) === undefined,
  );
}

/** What is wrong with an exemption by itself. */
export function exemptionFault(
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
      message: `the exemption from ${rule} ended on ${expires}; ${owner} mends the resource or gives a new day`,
    };
  }
  const latest = dayAfter(today, LONGEST_DAYS);
  if (expires > latest) {
    return {
      rule: "exemption-too-long",
      message: `the exemption from ${rule} ends on ${expires}; ${latest} is the last day it may, ${LONGEST_DAYS} days ahead`,
    };
  }
  return undefined;
}

/** Why an exemption is about nothing; undefined where it lifts or would lift something. */
export function unusedReason(
  exemption: PolicyExemption,
  rules: readonly Rule[],
  violations: readonly Exemptible[],
): string | undefined {
  if (violations.some((violation) => isAbout(exemption, violation))) return undefined;
  const { rule, resource } = exemption;
  return rules.some(({ id }) => id === rule)
    ? `${resource} does not break ${rule} (any more); remove the exemption`
    : `there is no rule ${rule}; docs/policy.md lists them`;
}

/** The calendar day in UTC, `YYYY-MM-DD`. */
export function dayOf(date: Date): string {
  return date.toISOString().slice(0, 10);
}

function dayAfter(day: string, days: number): string {
  return dayOf(new Date(Date.parse(`${day}T00:00:00Z`) + days * DAY_MILLISECONDS));
}

function isAbout(exemption: PolicyExemption, { rule, resource }: Exemptible): boolean {
  return exemption.rule === rule && exemption.resource === resource;
}
