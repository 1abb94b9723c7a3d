import { spawnSync } from "node:child_process";
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import { parse } from "yaml";

/** The script of drift.yml before a `gh` that only answers. It does not prove what GitHub answers. */

const FILE = join(__dirname, "..", ".github", "workflows", "drift.yml");
const { jobs } = parse(readFileSync(FILE, "utf8")) as {
  readonly jobs: { readonly issue: { readonly steps: readonly { readonly run: string }[] } };
};
const script = jobs.issue.steps.map(({ run }) => run).join("\n");

const GH = `#!/usr/bin/env bash
echo "$*" >>calls
case "$*" in
  *"run download"*) mkdir -p review-out && cp review.md review-out/ ;;
  *"issue list"*) cat issues.json ;;
esac
`;
const TITLE = "Drift: sandbox is not what main declares";
const OPEN = JSON.stringify([{ number: 4, title: TITLE }]);
const CHANGED = "<!-- mlscore-review -->\n\n- **`sandbox`**: 1 changed\n";
const SAME = "<!-- mlscore-review -->\n\n- **`sandbox`**: no change (35 the same)\n";
const FILLER = "é".repeat(33_000);

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "mlscore-drift-"));
  writeFileSync(join(folder, "gh"), GH);
  chmodSync(join(folder, "gh"), 0o755);
});
afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

/** What is posted, and the last call of `gh`. */
function run(issues: string, review?: string) {
  writeFileSync(join(folder, "issues.json"), issues);
  if (review !== undefined) writeFileSync(join(folder, "review.md"), review);
  const done = spawnSync("bash", ["-e", "-c", script], {
    cwd: folder,
    encoding: "utf8",
    env: {
      PATH: `${folder}:${process.env["PATH"] ?? ""}`,
      GH_REPO: "owner/ours",
      GITHUB_SERVER_URL: "https://github.example",
      GITHUB_RUN_ID: "5",
      STACK: "sandbox",
    },
  });
  expect(done.status).toBe(0);
  const took = (name: string) => readFileSync(join(folder, name), "utf8");
  return { body: took("body.md"), call: took("calls").trim().split("\n").at(-1) };
}

const hasJq = spawnSync("jq", ["--version"]).status === 0;
if (!hasJq) process.stderr.write("SKIPPED: tests/driftWorkflow.test.ts, no jq.\n");

(hasJq ? describe : describe.skip)("the drift workflow", () => {
  it("posts the review with a link to the run, in a new issue or in the open one", () => {
    const body = `${CHANGED}\nFrom [this run](https://github.example/owner/ours/actions/runs/5).\n`;
    const create = `issue create --title ${TITLE} --body-file body.md`;
    expect(run("[]", CHANGED)).toEqual({ body, call: create });
    expect(run(OPEN, CHANGED)).toEqual({ body, call: "issue edit 4 --body-file body.md" });
  });

  it("says that a preview failed", () => {
    expect(run("[]").body).toMatch(/^The preview of sandbox failed, so nobody knows\.\n/);
  });

  it.each(["x".repeat(65_536 - CHANGED.length), FILLER])(
    "keeps to GitHub's size after what it adds, and links to the artifact",
    (filler) => {
      const { body, call } = run(OPEN, CHANGED + filler);
      expect(body).toBe(
        "The review does not fit into an issue: it is the artifact `review-sandbox` of " +
          "[this run](https://github.example/owner/ours/actions/runs/5#artifacts).\n",
      );
      expect(call).toBe("issue edit 4 --body-file body.md");
    },
  );

  it("closes the issue by what the review says, however long the review is", () => {
    const call = "issue close 4 --comment No difference any more: https://github.example/owner/";
    expect(run(OPEN, SAME).call).toContain(call);
    expect(run(OPEN, SAME + FILLER).call).toContain(call);
  });
});
