import { EXEMPTION_RULES, LONGEST_DAYS } from "./exemptions";
import { markdownTable } from "./markdownTable";
import type { References, Rule } from "./rule";
import { ruleGroups, rules } from "./rules/index";

/** docs/policy.md: the rules in tables, made from the rules themselves. */
export function policyDocument(): string {
  const mandatory = rules.filter(({ severity }) => severity === "mandatory").length;
  const tables = Object.entries(ruleGroups).map(
    ([group, members]) => `## ${group}\n\n${ruleTable(members)}`,
  );
  return [
    "# Rules of the policy pack",
    "",
    "<!-- Made by: npm run policy -- --document docs/policy.md -->",
    "",
    `${rules.length} rules, ${mandatory} of them mandatory. They are judged by \`npm run policy\` without a cloud, and by`,
    "`pulumi preview --policy-pack policy` in the engine. Each is a file of policy/rules/, with its reasons.",
    "",
    "References: PSRule is PSRule.Rules.Azure 1.47.0; CIS is the CIS Azure Kubernetes Service Benchmark 1.8, by the numbers of",
    "kube-bench's aks-1.8; Azure Policy is a built-in definition or initiative of Azure/azure-policy at f4a50bac. A reference says",
    "where the same is asked for. It does not say that the benchmark is met: a rule may be stricter, or about a part of it.",
    "",
    "## Exemptions",
    "",
    "In the stack's settings, with an owner, a reason and a last day. An exempted violation is still shown.",
    "",
    "```yaml",
    "mlscore:policyExemptions:",
    "  - rule: gateway-tls",
    "    resource: scoring-gateway",
    "    owner: insight",
    "    reason: the certificate comes with the vault's move in autumn",
    '    expires: "2026-09-30"',
    "```",
    "",
    `The last day is at most ${LONGEST_DAYS} days ahead. Rules marked "final" have no exemptions.`,
    "",
    markdownTable(
      ["finding", "severity", "holds when there is none"],
      Object.entries(EXEMPTION_RULES).map(([id, { severity, title }]) => [id, severity, title]),
    ),
    "",
    tables.join("\n\n"),
    "",
  ].join("\n");
}

function ruleTable(members: readonly Rule[]): string {
  return markdownTable(
    ["rule", "what holds", "severity", "in", "references"],
    members.map((rule) => [
      rule.id,
      rule.title,
      rule.isFinal === true ? `${rule.severity}, final` : rule.severity,
      rule.targets.length === 2 ? "both" : rule.targets.join(""),
      references(rule.references),
    ]),
  );
}

function references({ psrule, cisAks, azurePolicy, other }: References): string {
  const part = (label: string, ids: readonly string[] = []) =>
    ids.length === 0 ? [] : [`${label} ${ids.join(", ")}`];
  return [
    ...part("PSRule", psrule),
    ...part("CIS", cisAks),
    ...part("Azure Policy", azurePolicy),
    ...(other ?? []),
  ].join("; ");
}
