import { isPlainTextSecret } from "../config/azureml/secrets";
import { itemName } from "../graph/changes";
import { MASKED } from "../graph/plainInputs";

/** Stands for a value that looks like a secret, although nobody marked it as one. */
export const HIDDEN = "[looks like a secret: hidden]";

/** Where a value stands that looks like a secret. */
export interface PlainSecret {
  /** Logical name of the resource. */
  readonly resource: string;
  /** Dotted path, or the variable's name in a list of variables. */
  readonly path: string;
}

/**
 * Places whose keys are chosen by people. There a key's name says what its value is; elsewhere Azure's own words (`keyType`,
 * `tokenAudience`) would be taken for secrets, so only a value's shape counts.
 */
const NAMED_BY_PEOPLE = /(^|\.)(environmentVariables|env|tags|annotations|labels|args|data)\b/;

/**
 * A value without what looks like a secret, and where that was. A report goes to more people than the state does: what the
 * program did not mark must not come out here.
 *
 * @param found gets the paths of what was hidden
 */
export function hidden(value: unknown, found: string[], path = "", key = ""): unknown {
  if (typeof value === "string") return hiddenText(value, found, path, key);
  if (Array.isArray(value)) {
    return value.map((item: unknown, index) => {
      const name = itemName(item) ?? String(index);
      return hidden(item, found, `${path}[${name}]`, name);
    });
  }
  if (typeof value !== "object" || value === null) return value;
  // A variable is a pair of name and value; its key is the name.
  const pair = itemName(value);
  return Object.fromEntries(
    Object.entries(value).map(([inner, item]) => {
      const named = inner === "value" && pair !== undefined;
      const below = named ? path : path === "" ? inner : `${path}.${inner}`;
      return [inner, hidden(item, found, below, named ? pair : inner)];
    }),
  );
}

function hiddenText(value: string, found: string[], path: string, key: string): string {
  if (value === MASKED || !isPlainTextSecret(NAMED_BY_PEOPLE.test(path) ? key : "", value)) {
    return value;
  }
  found.push(path);
  return HIDDEN;
}
