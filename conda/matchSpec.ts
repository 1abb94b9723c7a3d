/**
 * Conda's notation for a package and the versions of it that will do.
 * Source: conda's documentation "Package match specifications" (`channel::name version build`, `name=version=build`,
 * `name[key=value,…]`; `,` is "and", `|` is "or", one `=` takes every version that begins so).
 */

export interface MatchSpec {
  /** In small letters. */
  readonly name: string;
  /** Such as `>=1.2,<2` or `1.2|1.3.*`; empty for any. */
  readonly version: string;
}

/** Conda's `MatchSpec` has these in brackets; all but the version say which binary it is, or where from. */
const BRACKET_KEYS = new Set([
  ...["version", "build", "build_number", "channel", "subdir", "fn", "url", "md5", "sha256"],
  ...["license", "license_family", "features", "track_features"],
]);

const TERM = /^(==|=|!=|>=|<=|>|<|~=)?([0-9*][\w.+!*-]*)$/;

/** An `x` where a number is meant, as npm's ranges have it. */
const ANY_BY_X = /\.xx?(?=[.*]|$)/i;

/** What a dependency of a conda file says, or why it is not understood. */
export function parseMatchSpec(text: string): MatchSpec | { readonly problem: string } {
  const [uncommented = ""] = text.split("#", 1);
  const bare = uncommented.trim().replace(/^[^[\]=<>!~\s]*::/, "");
  const name = /^[A-Za-z0-9_][\w.-]*/.exec(bare)?.[0];
  const rest = /^([^[\]]*)(?:\[(.*)\])?$/.exec(bare.slice(name?.length));
  if (name === undefined || rest === null) return { problem: "is not a package with a version" };
  const [, constraint = "", bracket = ""] = rest;
  const keys = bracketKeys(bracket);
  if ("problem" in keys) return keys;
  const version = keys.version ?? versionPart(constraint.trim());
  for (const term of version.split(/[|,]/)) {
    if (version !== "" && !TERM.test(term)) {
      return { problem: `has "${term}", which is not a version` };
    }
    // Conda takes letters as part of a version, so this is one that no package has.
    if (ANY_BY_X.test(term)) {
      const known = term.slice(0, term.search(ANY_BY_X));
      // Only what compares for equality takes a `*`.
      const meant = /^[<>~]/.test(term) ? known : `${known}.*`;
      return { problem: `has "${term}", a version that no package has; write "${meant}"` };
    }
  }
  return { name: name.toLowerCase(), version };
}

function bracketKeys(text: string): { version?: string } | { problem: string } {
  const found: { version?: string } = {};
  // A comma separates keys, unless it is in quotes.
  for (const entry of text.match(/(?:"[^"]*"|'[^']*'|[^,"'])+/g) ?? []) {
    const [name = "", ...rest] = entry.split("=");
    const key = name.trim();
    if (!BRACKET_KEYS.has(key))
      return { problem: `has "${key}" in brackets, which conda does not have` };
    if (key === "version") found.version = withoutSpaces(unquoted(rest.join("=").trim()));
  }
  return found;
}

function unquoted(text: string): string {
  return text.replace(/^["']|["']$/g, "");
}

/** Without the build that may come after it, behind a space or a second `=`. */
function versionPart(constraint: string): string {
  const [version = ""] = withoutSpaces(constraint).split(" ", 1);
  const exact = /^(={1,2}[^=|,]+)=[^=|,]+$/.exec(version);
  const plain = exact?.[1] ?? version;
  return plain === "*" ? "" : plain;
}

function withoutSpaces(text: string): string {
  return text
    .split(/([|,])/)
    .map((part) => part.trim())
    .join("")
    .replaceAll(/([<>=!~])\s+/g, "$1");
}

/** Whether a version such as `3.11.7` is one of those that `wanted` takes. */
export function fits(version: string, wanted: string): boolean {
  if (wanted === "") return true;
  return wanted
    .split("|")
    .some((alternative) => alternative.split(",").every((term) => fitsTerm(version, term)));
}

function fitsTerm(version: string, term: string): boolean {
  const [, operator = "=", operand = ""] = TERM.exec(term) ?? [];
  const wanted = operand.replace(/\.?\*$/, "");
  if (wanted === "") return true;
  const order = compareVersions(version, wanted);
  const begins = version === wanted || version.startsWith(`${wanted}.`);
  switch (operator) {
    case ">=":
      return order >= 0;
    // Numbers are compared: 3.11.7 is above 3.11 (conda, models/version.py, OPERATOR_MAP).
    case ">":
      return order > 0;
    case "<=":
      return order <= 0;
    case "<":
      return order < 0;
    case "!=":
      return operand.endsWith("*") ? !begins : order !== 0;
    case "~=":
      return order >= 0 && version.startsWith(wanted.slice(0, wanted.lastIndexOf(".") + 1));
    case "==":
      return operand.endsWith("*") ? begins : order === 0;
    default:
      return begins || order === 0;
  }
}

/** Numbers part by part; missing parts are zero. */
export function compareVersions(one: string, other: string): number {
  const [a, b] = [one, other].map((text) => text.split(".").map((part) => parseInt(part, 10) || 0));
  for (let index = 0; index < Math.max(a?.length ?? 0, b?.length ?? 0); index += 1) {
    const order = (a?.[index] ?? 0) - (b?.[index] ?? 0);
    if (order !== 0) return order;
  }
  return 0;
}
