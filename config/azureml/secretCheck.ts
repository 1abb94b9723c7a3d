import { secretKind, secretsIn } from "../../secrets/detect";
import type { Report } from "./issues";
import { placeholderInVariable } from "./placeholders";
import type { KeyPath, YamlFile } from "./yamlTree";

/** Mappings whose keys people choose, so that a key says what its value is. */
const VARIABLES = "environment_variables";
const NAMED_BY_PEOPLE = [VARIABLES, "tags", "properties"];

const IN_VARIABLE =
  "keep it in Key Vault and read it with the endpoint's identity, or give a reference such as ${{keyvault:https://<vault>.vault.azure.net/secrets/<name>}}";
const ELSEWHERE = "everyone who may read the resource can read it; remove it";

/**
 * Warns of every text in the file that looks like a secret, without ever showing one.
 *
 * @param variables the file's environment variables as text: their numbers count too
 */
export function warnOfSecrets(
  yaml: YamlFile,
  report: Report,
  variables: Readonly<Record<string, string>> = {},
): void {
  const ofVariables = Object.entries(variables).map(([name, text]) => ({
    key: [VARIABLES, name],
    text,
  }));
  const others = yaml.texts.filter(({ key }) => key[0] !== VARIABLES);
  for (const { key, text } of [...others, ...ofVariables]) {
    // What is still to be filled in is reported as a placeholder.
    if (placeholderInVariable(text) !== undefined) continue;
    const kind = secretKind(nameOf(key), text);
    if (kind !== undefined) report.warning(key, message(kind, key));
  }
}

/** The same for a file that is no YAML of Azure ML, line by line: a conda file. */
export function warnOfSecretLines(file: string, text: string, report: Report): void {
  for (const [index, line] of text.split("\n").entries()) {
    const [secret] = secretsIn(line);
    if (secret === undefined) continue;
    const problem = `has what looks like a secret in plain text (${secret.kind}, hidden); Azure keeps this file readable; use a source that needs no password, or a workspace connection`;
    report.problems.push({ file, line: index + 1, message: problem, severity: "warning" });
  }
}

function nameOf(key: KeyPath): string {
  return NAMED_BY_PEOPLE.includes(String(key[0])) ? String(key.at(-1)) : "";
}

function message(kind: string, key: KeyPath): string {
  const advice = key[0] === VARIABLES ? IN_VARIABLE : ELSEWHERE;
  return `looks like a secret in plain text (${kind}, hidden); ${advice}`;
}
