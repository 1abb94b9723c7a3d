import { cpSync, mkdtempSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";

const PROJECT = join(__dirname, "..", "..");
const NOT_COPIED = new Set([".git", ".local", "docs", "node_modules", "tests"]);

/** A temporary copy of the program, for tests that need stack files of their own; the installed packages are a link. */
export function copyProject(): string {
  const copy = mkdtempSync(join(tmpdir(), "mlscore-project-"));
  cpSync(PROJECT, copy, {
    recursive: true,
    filter: (source) => !NOT_COPIED.has(basename(source)) || source === PROJECT,
  });
  symlinkSync(join(PROJECT, "node_modules"), join(copy, "node_modules"));
  return copy;
}
