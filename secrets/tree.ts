import { secretKind } from "./detect";

/** Where a value stands that looks like a secret. */
export interface SecretPlace {
  /** Dotted path, or the variable's name in a list of variables. */
  readonly path: string;
  /** What kind of secret it looks like. */
  readonly kind: string;
}

/**
 * Places whose keys are chosen by people. There a key's name says what its value is; elsewhere Azure's own words (`keyType`,
 * `tokenAudience`) would count as secrets, so only a value's shape counts.
 */
const NAMED_BY_PEOPLE =
  /(^|\.)(environmentVariables|environment_variables|env|tags|annotations|labels|args|command|data|properties\.properties)\b/;

/**
 * A tree of plain values in which every text that looks like a secret is replaced. Objects of a class, such as Pulumi's outputs,
 * stay as they are.
 *
 * @param replaced what stands for the text
 */
export function withoutSecrets(
  value: unknown,
  replaced: (text: string, place: SecretPlace) => unknown,
  path = "",
  name = "",
): unknown {
  if (typeof value === "string") {
    const kind = secretKind(NAMED_BY_PEOPLE.test(path) ? name : "", value);
    return kind === undefined ? value : replaced(value, { path, kind });
  }
  if (Array.isArray(value)) {
    return value.map((item: unknown, index) => {
      const own = itemName(item) ?? String(index);
      return withoutSecrets(item, replaced, `${path}[${own}]`, own);
    });
  }
  if (!isPlainObject(value)) return value;
  // A variable is a pair of name and value; its key is the name.
  const pair = itemName(value);
  return Object.fromEntries(
    Object.entries(value).map(([inner, item]) => {
      const isPair = inner === "value" && pair !== undefined;
      const below = isPair ? path : path === "" ? inner : `${path}.${inner}`;
      return [inner, withoutSecrets(item, replaced, below, isPair ? pair : inner)];
    }),
  );
}

function isPlainObject(value: unknown): value is Readonly<Record<string, unknown>> {
  if (typeof value !== "object" || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}

/** What identifies an item of a list: its name. */
function itemName(item: unknown): string | undefined {
  return isPlainObject(item) && typeof item["name"] === "string" ? item["name"] : undefined;
}
