import { existsSync } from "node:fs";
import { dirname, isAbsolute, join, normalize, resolve, sep } from "node:path";
import { parseYaml } from "../input/yaml";

/** Folders of the project from which the program imports and reads nothing by itself ("What each folder may import"). */
const UNREAD_FOLDERS = [
  "docs",
  "tests",
  ".github",
  ".ci",
  ".git",
  ".local",
  "coverage",
  "node_modules",
];
const UNREAD_FILE = /^(?:[^/]+\.md|LICENSE)$/;
/** What tools leave, which is part of no asset (config/azureml/assetFiles.ts). */
const JUNK =
  /(?:^|\/)(?:__pycache__|\.venv|\.hypothesis|\.mypy_cache|\.pytest_cache|\.ruff_cache|[^/]+\.egg-info)\/|\.py[co]$/;

/** Whether an evaluation may read a file, unless its YAML leads it elsewhere. @param path in the project, with slashes */
export function isRead(path: string): boolean {
  const [top = ""] = path.split("/");
  if (UNREAD_FILE.test(path) || JUNK.test(path)) return false;
  return !UNREAD_FOLDERS.includes(top);
}

/**
 * Whether YAML may name something that `isRead` does not count, or that is no file of the project: an asset below tests/, around docs/,
 * or in another repository. Each word of each text counts as a path from the file's folder.
 *
 * @param file path in the project
 */
export function leadsElsewhere(file: string, text: string, project: string): boolean {
  const { yaml, problems } = parseYaml(text, { version: "1.2" });
  if (problems.length > 0) return true;
  return textsIn(yaml?.value)
    .flatMap((words) => [words, ...words.split(/[\s=,;]+/)])
    .some((word) => isElsewhere(word, dirname(file), project));
}

function isElsewhere(word: string, folder: string, project: string): boolean {
  // Other files than YAML are not searched for the paths in them.
  if (/^file:.*(?<!\.ya?ml)$/i.test(word)) return true;
  const path = word.replace(/^file:/i, "");
  if (path === "" || path === "/" || path.includes("\0")) return false;
  if (isAbsolute(path)) return existsSync(path);
  const below = normalize(join(folder, path)).split(sep).join("/").replace(/\/$/, "");
  if (below === ".." || below.startsWith("../")) return existsSync(resolve(project, below));
  // The project itself is around everything.
  return below === "." || !isRead(below);
}

/** Texts and keys, those within others included. */
function textsIn(value: unknown): string[] {
  if (typeof value === "string") return [value];
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([key, item]) => [key, ...textsIn(item)]);
}
