import { spawnSync } from "node:child_process";
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import { parse } from "yaml";

/** The scripts of comment.yml before a `gh` that only answers. It does not prove what GitHub answers. */

const FILE = join(__dirname, "..", ".github", "workflows", "comment.yml");
const { jobs } = parse(readFileSync(FILE, "utf8")) as {
  readonly jobs: { readonly comment: { readonly steps: readonly { readonly run: string }[] } };
};
const [find = "", write = ""] = jobs.comment.steps.map(({ run }) => run);

const GH = `#!/usr/bin/env bash
echo "$*" >>calls
case "$*" in
  *"run download"*) mkdir -p review-out && cp review.md review-out/ ;;
  *"/pulls"*) cat pulls.json ;;
  *--paginate*) cat comments.json ;;
esac
`;
const REVIEW = "<!-- mlscore-review -->\n\nCalls @everyone.\n";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "mlscore-comment-"));
  put("gh", GH);
  chmodSync(join(folder, "gh"), 0o755);
  put("review.md", REVIEW);
  put("comments.json", "[]");
});
afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

function put(name: string, text: string): void {
  writeFileSync(join(folder, name), text);
}

function took(name: string): string {
  return readFileSync(join(folder, name), "utf8");
}

function run(script: string, more: Readonly<Record<string, string>> = {}) {
  return spawnSync("bash", ["-e", "-c", script], {
    cwd: folder,
    encoding: "utf8",
    env: {
      PATH: `${folder}:${process.env["PATH"] ?? ""}`,
      GH_REPO: "owner/ours",
      GITHUB_SERVER_URL: "https://github.example",
      GITHUB_OUTPUT: join(folder, "output"),
      RUN: "5",
      KIND: "review",
      NUMBER: "8",
      HEAD_OWNER: "fork",
      HEAD_REPOSITORY: "fork/theirs",
      HEAD_BRANCH: "b$(touch hacked)`touch hacked`;touch hacked",
      HEAD_SHA: "abc",
      ...more,
    },
  });
}

const hasJq = spawnSync("jq", ["--version"]).status === 0;
if (!hasJq) process.stderr.write("SKIPPED: tests/commentWorkflow.test.ts, no jq.\n");

(hasJq ? describe : describe.skip)("the comment workflow", () => {
  it("finds the pull request by commit and repository, and runs nothing of a branch's name", () => {
    const pull = (number: number, sha: string, full_name: string) => {
      return { number, head: { sha, repo: { full_name } } };
    };
    const pulls = [pull(6, "abc", "other/theirs"), pull(7, "old", "fork/theirs")];
    put("pulls.json", JSON.stringify([...pulls, pull(8, "abc", "fork/theirs")]));
    expect(run(find).status).toBe(0);
    expect(took("output")).toBe("number=8\n");
    put("pulls.json", JSON.stringify(pulls));
    put("output", "");
    expect(run(find).stdout).toContain("No open pull request");
    expect(took("output")).toBe("number=\n");
    expect(() => took("hacked")).toThrow("ENOENT");
  });

  it("says whose words a fork's are, and lets them call nobody", () => {
    expect(run(write).status).toBe(0);
    expect(took("comment.md").split("\n").slice(0, 6)).toEqual([
      "<!-- mlscore-review -->",
      "> Written by the code of a fork. Read the change itself before you believe it.",
      "",
      "<!-- mlscore-review -->",
      "",
      "Calls @\u200beveryone.",
    ]);
    expect(took("calls")).toContain("--method POST repos/owner/ours/issues/8/comments");
    run(write, { HEAD_REPOSITORY: "owner/ours" });
    expect(took("comment.md")).toContain("Calls @everyone.");
    expect(took("comment.md")).not.toContain("fork");
  });

  it("keeps to GitHub's size after what it adds to a fork's words", () => {
    put("review.md", `<!-- mlscore-review -->\n${"@".repeat(30_000)}\n`);
    expect(run(write).status).toBe(0);
    expect(took("comment.md")).toContain("does not fit into a comment");
    expect(Buffer.byteLength(took("comment.md"))).toBeLessThan(65_536);
    expect(took("calls")).toContain("--method POST");
  });

  it("updates its own comment of the same kind, and nobody else's", () => {
    const comment = (id: number, login: string, kind: string) => {
      return { id, user: { login }, body: `<!-- mlscore-${kind} -->\nold` };
    };
    const bot = "github-actions[bot]";
    const others = [comment(1, "somebody", "review"), comment(2, bot, "preview")];
    put("comments.json", JSON.stringify([...others, comment(3, bot, "review")]));
    run(write);
    expect(took("calls")).toContain("--method PATCH repos/owner/ours/issues/comments/3 ");
    put("comments.json", JSON.stringify(others));
    put("calls", "");
    run(write);
    expect(took("calls")).toContain("--method POST");
    expect(took("calls")).not.toContain("PATCH");
  });

  it.each([
    ["is no review", "hello"],
    ["is longer than a comment", REVIEW + "x".repeat(70_000)],
  ])("writes nothing of a file that %s", (_what, text) => {
    put("review.md", text);
    const { status, stdout } = run(write);
    expect(status).toBe(1);
    expect(stdout).toContain("review.md is not what the review writes.");
    expect(took("calls")).not.toMatch(/POST|PATCH/);
  });
});
