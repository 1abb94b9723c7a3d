import type { Report } from "./issues";
import type { KeyPath, YamlFile } from "./yamlTree";

type Scalars = Readonly<Record<string, string | number | boolean>>;

/**
 * A mapping as ARM takes it: all values text. The CLI hands Python's text for a number or a switch to Azure (PyYAML's
 * value, then `str`), so `true` arrives as "True" and 1.10 as "1.1"; the same is done here, and said where it is not
 * what the file shows.
 */
export function textsOf(
  parsed: Scalars | undefined,
  at: KeyPath,
  yaml: YamlFile,
  report: Report,
): Readonly<Record<string, string>> {
  const entries = Object.entries(parsed ?? {}).map(([name, value]) => {
    if (typeof value === "string") return [name, value] as const;
    const source = yaml.sourceOf([...at, name]) ?? String(value);
    const text = pythonText(value, source);
    if (text !== source) {
      const message = `is {value}, which the Azure CLI passes on as the text "${text}"; put the intended text in quotes`;
      report.warning([...at, name], message);
    }
    return [name, text] as const;
  });
  return Object.fromEntries(entries);
}

/** A version as it is written; refused where YAML reads another number than the one shown (1.10, 010). */
export function versionText(
  parsed: string | undefined,
  at: KeyPath,
  yaml: YamlFile,
  report: Report,
): string | undefined {
  const source = yaml.sourceOf(at);
  if (parsed === undefined || source === undefined || parsed === source) return parsed;
  if (pythonText(Number(parsed), source) === source) return source;
  report.error(at, `is {value}, which YAML reads as the number ${parsed}; put it in quotes`);
  return parsed;
}

/** What Python's `str` makes of the value that PyYAML reads. */
function pythonText(value: number | boolean, source: string): string {
  if (typeof value === "boolean") return value ? "True" : "False";
  if (Number.isInteger(value) && /[.e]/i.test(source) && !/^[-+]?0x/i.test(source))
    return `${value}.0`;
  return String(value);
}
