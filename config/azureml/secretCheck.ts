import { secretKind, secretsIn } from "../../secrets/detect";
import type { Report } from "./issues";
import { placeholderInVariable } from "./placeholders";
import type { KeyPath, YamlFile } from "./yamlTree";

/** Mappings whose keys people choose, so that a key says what its value is. */
const NAMED_BY_PEOPLE = ["environment_variables", "tags", "properties"];

const IN_VARIABLE =
  "keep it in Key Vault and read it with the endpoint's identity, or give a reference such as ${{keyvault:https://<vault>.vault.azure.net/secrets/<name>}}";
const ELSEWHERE = "whoever may read the resource can read it; take it out";

/** Warns of every text in the file that looks like a secret, without ever showing one. */
export function warnOfSecrets(yaml: YamlFile, report: Report): void {
  for (const { key, text } of yaml.texts) {
    // What is still to be filled in is said to be that.
    const kind =
      placeholderInVariable(text) === undefined ? secretKind(nameOf(key), text) : undefined;
    if (kind !== undefined) report.warning(key, message(kind, key));
  }
}

/** The same for environment variables, whose numbers become text. */
export function warnOfSecretVariables(
  variables: Readonly<Record<string, string>>,
  yaml: YamlFile,
  report: Report,
): void {
  for (const [name, value] of Object.entries(variables)) {
    const key = ["environment_variables", name];
    const isText = yaml.texts.some((one) => one.key.join("\n") === key.join("\n"));
    const kind = isText ? undefined : secretKind(name, value);
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
  const advice = key[0] === "environment_variables" ? IN_VARIABLE : ELSEWHERE;
  return `looks like a secret in plain text (${kind}, hidden); ${advice}`;
}
