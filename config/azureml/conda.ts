import path from "node:path";
import { stringify } from "yaml";
import { parseMatchSpec } from "../../conda/matchSpec";
import { pipLineProblem } from "../../conda/pipLine";
import type { Report } from "./issues";
import { findPath } from "./localAsset";
import { placeholderIn } from "./placeholders";
import { warnOfSecretLines } from "./secretCheck";
import { readYamlFile } from "./yamlFile";
import type { KeyPath, YamlFile } from "./yamlTree";

const AT = ["environment", "conda_file"];

/**
 * Text of a conda file, which is what Azure takes. It is given as a path or, as the CLI also has it, as a mapping in
 * place. Lines end with LF, so that a Windows checkout gives the same environment version.
 */
export async function condaText(
  condaFile: string | Readonly<Record<string, unknown>>,
  yaml: YamlFile,
  report: Report,
): Promise<string | undefined> {
  if (typeof condaFile !== "string") {
    checkConda(condaFile, "", report);
    return stringify(condaFile);
  }
  if (report.hasError(AT)) return undefined;
  const found = await findPath(
    condaFile,
    AT,
    { what: "conda file", shapes: ["file"] },
    yaml,
    report,
  );
  if (found === undefined) return undefined;
  const conda = readYamlFile(found.source);
  for (const problem of conda.problems) {
    const line = problem.line === undefined ? "" : `, at line ${problem.line},`;
    report.error(AT, `is {value}, which${line} ${problem.message}`);
  }
  const file = path.join(path.dirname(yaml.file), condaFile);
  if (conda.text !== undefined) warnOfSecretLines(file, conda.text, report);
  if (conda.yaml !== undefined) {
    checkConda(conda.yaml.value, "is {value}, which ", report);
    reportDependencies(conda.yaml, file, report);
    reportCondaPlaceholders(conda.yaml, file, report);
  }
  return conda.text?.replaceAll("\r\n", "\n");
}

/** Dependencies that neither conda nor pip can install, each with its line of the conda file. */
function reportDependencies(conda: YamlFile, file: string, report: Report): void {
  for (const { at, text, isPip } of dependenciesOf(conda.value)) {
    const spec = isPip ? undefined : parseMatchSpec(text);
    const problem = isPip
      ? pipLineProblem(text)
      : spec && "problem" in spec
        ? spec.problem
        : undefined;
    if (problem === undefined) continue;
    const message = `"${text}" ${problem}`;
    report.problems.push({ file, line: conda.lineOf(at), message, severity: "error" });
  }
}

interface DependencyEntry {
  readonly at: KeyPath;
  readonly text: string;
  readonly isPip: boolean;
}

/** Every text below `dependencies`, with its place. */
export function dependenciesOf(value: unknown): readonly DependencyEntry[] {
  return listAt(value, "dependencies").flatMap((entry, index): DependencyEntry[] => {
    const at = ["dependencies", index];
    if (typeof entry === "string") return [{ at, text: entry, isPip: false }];
    return listAt(entry, "pip").flatMap((line, place) =>
      typeof line === "string" ? [{ at: [...at, "pip", place], text: line, isPip: true }] : [],
    );
  });
}

function listAt(value: unknown, key: string): readonly unknown[] {
  if (typeof value !== "object" || value === null || !Object.hasOwn(value, key)) return [];
  const list = (value as Record<string, unknown>)[key];
  return Array.isArray(list) ? list : [];
}

/** pip replaces `${NAME}` itself (pip's documentation, "Using environment variables"); nothing replaces the others. */
function reportCondaPlaceholders(conda: YamlFile, file: string, report: Report): void {
  for (const { key, text } of conda.texts) {
    const placeholder = placeholderIn(text);
    if (placeholder === undefined || placeholder.startsWith("${")) continue;
    const message = `has the placeholder "${placeholder}"; replace it with the value`;
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
    report.error(AT, `${subject}has no list "dependencies", so it is not a conda environment`);
  }
}
