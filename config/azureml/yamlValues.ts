import { z } from "zod";

/**
 * Readers of single YAML values, as zod schemas. A message may hold `{value}`: it is replaced by the value as written,
 * or by "(hidden)" where the key says that it is a secret. What the Azure CLI takes (marshmallow's rules: numbers and
 * switches written as text, any case of a word) is taken here too.
 */
class Refusal {
  constructor(readonly message: string) {}
}

function reader<T>(wanted: string, read: (input: unknown) => T | Refusal) {
  return z.unknown().transform((input, context): T => {
    const result =
      input === undefined || input === null ? new Refusal(absent(input, wanted)) : read(input);
    if (!(result instanceof Refusal)) return result;
    context.addIssue({ code: "custom", message: result.message, input });
    return z.NEVER;
  });
}

function absent(input: undefined | null, wanted: string): string {
  return input === null ? `has no value; must be ${wanted}` : `is missing; must be ${wanted}`;
}

/** Text that is not empty. */
export function text(wanted = "text") {
  return reader(wanted, (input) => {
    if (typeof input === "number" || typeof input === "boolean") {
      return new Refusal(`is {value}, which YAML does not read as text; put it in quotes`);
    }
    if (typeof input !== "string") return new Refusal(`is {value}; must be ${wanted}`);
    return input.trim() === "" ? new Refusal(`is empty; must be ${wanted}`) : input;
  });
}

/** Text for people, which may be empty. */
export function prose() {
  return reader("text", (input) =>
    typeof input === "string" ? input : new Refusal("is {value}; must be text (put it in quotes)"),
  );
}

/** A version: a number or a text; the caller takes it as it is written, because 1.10 is not 1.1. */
export function version() {
  return reader("a version", (input) =>
    typeof input === "string" || typeof input === "number"
      ? String(input)
      : new Refusal("is {value}; must be a version, such as 1"),
  );
}

/** A whole number in a range; `why` says what the range is about. */
export function wholeNumber(min: number, max: number, why: string) {
  const range =
    min === max
      ? String(min)
      : max === Number.MAX_SAFE_INTEGER
        ? `a whole number of at least ${min}`
        : `a whole number from ${min} to ${max}`;
  return reader(`${range} (${why})`, (input) => {
    const number = typeof input === "string" && /^[-+]?\d+$/.test(input) ? Number(input) : input;
    const fits =
      typeof number === "number" && Number.isSafeInteger(number) && number >= min && number <= max;
    return fits ? number : new Refusal(`is {value}; must be ${range} (${why})`);
  });
}

/** A number in a range. */
export function share(min: number, max: number, why: string) {
  return reader(`a number from ${min} to ${max} (${why})`, (input) => {
    const number = typeof input === "string" && input.trim() !== "" ? Number(input) : input;
    const fits = typeof number === "number" && number >= min && number <= max;
    return fits
      ? number
      : new Refusal(`is {value}; must be a number from ${min} to ${max} (${why})`);
  });
}

/** One of some words, in snake case; `SystemAssigned` and `system_assigned` are the same, as for the CLI. */
export function choice<const T extends string>(words: readonly T[]) {
  const allowed = words.length === 1 ? `"${words.join("")}"` : `one of ${words.join(", ")}`;
  return reader(allowed, (input) => {
    const word = typeof input === "string" ? snakeCase(input) : input;
    return words.find((known) => known === word) ?? new Refusal(`is {value}; must be ${allowed}`);
  });
}

/** A switch: true or false, also as text ('True' in the documentation's own examples). */
export function flag() {
  return reader("true or false", (input) => {
    if (typeof input === "boolean") return input;
    const word = typeof input === "string" ? input.toLowerCase() : input;
    if (word === "true" || word === "yes" || word === "on" || word === 1) return true;
    if (word === "false" || word === "no" || word === "off" || word === 0) return false;
    return new Refusal("is {value}; must be true or false");
  });
}

/** A key that Azure knows and this project does not take: always refused, with the reason. */
export function refused(reason: string) {
  return z.unknown().transform((input, context): undefined => {
    context.addIssue({ code: "custom", message: reason, input });
    return undefined;
  });
}

/** A mapping of names to texts, numbers or switches, such as tags; made into text by `textsOf`. */
export function textMap() {
  const entry = reader("text", (input) =>
    typeof input === "string" || typeof input === "number" || typeof input === "boolean"
      ? input
      : new Refusal("is {value}; must be text"),
  );
  return z.record(z.string(), entry);
}

function snakeCase(word: string): string {
  return word
    .replace(/([a-z0-9])([A-Z])/g, "$1_$2")
    .replace(/([A-Z])([A-Z][a-z])/g, "$1_$2")
    .toLowerCase();
}
