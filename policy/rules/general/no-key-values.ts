import { BOTH, type ResourceRule } from "../../rule";

const KEY_VALUE =
  /AccountKey=|SharedAccessKey=|SharedAccessSignature=|InstrumentationKey=|[?&]sig=|PRIVATE KEY-----|client-key-data/i;
const KEY_NAME = /^(admin)?password$|^(client|app)Secret$|^(account|primary|secondary)Key$/i;

/**
 * What stands in an input stands in the state, and often in a preview. Identities need none of it. In the engine the
 * rule sees secrets too; in an evaluation without one they are masked, so there it sees what nobody has marked.
 * Values are never shown.
 */
export const noKeyValues: ResourceRule = {
  id: "no-key-values",
  title: "No input is a key, a password or a signed address",
  severity: "mandatory",
  targets: BOTH,
  references: {
    other: ['README, "What it does not do"'],
  },
  sees: "resource",
  types: "all",
  check: ({ inputs }) =>
    faults(inputs, "").map((path) => `${path} holds a key or a password; use an identity instead`),
};

/** Dotted paths of what looks like a secret. */
function faults(value: unknown, path: string): string[] {
  if (typeof value === "string") return KEY_VALUE.test(value) ? [path] : [];
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]) => {
    const inside = path === "" ? key : `${path}.${key}`;
    return KEY_NAME.test(key) && typeof inner === "string" ? [inside] : faults(inner, inside);
  });
}
