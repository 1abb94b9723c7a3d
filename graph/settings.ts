import { existsSync } from "node:fs";
import { join, resolve } from "node:path";
import { ConfigError, UserError } from "../errors";
import { MOST_BYTES, readUserFile } from "../input/userFile";
import { parseYaml } from "../input/yaml";
import { PROJECT_DIRECTORY } from "../projectDirectory";

/** Settings of `Pulumi.<stack>.yaml` by full key, the way the engine passes them on: strings, structures as JSON. */
export type StackSettings = Readonly<Record<string, string>>;

/**
 * File of a stack's settings.
 * @param directory the checkout, which may be another one than this
 * @throws UserError when there is no such stack; its name then never becomes part of a path
 */
export function stackFile(stack: string, directory = PROJECT_DIRECTORY): string {
  const file = `Pulumi.${stack}.yaml`;
  // Names of stacks as Pulumi allows them, less a leading dot.
  if (/^[A-Za-z0-9_][A-Za-z0-9._-]{0,99}$/.test(stack) && existsSync(join(directory, file))) {
    return file;
  }
  throw new UserError(`There is no stack "${stack}": ${file} is missing.`);
}

/**
 * @param endpoint folder with endpoint YAML to use instead of the stack's own, relative to the current folder
 * @throws UserError when there is no such stack or its file is not YAML
 */
export function readStackSettings(stack: string, endpoint?: string): StackSettings {
  const settings = settingsIn(PROJECT_DIRECTORY, stack);
  if (endpoint === undefined) return settings;
  return { ...settings, "mlscore:endpointDirectory": resolve(endpoint) };
}

/**
 * Settings of a stack in a checkout.
 * @throws UserError when there is no such stack or its file cannot be read
 * @throws ConfigError when it is not YAML
 */
export function settingsIn(directory: string, stack: string): StackSettings {
  const file = stackFile(stack, directory);
  return settingsOf(readUserFile(join(directory, file), MOST_BYTES.text).toString(), file);
}

/**
 * Settings in the text of a stack's file.
 * @throws UserError or ConfigError when it is not YAML with settings
 */
export function settingsOf(text: string, file: string): StackSettings {
  const { yaml, problems } = parseYaml(text, { version: "1.2" });
  if (problems.length > 0) {
    throw new ConfigError(problems.map((problem) => ({ file, severity: "error", ...problem })));
  }
  const root = yaml?.value as { readonly config?: unknown } | null | undefined;
  const config: unknown = root?.config ?? {};
  if (typeof config !== "object" || config === null || Array.isArray(config)) {
    throw new UserError(`${file}: "config" must be a mapping of settings.`);
  }
  return Object.fromEntries(
    Object.entries(config)
      // As in the engine: a key without a value is missing, and one without a namespace is the project's.
      .filter(([, value]) => value !== null)
      .map(([key, value]) => [
        key.includes(":") ? key : `mlscore:${key}`,
        typeof value === "string" ? value : JSON.stringify(value),
      ]),
  );
}

/**
 * Text (or switch) of a setting inside a structured one, for example `("mlscore:resourceGroup", "name")`. Of a setting that is
 * plain text, that is the name.
 */
export function settingText(settings: StackSettings, key: string, field: string): string {
  const text = settings[key] ?? "";
  if (!/^\s*\{/.test(text)) return field === "name" ? text : "";
  try {
    const value = (JSON.parse(text) as Record<string, unknown>)[field];
    return typeof value === "string" || typeof value === "boolean" ? String(value) : "";
  } catch {
    // Malformed settings are reported by the program itself, with all other problems.
    return "";
  }
}
