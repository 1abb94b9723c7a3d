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
  const files: AssetFile[] = [];
  const problems: string[] = [];
  const rules = ignoreRules(root, problems);

  async function walk(directory: string, below: string, open: readonly string[]): Promise<void> {
    let entries;
    try {
      entries = await readdir(directory, { withFileTypes: true });
    } catch (error) {
      problems.push(`"${below}" ${fileProblem(error)}`);
      return;
    }
    entries.sort((a, b) => (a.name < b.name ? -1 : 1));
    for (const entry of entries)
      await visit(path.join(directory, entry.name), below, entry.name, open);
  }

  async function visit(
    source: string,
    parent: string,
    name: string,
    open: readonly string[],
  ): Promise<void> {
    const below = parent === "" ? name : `${parent}/${name}`;
    try {
      const target = await realpath(source);
      const status = await stat(target);
      if (rules.ignores(status.isDirectory() ? `${below}/` : below)) return;
      if (target !== root && !target.startsWith(root + path.sep)) {
        problems.push(
          `"${below}" is a symbolic link that leaves the folder; copy what it points at into the folder`,
        );
      } else if (open.includes(target)) {
        problems.push(`"${below}" is a symbolic link to a folder around it; remove it`);
      } else if (status.isDirectory()) {
        await walk(target, below, [...open, target]);
      } else if (!status.isFile()) {
        problems.push(`"${below}" is neither a file nor a folder; remove it`);
      } else {
        await access(target, constants.R_OK);
        files.push({ path: below.normalize("NFC"), source: target });
      }
    } catch (error) {
      if (rules.ignores(below)) return;
      problems.push(`"${below}" ${danglingProblem(error)}`);
    }
  }

  await walk(root, "", [root]);
  return { files, problems };
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
