import { RE2JS } from "re2js";
import data from "./gitleaks.json";
import { entropy } from "./randomness";
import type { Span } from "./shapes";

/**
 * The patterns of gitleaks for the tokens of some 200 services, as they are: written for Go's regular expressions, which RE2JS
 * runs in linear time. A pattern is compiled, and tried, only where a text has one of its keywords.
 */

interface Rule {
  readonly id: string;
  readonly regex: string;
  readonly keywords: readonly string[];
  readonly entropy?: number;
  readonly secretGroup?: number;
}

const RULES: readonly Rule[] = data.rules;
const KEYWORDS = new RegExp(
  [...new Set(RULES.flatMap(({ keywords }) => keywords))]
    .map((word) => word.replace(/[.*+?^${}()|[\]\\/-]/g, "\\$&"))
    .join("|"),
);
const compiled = new Map<string, RE2JS>();

/** Every token that a text shows by its service's shape; spans may overlap. */
export function knownTokensIn(text: string): Span[] {
  const lower = text.toLowerCase();
  if (!KEYWORDS.test(lower)) return [];
  return RULES.filter(({ keywords }) => keywords.some((word) => lower.includes(word))).flatMap(
    (rule) => matches(rule, text),
  );
}

function matches(rule: Rule, text: string): Span[] {
  const regex = compiled.get(rule.id) ?? RE2JS.compile(rule.regex);
  compiled.set(rule.id, regex);
  const matcher = regex.matcher(text);
  const spans: Span[] = [];
  while (matcher.find()) {
    const group = secretGroup(rule, matcher);
    const start = matcher.start(group);
    const end = matcher.end(group);
    if (entropy(text.slice(start, end)) >= (rule.entropy ?? 0)) {
      spans.push({ start, end, kind: rule.id });
    }
  }
  return spans;
}

/** As gitleaks chooses it: the group that the rule names, else the first that matched, else all. */
function secretGroup(
  { secretGroup }: Rule,
  matcher: { groupCount(): number; group(group: number): string | null },
): number {
  if (secretGroup !== undefined) return secretGroup;
  for (let group = 1; group <= matcher.groupCount(); group += 1) {
    if (matcher.group(group)) return group;
  }
  return 0;
}
