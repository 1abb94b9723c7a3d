import { spawnSync } from "node:child_process";
import { appendFileSync, mkdtempSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { spread, spreadText, type BenchOptions, type Section } from "./section";

/** Seconds of `npm run review` of both stacks, in a clone, after a change of documents and after one of the scoring code. */

const PROJECT = join(__dirname, "..", "..");
const CHANGED = {
  documents: "README.md",
  code: join("scoring", "src", "score_compact.py"),
};

export function reviewSection({ rounds, old }: BenchOptions): Section {
  const folder = mkdtempSync(join(tmpdir(), "bench-review-"));
  const checkouts = new Map([["", PROJECT]]);
  if (old !== undefined) checkouts.set(", old commit", resolve(old));
  const taken = new Map<string, number[]>();
  const add = (name: string, seconds: number) =>
    taken.set(name, [...(taken.get(name) ?? []), seconds]);
  try {
    const clones = [...checkouts].map(([note, checkout]) => ({
      note,
      clone: cloned(checkout, folder),
    }));
    for (let round = 1; round <= rounds; round++) {
      console.error(`review, round ${round} of ${rounds} …`);
      for (const { note, clone } of clones) {
        for (const [what, file] of Object.entries(CHANGED)) {
          git(clone, "checkout", "-q", "--", ".");
          appendFileSync(join(clone, file), "\n");
          const cache = mkdtempSync(join(folder, "cache-"));
          add(`${what} changed, first review${note}`, reviewed(clone, cache));
          add(`${what} changed, again${note}`, reviewed(clone, cache));
        }
      }
    }
    return {
      id: "review",
      title: `Reviews of both stacks, ${rounds} rounds`,
      rows: [
        ["", "seconds"],
        ...[...taken].map(([name, seconds]) => [name, spreadText(spread(seconds), 1)]),
      ],
    };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function cloned(checkout: string, folder: string): string {
  const clone = mkdtempSync(join(folder, "clone-"));
  git(checkout, "clone", "-q", "--shared", ".", clone);
  symlinkSync(join(checkout, "node_modules"), join(clone, "node_modules"));
  return clone;
}

function git(folder: string, ...args: string[]): void {
  const done = spawnSync("git", ["-C", folder, ...args], { encoding: "utf8" });
  if (done.status !== 0) throw new Error(done.stderr);
}

function reviewed(clone: string, cache: string): number {
  const started = performance.now();
  const args = ["--base", "HEAD", "--out", join(cache, "review")];
  const done = spawnSync("npm", ["run", "-s", "review", "--", ...args], {
    cwd: clone,
    encoding: "utf8",
    env: { ...process.env, XDG_CACHE_HOME: cache },
  });
  if (done.status !== 0) throw new Error(done.stderr);
  return (performance.now() - started) / 1000;
}
