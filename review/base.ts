import { mkdtempSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { UserError } from "../errors";
import { git } from "./git";

/** Which commit the working tree is compared with. */
export interface BaseCommit {
  /** 40 hex digits. */
  readonly id: string;
  /** What was asked for. */
  readonly reference: string;
}

/**
 * The commit that a reference names; without one, where the branch left the main branch of `origin`, or else the newest
 * commit.
 *
 * @throws UserError when there is no repository or no such commit
 */
export function baseCommit(repository: string, reference: string | undefined): BaseCommit {
  if (git(repository, "rev-parse", "--git-dir") === undefined) {
    throw new UserError(
      `${repository} is not a git repository (or git is not installed), so there is nothing to compare with. --preview FILE needs none.`,
    );
  }
  if (reference !== undefined) {
    const id = git(
      repository,
      "rev-parse",
      "--verify",
      "--quiet",
      "--end-of-options",
      `${reference}^{commit}`,
    );
    if (id !== undefined) return { id, reference };
    throw new UserError(
      `There is no commit "${reference}" here. In a shallow clone, fetch it first: git fetch origin ${reference}`,
    );
  }
  for (const main of ["refs/remotes/origin/HEAD", "refs/remotes/origin/main"]) {
    const id = git(repository, "merge-base", main, "HEAD");
    if (id !== undefined) return { id, reference: main.replace("refs/remotes/", "") };
  }
  const head = git(repository, "rev-parse", "--verify", "--quiet", "HEAD^{commit}");
  if (head !== undefined) return { id: head, reference: "HEAD" };
  throw new UserError(`${repository} has no commit yet, so there is nothing to compare with.`);
}

/** What the working tree is: the commit that is checked out, and whether files differ from it. */
export interface WorkingTree {
  /** 40 hex digits; undefined before the first commit. */
  readonly commit: string | undefined;
  /** More than one for a merge, such as the one that GitHub makes of a pull request. */
  readonly parents: readonly string[];
  readonly hasUncommittedChanges: boolean;
}

export function workingTree(repository: string): WorkingTree {
  const [commit, ...parents] =
    git(repository, "rev-list", "--parents", "--max-count=1", "HEAD")?.split(" ") ?? [];
  const status = git(repository, "status", "--porcelain", "--untracked-files=normal");
  return { commit, parents, hasUncommittedChanges: status !== "" };
}

/**
 * Runs `work` with the commit checked out in a temporary folder, which is removed afterwards whatever happens, also on
 * Ctrl-C. The packages are this checkout's: an installation would take longer than everything else.
 */
export async function whileCheckedOut<T>(
  repository: string,
  commit: BaseCommit,
  work: (directory: string) => Promise<T>,
): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), "mlscore-base-"));
  const directory = join(folder, "base");
  const remove = () => {
    git(repository, "worktree", "remove", "--force", directory);
    rmSync(folder, { recursive: true, force: true });
    // After an incomplete removal, git still lists it.
    git(repository, "worktree", "prune");
  };
  const onSignal = () => {
    remove();
    process.exit(130);
  };
  const signals = ["SIGINT", "SIGTERM", "SIGHUP"] as const;
  for (const signal of signals) process.once(signal, onSignal);
  try {
    if (
      git(repository, "worktree", "add", "--detach", "--quiet", directory, commit.id) === undefined
    ) {
      throw new UserError(
        `git cannot check out ${commit.reference} (${commit.id}) into ${folder}.`,
      );
    }
    symlinkSync(join(repository, "node_modules"), join(directory, "node_modules"), "dir");
    return await work(directory);
  } finally {
    for (const signal of signals) process.off(signal, onSignal);
    remove();
  }
}
