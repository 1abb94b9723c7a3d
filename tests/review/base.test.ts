import { spawn, spawnSync } from "node:child_process";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import { baseCommit, whileCheckedOut, workingTree } from "../../review/base";
import { PROJECT_DIRECTORY } from "../../projectDirectory";

/** The other side of a comparison: found, checked out beside the repository, and removed again. */

let repository: string;

function git(...args: string[]): string {
  const identity = ["-c", "user.name=tests", "-c", "user.email=tests@example.org"];
  const done = spawnSync("git", ["-C", repository, ...identity, ...args], { encoding: "utf8" });
  if (done.status !== 0) throw new Error(done.stderr);
  return done.stdout.trim();
}

function commit(text: string): string {
  writeFileSync(join(repository, "file"), text);
  git("add", "-A");
  git("commit", "-q", "-m", text);
  return git("rev-parse", "HEAD");
}

beforeEach(() => {
  repository = realpathSync(mkdtempSync(join(tmpdir(), "mlscore-repository-")));
  git("init", "-q", "-b", "main");
  writeFileSync(join(repository, "package-lock.json"), "{}");
  mkdirSync(join(repository, "node_modules"));
  writeFileSync(join(repository, ".gitignore"), "node_modules\n");
});
afterEach(() => {
  rmSync(repository, { recursive: true, force: true });
});

describe("the base", () => {
  it("is the commit that was asked for", () => {
    const first = commit("one");
    commit("two");
    expect(baseCommit(repository, "HEAD~1")).toEqual({ id: first, reference: "HEAD~1" });
  });

  it("is where the branch left origin's main branch, unless said otherwise", () => {
    const common = commit("one");
    git("update-ref", "refs/remotes/origin/main", commit("two"));
    git("checkout", "-q", "-b", "branch", common);
    commit("three");
    expect(baseCommit(repository, undefined)).toEqual({ id: common, reference: "origin/main" });
  });

  it("is the newest commit where there is no origin", () => {
    const only = commit("one");
    expect(baseCommit(repository, undefined)).toEqual({ id: only, reference: "HEAD" });
  });

  it("is refused where there is none, whatever it is called", () => {
    expect(() => baseCommit(repository, undefined)).toThrow(/has no commit yet/);
    commit("one");
    expect(() => baseCommit(repository, "nothing")).toThrow(/There is no commit "nothing" here/);
    expect(() => baseCommit(repository, "--help")).toThrow(/There is no commit "--help" here/);
    expect(() => baseCommit(tmpdir(), undefined)).toThrow(/is not a git repository/);
  });
});

describe("the side after the change", () => {
  it("is the commit that is checked out, and whether files differ from it", () => {
    expect(workingTree(repository).commit).toBeUndefined();
    const first = commit("one");
    const clean = { commit: first, parents: [], hasUncommittedChanges: false };
    expect(workingTree(repository)).toEqual(clean);
    writeFileSync(join(repository, "new.yml"), "x");
    expect(workingTree(repository)).toEqual({ ...clean, hasUncommittedChanges: true });
  });

  it("is a merge with both of its parents", () => {
    const first = commit("one");
    const tree = git("write-tree");
    const side = git("commit-tree", tree, "-p", first, "-m", "side");
    const second = commit("two");
    git("reset", "-q", "--hard", git("commit-tree", tree, "-p", second, "-p", side, "-m", "merge"));
    expect(workingTree(repository).parents).toEqual([second, side]);
  });
});

describe("a checkout", () => {
  const worktrees = () => git("worktree", "list", "--porcelain").split("\n\n").length;

  it("has the commit's files and this checkout's packages, and is gone afterwards", async () => {
    const first = commit("one");
    commit("two");
    let seen = "";
    await whileCheckedOut(repository, { id: first, reference: "x" }, async (directory) => {
      seen = directory;
      expect(readFileSync(join(seen, "file"), "utf8")).toBe("one");
      expect(realpathSync(join(seen, "node_modules"))).toBe(join(repository, "node_modules"));
      expect(worktrees()).toBe(2);
      await Promise.resolve();
    });
    expect(existsSync(seen)).toBe(false);
    expect(worktrees()).toBe(1);
    expect(git("status", "--porcelain")).toBe("");
  });

  it("is gone when the work fails", async () => {
    const base = { id: commit("one"), reference: "x" };
    const work = () => Promise.reject(new Error("failed"));
    await expect(whileCheckedOut(repository, base, work)).rejects.toThrow("failed");
    expect(worktrees()).toBe(1);
  });

  it("is gone after Ctrl-C", async () => {
    const id = commit("one");
    const script = join(repository, "node_modules", "wait.ts");
    const review = join(PROJECT_DIRECTORY, "review", "base.ts");
    writeFileSync(
      script,
      `import { whileCheckedOut } from ${JSON.stringify(review)};
       void whileCheckedOut(${JSON.stringify(repository)}, { id: "${id}", reference: "x" }, async (directory) => {
         console.log(directory);
         await new Promise((resolve) => setTimeout(resolve, 60_000));
       });`,
    );
    const tsx = pathToFileURL(join(PROJECT_DIRECTORY, "node_modules/tsx/dist/loader.mjs")).href;
    const child = spawn(process.execPath, ["--import", tsx, script], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    const directory = await new Promise<string>((resolve) => {
      child.stdout.once("data", (text: Buffer) => {
        resolve(text.toString().trim());
      });
    });
    expect(existsSync(directory)).toBe(true);
    child.kill("SIGINT");
    expect(await new Promise((resolve) => child.once("exit", resolve))).toBe(130);
    expect(existsSync(directory)).toBe(false);
    expect(worktrees()).toBe(1);
  });
});
