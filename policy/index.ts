import {
  PolicyPack,
  type Policies,
  type ResourceValidation,
  type StackValidation,
} from "@pulumi/policy";
import { runtime } from "@pulumi/pulumi";
import { asRegistered, atTheEnd } from "./engine";
import { dayOf, EXEMPTION_RULES, exemptionFor, exemptionsIn } from "./exemptions";
import { decided, type RawFinding } from "./judge";
import { isComponent } from "./resources";
import {
  concerns,
  type PolicyResource,
  type ResourceRule,
  type StackRule,
  type Violation,
} from "./rule";
import { rules } from "./rules/index";
import { targetIn } from "./stacks";

/**
 * The rules as a policy pack of the real engine: `pulumi preview --policy-pack policy`. Target and exemptions are those
 * of the stack's settings, which the engine passes on.
 *
 * Rules on single resources are asked before a resource is made; all others at the end. What rules need to know of the
 * whole stack is remembered from the registrations. Rules on changes are not here: see no-foundation-replacement.
 */

const settings = runtime.allConfig();
const target = targetIn(settings);
const exemptions = exemptionsIn(settings);
const today = dayOf(new Date());

const registered = new Map<string, PolicyResource>();
/** By rule and resource, or by rule alone for those on the stack: asked again, a rule takes back what it said. */
const violated = new Map<string, readonly RawFinding[]>();

const applied = rules.filter(({ targets }) => targets.includes(target));
const firstOnResources = applied.find((rule) => "checkResource" in rule);

function ofResource(rule: ResourceRule): ResourceValidation {
  return (args, report) => {
    if (isComponent(args.type)) return;
    // The engine asks all rules about one resource before the next.
    if (rule === firstOnResources) registered.set(args.urn, asRegistered(args));
    const resource = registered.get(args.urn) ?? asRegistered(args);
    const messages = concerns(rule, resource.type) ? rule.checkResource(resource, target) : [];
    const standing = decide(
      `${rule.id} ${args.urn}`,
      rule,
      messages.map((message) => ({ resource, message })),
    );
    for (const { message } of standing) report(message);
  };
}

function ofStack(rule: StackRule): StackValidation {
  return ({ resources }, report) => {
    const seen = resources
      .filter(({ type }) => !isComponent(type))
      .map((resource) => atTheEnd(resource, registered));
    const standing = decide(rule.id, rule, rule.checkStack(seen, target));
    for (const { resource, message } of standing) report(message, resource.urn);
  };
}

/** Remembers what a rule says; returns what no exemption lifts. That is told at the end, with the exemptions. */
function decide(
  key: string,
  rule: ResourceRule | StackRule,
  violations: readonly Violation[],
): Violation[] {
  violated.set(
    key,
    violations.map(({ resource: { type, name }, message }) => {
      return { rule, type, resource: name, message };
    }),
  );
  return violations.filter(({ resource: { name } }) => {
    const about = { rule: rule.id, resource: name };
    return exemptionFor(about, rules, exemptions, today) === undefined;
  });
}

/** What is wrong with the exemptions of one kind; those that hold show in the kind `exemption-used`. */
function ofExemptions(kind: string): StackValidation {
  return (_args, report) => {
    const found = [...violated.values()].flat();
    for (const finding of decided(found, { rules, exemptions, today })) {
      const { rule, resource, message, exemption } = finding;
      if (kind === rule) report(`${resource}: ${message}`);
      if (kind === USED && exemption !== undefined) {
        const { owner, reason, expires } = exemption;
        report(`${resource}: ${rule}: ${message} (until ${expires}, ${owner}: ${reason})`);
      }
    }
  };
}

const USED = "exemption-used";

const policies = applied.flatMap((rule): Policies => {
  const facts = { name: rule.id, description: rule.title, enforcementLevel: rule.severity };
  if ("checkResource" in rule) return [{ ...facts, validateResource: ofResource(rule) }];
  return "checkStack" in rule ? [{ ...facts, validateStack: ofStack(rule) }] : [];
});

const kinds = {
  ...EXEMPTION_RULES,
  [USED]: { severity: "advisory", title: "What exemptions lift" },
} as const;

// Last, because the engine asks in this order, and they tell of what the others have found.
const ofAllExemptions: Policies = Object.entries(kinds).map(([name, { severity, title }]) => ({
  name,
  description: title,
  enforcementLevel: severity,
  validateStack: ofExemptions(name),
}));

new PolicyPack("mlscore", { policies: [...policies, ...ofAllExemptions] });
