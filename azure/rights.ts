import { markdownTable } from "../markdownTable";
import { deployingRights, readingRights } from "./operatorRights";
import { otherRights } from "./otherRights";
import type { Right } from "./right";

/**
 * Every role that the stacks need, once: docs/operations.md shows this table, and a test compares it with the calls that
 * the program makes and the roles that it grants.
 */
export const rights: readonly Right[] = [
  ...readingRights.map((right) => ({ who: "reading identity" as const, ...right })),
  ...deployingRights.map((right) => ({ who: "deploying identity" as const, ...right })),
  ...otherRights,
];

/** The table of docs/operations.md. */
function rightsTable(): string {
  return markdownTable(
    ["identity", "stack", "role", "on", "granted by", "for"],
    rights.map(({ who, stack, role, scope, grantedOn, grantedBy = "an administrator", why }) => [
      who,
      stack,
      role,
      scope,
      grantedOn === undefined ? grantedBy : "the stack",
      why,
    ]),
  );
}

const BEGIN = "<!-- Made by: npm run rights -->";
const END = "<!-- End of what npm run rights makes -->";

/** A document with the table in its place. @throws Error where it has none */
export function withRightsTable(document: string): string {
  const [before, rest = ""] = document.split(BEGIN);
  const [, after] = rest.split(END);
  if (before === undefined || after === undefined) throw new Error(`there is no ${BEGIN} … ${END}`);
  return `${before}${BEGIN}\n\n${rightsTable()}\n\n${END}${after}`;
}
