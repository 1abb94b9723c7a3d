/**
 * Template files are meant to be filled in first. What is left to fill in gets its true reason here, instead of a
 * complaint about YAML syntax (`{{X}}` is a mapping for YAML), names or missing files.
 */

/** Stand-ins of the same length for `{{` and `}}`: private characters that YAML takes as ordinary text. */
const OPEN = "\uE000\uE000";
const CLOSE = "\uE001\uE001";
const TEMPLATE = /\{\{(\s*[\w.-]+\s*)\}\}/g;

/** Makes `{{NAME}}` plain text for a YAML parser, without moving anything. */
export function hideTemplates(yaml: string): string {
  return yaml.replace(TEMPLATE, `${OPEN}$1${CLOSE}`);
}

/** Undoes `hideTemplates` in a parsed text. */
export function showTemplates(text: string): string {
  return text.replaceAll(OPEN, "{{").replaceAll(CLOSE, "}}");
}

/** In any value: `{{X}}`, `<X>`, `${X}`, `$(X)`, `#{X}#`, `__X__`. */
const MARKED =
  /(?<!\$)\{\{\s*[\w.-]+\s*\}\}|<[A-Za-z][\w .-]*>|\$\{[A-Za-z_]\w*\}|\$\([A-Za-z_][\w.]*\)|#\{[\w.-]+\}#?|__[A-Za-z]\w*__/;

/** As a whole word: `user_identity_ARM_id_place_holder`, `placeholder-name`, `YOUR_MODEL`, `CHANGEME`. */
const WORDED =
  /(?<![\w-])[\w-]*place[_-]?holder(?:[_-][\w-]*)?|\bYOUR[_-][A-Z0-9_-]+\b|\b(?:CHANGE_?ME|REPLACE_?ME|TODO|FIXME|TBD)\b/;

/** In an environment variable only what nothing but a template would hold: its value may be a template of its own. */
const MARKED_LOUDLY = /(?<!\$)\{\{\s*[A-Z][A-Z0-9_]*\s*\}\}|<[A-Z][A-Z0-9_]*>/;

/** Python's own names, which a logger or a module may have. */
const OF_PYTHON = /^__(?:main|init|name|file|all)__$/;

/** The part of `text` that is still to be filled in; undefined when there is none. */
export function placeholderIn(text: string): string | undefined {
  return (MARKED.exec(text) ?? WORDED.exec(text))?.[0];
}

/** The same for the value of an environment variable: certain ones are errors, likely ones warnings. */
export function placeholderInVariable(
  text: string,
): { readonly found: string; readonly certain: boolean } | undefined {
  const loud = MARKED_LOUDLY.exec(text)?.[0];
  if (loud !== undefined) return { found: loud, certain: true };
  const isWhole = (found: string | undefined) => found === text && !OF_PYTHON.test(text);
  const found = [MARKED, WORDED].map((form) => form.exec(text)?.[0]).find(isWhole);
  return found === undefined ? undefined : { found, certain: false };
}

/** What belongs in the place of a placeholder, by the last part of its key. */
const WANTED: Readonly<Record<string, string>> = {
  endpoint_name: "the endpoint's name",
  name: "the name",
  version: "the version",
  path: "the path",
  code: "the path of the code folder",
  scoring_script: "the scoring script's file name",
  image: "the image's full name",
  conda_file: "the path of the conda file",
  model: "the model's name and version",
  environment: "the environment's name and version",
  resource_id: "the ARM id of the user-assigned identity",
  client_id: "the identity's client id",
  instance_type: "the VM size",
};

/** The message for a placeholder found in the text at `key`; `{value}` stands for the text. */
export function placeholderMessage(
  placeholder: string,
  text: string,
  key: readonly PropertyKey[],
  what: "endpoint" | "deployment",
): string {
  const names = key.filter((part) => typeof part === "string");
  const last = names.at(-1) ?? "";
  const wanted =
    last === "name" && names.length === 1
      ? `the ${what}'s name`
      : (WANTED[last] ?? "the real value");
  return text === placeholder
    ? `is the placeholder {value}; put ${wanted} here`
    : `is {value}, in which "${placeholder}" is a placeholder; put ${wanted} here`;
}
