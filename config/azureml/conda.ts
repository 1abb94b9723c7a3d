import path from "node:path";
import { stringify } from "yaml";
import type { Report } from "./issues";
import { findPath } from "./localAsset";
import { placeholderIn } from "./placeholders";
import { readYamlFile } from "./yamlFile";
import type { YamlFile } from "./yamlTree";

const AT = ["environment", "conda_file"];

/**
 * Text of a conda file, which is what Azure takes. It is given as a path or, as the CLI also has it, as a mapping in
 * place. Lines end with LF, so that a Windows checkout gives the same environment version.
 */
export async function condaText(
  written: string | Readonly<Record<string, unknown>>,
  yaml: YamlFile,
  report: Report,
): Promise<string | undefined> {
  if (typeof written !== "string") {
    checkConda(written, "", report);
    return stringify(written);
  }
  if (report.hasError(AT)) return undefined;
  const found = await findPath(written, AT, { what: "conda file", shapes: ["file"] }, yaml, report);
  if (found === undefined) return undefined;
  const conda = readYamlFile(found.source);
  for (const problem of conda.problems) {
    const line = problem.line === undefined ? "" : `, at line ${problem.line},`;
    report.error(AT, `is {value}, which${line} ${problem.message}`);
  }
  if (conda.yaml !== undefined) {
    checkConda(conda.yaml.value, "is {value}, which ", report);
    reportCondaPlaceholders(conda.yaml, path.join(path.dirname(yaml.file), written), report);
  }
  return conda.text?.replaceAll("\r\n", "\n");
}

/** pip replaces `${NAME}` itself (pip's documentation, "Using environment variables"); nothing replaces the others. */
function reportCondaPlaceholders(conda: YamlFile, file: string, report: Report): void {
  for (const { key, text } of conda.texts) {
    const placeholder = placeholderIn(text);
    if (placeholder === undefined || placeholder.startsWith("${")) continue;
    const message = `has the placeholder "${placeholder}"; put what is meant here`;
    const place = { file, line: conda.lineOf(key), key: key.map(String).join(".") };
    report.problems.push({ ...place, message, severity: "error" });
  }
}

/** A slip that would otherwise show only when Azure has built the image for ten minutes. */
function checkConda(value: unknown, subject: string, report: Report): void {
  const isMapping = typeof value === "object" && value !== null && !Array.isArray(value);
  const dependencies: unknown =
    isMapping && "dependencies" in value ? value.dependencies : undefined;
  if (!Array.isArray(dependencies)) {
    report.error(AT, `${subject}has no list "dependencies", so it is no conda environment`);
  }
}
