import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { ConfigError, UserError } from "../errors";
import { settingsOf, type StackSettings } from "../graph/settings";
import { git, gitBlobs, gitList, gitOutput } from "./git";
import { isRead, leadsElsewhere } from "./readFiles";

/** What a commit consists of, as git knows it without a checkout. */
export interface CommitFiles {
  /** Names of its stacks. */
  readonly stacks: readonly string[];
  /** Whether it names other packages than the working tree. */
  readonly hasOtherPackages: boolean;
  /** Hash of all that an evaluation of the commit can read in it; undefined where git cannot tell. */
  readonly inputs: string | undefined;
  settingsOf(stack: string): StackSettings;
  /** What an evaluation finds changed in the working tree since the commit, as of now; undefined where git cannot tell. */
  changedInTree(): readonly string[] | undefined;
}

interface Entry {
  /** As git lists it: mode, type, id and path. */
  readonly line: string;
  readonly mode: string;
  readonly id: string;
  readonly path: string;
}

const STACK_FILE = /^Pulumi\.([^/]+)\.yaml$/;
const YAML = /(?:\.ya?ml|(?:^|\/)MLmodel)$/i;
const LOCK = "package-lock.json";

/** @param ownOutput folder that the review is written to, which an evaluation does not read either */
export function commitFiles(repository: string, commit: string, ownOutput?: string): CommitFiles {
  const entries = (gitList(repository, "ls-tree", "-r", "-z", commit) ?? []).map(entryOf);
  const read = entries.filter(({ path }) => isRead(path));
  const texts = textsOf(
    repository,
    read.filter(({ path }) => YAML.test(path) || path === LOCK),
  );
  const isClear = isClearlyOfProject(repository, read, texts);
  return {
    stacks: entries.flatMap(({ path }) => STACK_FILE.exec(path)?.[1] ?? []),
    hasOtherPackages: texts.get(LOCK) !== lockOf(repository),
    inputs: isClear ? sha256(read.map(({ line }) => line)) : undefined,
    settingsOf: (stack) => readable(texts.get(`Pulumi.${stack}.yaml`), `Pulumi.${stack}.yaml`),
    changedInTree: () => (isClear ? changedFiles(repository, commit, ownOutput) : undefined),
  };
}

function entryOf(line: string): Entry {
  const tab = line.indexOf("\t");
  const [mode = "", , id = ""] = line.slice(0, tab).split(" ");
  return { line, mode, id, path: line.slice(tab + 1) };
}

/** Texts of files by their paths. */
function textsOf(repository: string, entries: readonly Entry[]): ReadonlyMap<string, string> {
  const texts = gitBlobs(
    repository,
    entries.map(({ id }) => id),
  );
  return new Map(
    entries.flatMap(({ path, id }) => {
      const text = texts?.get(id);
      return text === undefined ? [] : [[path, text] as const];
    }),
  );
}

/** Whether an evaluation reads nothing but these files. Links lead to others, and submodules are no part of a temporary checkout. */
function isClearlyOfProject(
  repository: string,
  read: readonly Entry[],
  texts: ReadonlyMap<string, string>,
): boolean {
  return (
    read.length > 0 &&
    git(repository, "rev-parse", "--show-prefix") === "" &&
    read.every(({ mode }) => mode.startsWith("100")) &&
    read
      .filter(({ path }) => YAML.test(path))
      .every(({ path }) => {
        const text = texts.get(path);
        return text !== undefined && !leadsElsewhere(path, text, repository);
      })
  );
}

/**
 * Files that an evaluation can read and that the working tree has otherwise: changed, missing, or unknown to git, ignored ones
 * included. Undefined where git has been told to ignore changes of some.
 */
function changedFiles(
  repository: string,
  commit: string,
  ownOutput: string | undefined,
): readonly string[] | undefined {
  const options = ["--no-renames", "--no-ext-diff", "--ignore-submodules=none"];
  const tracked = gitList(repository, "diff", "--name-only", ...options, "-z", commit, "--");
  const others = gitList(repository, "ls-files", "--others", "--directory", "-z");
  // Lower-case letters and S: "assume unchanged" and "skip worktree" (git ls-files, -v).
  const hidden = gitOutput(repository, ["ls-files", "-v"]);
  if (tracked === undefined || others === undefined || hidden === undefined) return undefined;
  if (/^[a-zS] /m.test(hidden)) return undefined;
  const found = others.filter((path) => join(repository, path) !== join(`${ownOutput ?? ""}/`));
  return [...tracked, ...found].filter(isRead);
}

/** Whether a stack reads none of the files that are changed: of the settings, the program reads those of its own stack alone. */
export function isSameFor(stack: string, changed: readonly string[] | undefined): boolean {
  return (
    changed?.every((path) => {
      const other = STACK_FILE.exec(path)?.[1];
      return other !== undefined && other !== stack;
    }) ?? false
  );
}

/** None where they cannot be read: the evaluation reports why. */
function readable(text: string | undefined, file: string): StackSettings {
  try {
    return text === undefined ? {} : settingsOf(text, file);
  } catch (error) {
    if (error instanceof UserError || error instanceof ConfigError) return {};
    throw error;
  }
}

function lockOf(directory: string): string | undefined {
  try {
    return readFileSync(join(directory, LOCK), "utf8");
  } catch {
    return undefined;
  }
}

function sha256(lines: readonly string[]): string {
  return createHash("sha256").update(lines.join("\0")).digest("hex");
}
