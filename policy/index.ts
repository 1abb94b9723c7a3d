import {
  PolicyPack,
  type Policies,
  type ResourceValidation,
  type StackValidation,
} from "@pulumi/policy";
import { runtime } from "@pulumi/pulumi";
import { asRegistered, atTheEnd } from "./engine";
import { dayOf, EXEMPTION_RULES, exemptionFor, exemptionsIn } from "./exemptions";
import { applyExemptions, type RawFinding } from "./judge";
import { isComponent } from "./resources";
import {
  appliesTo,
  isFor,
  type PolicyResource,
  type ResourceRule,
  type StackRule,
  type Violation,
} from "./rule";
import { rules } from "./rules/index";
import { scopeIn } from "./stacks";

/**
 * The rules as a policy pack of the Pulumi engine: `pulumi preview --policy-pack policy`. Target and exemptions come from
 * the stack's settings, which the engine passes on.
 *
 * Rules on single resources run before a resource is created, rules on the stack at the end, with the inputs that each
 * resource was registered with. Rules on changes are not part of the pack: see no-foundation-replacement.
 */

const settings = runtime.allConfig();
const scope = scopeIn(settings);
const { target } = scope;
const exemptions = exemptionsIn(settings);
const today = dayOf(new Date());

const registered = new Map<string, PolicyResource>();
/** By rule and resource, or by rule alone for those on the stack: a second run of a rule replaces its violations. */
const violationsByKey = new Map<string, readonly RawFinding[]>();

const applied = rules.filter((rule) => isFor(rule, scope));
const firstOnResources = applied.find((rule) => "checkResource" in rule);

function resourceValidation(rule: ResourceRule): ResourceValidation {
  return (args, report) => {
    if (isComponent(args.type)) return;
    // The engine runs all rules on one resource before the next.
    if (rule === firstOnResources) registered.set(args.urn, asRegistered(args));
    const resource = registered.get(args.urn) ?? asRegistered(args);
    const messages = appliesTo(rule, resource.type) ? rule.checkResource(resource, target) : [];
    const reported = record(
      `${rule.id} ${args.urn}`,
      rule,
      messages.map((message) => ({ resource, message })),
    );
    for (const { message } of reported) report(message);
  };
}

function stackValidation(rule: StackRule): StackValidation {
  return ({ resources }, report) => {
    const inputs = resources
      .filter(({ type }) => !isComponent(type))
      .map((resource) => atTheEnd(resource, registered));
    const reported = record(rule.id, rule, rule.checkStack(inputs, target));
    for (const { resource, message } of reported) report(message, resource.urn);
  };
}

/** Records a rule's violations and returns those that no exemption lifts. Lifted ones are reported at the end. */
function record(
  key: string,
  rule: ResourceRule | StackRule,
  violations: readonly Violation[],
): Violation[] {
  violationsByKey.set(
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

/** Reports problems of one kind with exemptions, or as `exemption-used` the violations that exemptions lift. */
function exemptionValidation(kind: string): StackValidation {
  return (_args, report) => {
    const found = [...violationsByKey.values()].flat();
    for (const finding of applyExemptions(found, { rules, exemptions, today })) {
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
  if ("checkResource" in rule) return [{ ...facts, validateResource: resourceValidation(rule) }];
  return "checkStack" in rule ? [{ ...facts, validateStack: stackValidation(rule) }] : [];
});

const kinds = {
  ...EXEMPTION_RULES,
  [USED]: { severity: "advisory", title: "Violations that exemptions lift" },
} as const;

// Last, because the engine runs policies in this order, and these report the violations of the others.
const exemptionPolicies: Policies = Object.entries(kinds).map(([name, { severity, title }]) => ({
  name,
  description: title,
  enforcementLevel: severity,
  validateStack: exemptionValidation(name),
}));

new PolicyPack("mlscore", { policies: [...policies, ...exemptionPolicies] });
