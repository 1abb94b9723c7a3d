import type { Dirent } from "node:fs";
import { access, constants, readdir, realpath, stat } from "node:fs/promises";
import path from "node:path";
import ignore from "ignore";
import type { AssetFile } from "../types";
import { MOST_BYTES, readTextIfThere, UnreadableFile } from "../../input/userFile";
import { fileProblem } from "../../input/fileProblems";

/** Never part of an asset: made by tools, different on every machine. */
const JUNK = [
  "__pycache__/",
  "*.py[cod]",
  "*.egg-info/",
  ".git/",
  ".DS_Store",
  "Thumbs.db",
  ".ipynb_checkpoints/",
  ".hypothesis/",
  ".mypy_cache/",
  ".pytest_cache/",
  ".ruff_cache/",
  ".venv/",
];

const junk = ignore().add(JUNK);

/** Whether a file or folder is made by tools, so that it is part of no asset. @param place absolute */
export function isJunk(place: string): boolean {
  const below = place.slice(path.parse(place).root.length).replaceAll(path.sep, "/");
  // Nobody may be left to say whether it was a folder.
  return below !== "" && (junk.ignores(below) || junk.ignores(`${below}/`));
}

/** Say what is left out and are left out themselves. */
const IGNORE_FILES = [".amlignore", ".gitignore"] as const;

export interface FolderFiles {
  readonly files: readonly AssetFile[];
  /** What is wrong with single entries, each with its path below the folder. */
  readonly problems: readonly string[];
}

/**
 * All files below a folder, as they are uploaded, with paths relative to it.
 *
 * Left out: the junk above, and what `.amlignore` in the folder (without one, `.gitignore`) names. As for the CLI, only
 * the file in the asset's own folder counts (azure-sdk-for-python `_utils/_asset_utils.py`, get_ignore_file).
 * Symbolic links are followed as long as they stay inside the folder; one that leaves it would make the asset depend on
 * files nobody sees, and is a problem.
 */
export async function filesBelow(folder: string): Promise<FolderFiles> {
  const root = await realpath(folder);
  const ofRules: string[] = [];
  const rules = ignoreRules(root, ofRules);

  async function walk(
    directory: string,
    below: string,
    open: readonly string[],
  ): Promise<FolderFiles> {
    let entries;
    try {
      entries = await readdir(directory, { withFileTypes: true });
    } catch (error) {
      return problem(below, fileProblem(error));
    }
    entries.sort((a, b) => (a.name < b.name ? -1 : 1));
    return together(
      await Promise.all(entries.map((entry) => visit(directory, entry, below, open))),
    );
  }

  async function visit(
    directory: string,
    entry: Dirent,
    parent: string,
    open: readonly string[],
  ): Promise<FolderFiles> {
    const below = parent === "" ? entry.name : `${parent}/${entry.name}`;
    const source = path.join(directory, entry.name);
    try {
      // The folder's path is real, so that of what is no link is as well.
      const target = entry.isSymbolicLink() ? await realpath(source) : source;
      const status = entry.isSymbolicLink() ? await stat(target) : entry;
      if (rules.ignores(status.isDirectory() ? `${below}/` : below)) return NOTHING;
      if (target !== root && !target.startsWith(root + path.sep)) {
        return problem(
          below,
          "is a symbolic link that leaves the folder; copy what it points at into the folder",
        );
      }
      if (open.includes(target)) {
        return problem(below, "is a symbolic link to a folder around it; remove it");
      }
      if (status.isDirectory()) return await walk(target, below, [...open, target]);
      if (!status.isFile()) return problem(below, "is neither a file nor a folder; remove it");
      await access(target, constants.R_OK);
      return { files: [{ path: below.normalize("NFC"), source: target }], problems: [] };
    } catch (error) {
      return rules.ignores(below) ? NOTHING : problem(below, danglingProblem(error));
    }
  }

  return together([{ files: [], problems: ofRules }, await walk(root, "", [root])]);
}

const NOTHING: FolderFiles = { files: [], problems: [] };

function problem(below: string, message: string): FolderFiles {
  return { files: [], problems: [`"${below}" ${message}`] };
}

/** What several parts of a folder have, in their order. */
function together(parts: readonly FolderFiles[]): FolderFiles {
  return {
    files: parts.flatMap(({ files }) => files),
    problems: parts.flatMap(({ problems }) => problems),
  };
}

/** An entry is listed, so when it "does not exist" it is a link to something that does not. */
function danglingProblem(error: unknown): string {
  const problem = fileProblem(error);
  return problem === "does not exist"
    ? "is a symbolic link to something that does not exist"
    : problem;
}

/** By the first of the files that is there; what is wrong with that goes to `problems`. */
function ignoreRules(root: string, problems: string[]) {
  const rules = ignore().add(JUNK);
  for (const name of IGNORE_FILES) {
    try {
      const text = readTextIfThere(path.join(root, name), MOST_BYTES.text);
      if (text === undefined) continue;
      // After the user's rules once more: "!*.pyc" must not bring junk back.
      return rules
        .add(text)
        .add(JUNK)
        .add(IGNORE_FILES.map((file) => `/${file}`));
    } catch (error) {
      if (!(error instanceof UnreadableFile)) throw error;
      problems.push(`"${name}" ${error.problem}`);
    }
  }
  return rules;
}
