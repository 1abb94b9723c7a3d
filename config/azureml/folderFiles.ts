import { readdir } from "node:fs/promises";
import path from "node:path";
import type { Problem } from "../../errors";
import type { DeploymentCandidate } from "./candidates";
import { fileErrorCode, fileProblem } from "../../input/fileProblems";
import { reportOn } from "./issues";
import { kindOf, looksLikeOurs } from "./kind";
import { reportUnexpectedKind } from "./unexpectedKinds";
import { readYamlFile } from "./yamlFile";
import type { YamlFile } from "./yamlTree";

export interface FolderFiles {
  readonly endpoints: readonly YamlFile[];
  readonly deployments: readonly DeploymentCandidate[];
  /** Whether a file that was meant as one of these could not be read, so that "missing" would be a wrong reason. */
  readonly isIncomplete: boolean;
}

/** The YAML files that lie directly in a folder, by kind; undefined when there is no folder to read. */
export async function filesByKind(
  directory: string,
  problems: Problem[],
): Promise<FolderFiles | undefined> {
  const names = await yamlNames(directory, problems);
  if (names === undefined) return undefined;
  const endpoints: YamlFile[] = [];
  const deployments: DeploymentCandidate[] = [];
  let isIncomplete = false;
  for (const name of names) {
    const read = readYamlFile(path.join(directory, name));
    if (read.yaml === undefined) {
      const isOurs = read.text === undefined || read.text.trim() === "" || looksLikeOurs(read.text);
      isIncomplete ||= isOurs;
      const severity = isOurs ? ("error" as const) : ("warning" as const);
      problems.push(...read.problems.map((problem) => ({ ...problem, severity })));
      continue;
    }
    const kind = kindOf(read.yaml.value);
    if (kind === "other") continue;
    problems.push(...read.problems);
    if (kind === "endpoint") endpoints.push(read.yaml);
    else if (kind === "deployment") deployments.push({ yaml: read.yaml, name: nameIn(read.yaml) });
    else {
      const report = reportOn(read.yaml);
      const isOurs = reportUnexpectedKind(kind, report);
      isIncomplete ||= isOurs;
      problems.push(...report.problems);
    }
  }
  return { endpoints, deployments, isIncomplete };
}

async function yamlNames(directory: string, problems: Problem[]): Promise<string[] | undefined> {
  try {
    const entries = await readdir(directory, { withFileTypes: true });
    const names = entries.filter((entry) => !entry.isDirectory()).map((entry) => entry.name);
    // Also .YAML: the CLI does not look at the ending at all.
    return names.filter((name) => /\.ya?ml$/i.test(name)).sort();
  } catch (error) {
    const message =
      fileErrorCode(error) === "ENOTDIR"
        ? "is not a folder; give the folder with the YAML"
        : fileProblem(error);
    problems.push({ file: directory, severity: "error", message });
    return undefined;
  }
}

function nameIn({ value }: YamlFile): string | undefined {
  const { name } = value as Record<string, unknown>;
  return typeof name === "string" ? name : undefined;
}
