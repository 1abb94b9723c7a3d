import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { Command } from "commander";
import { scoringPython } from "./python";

/** Formatting, lint, types, imports and words; every check runs, so that one run shows everything. */

new Command("npm run check --")
  .description("Checks formatting, lint, types, imports and words; every check runs.")
  .allowExcessArguments(false)
  .parse();

const PROJECT = join(__dirname, "..");

function passes(
  name: string,
  command: string,
  args: readonly string[],
  directory = PROJECT,
): boolean {
  const done = spawnSync(command, args, { cwd: directory, stdio: "inherit" });
  const passed = done.status === 0;
  console.log(`${passed ? "ok  " : "FAIL"} ${name}`);
  return passed;
}

const node = (name: string, script: string, ...args: string[]) =>
  passes(name, process.execPath, [join(PROJECT, "node_modules", script), ...args]);
const python = (name: string, ...args: string[]) =>
  passes(name, scoringPython(), ["-m", ...args], join(PROJECT, "scoring"));
const helper = (name: string, ...args: string[]) => passes(name, scoringPython(), ["-m", ...args]);

const CRUISER = "dependency-cruiser/bin/dependency-cruise.mjs";
const CONFIG = ["--config", "scoring/pyproject.toml"];
// The helper that runs inside a deployment's environment is Python too, and strict like the rest.
const results = [
  node("prettier", "prettier/bin/prettier.cjs", "--check", "--log-level", "warn", "."),
  node("eslint", "eslint/bin/eslint.js", "--max-warnings", "0", "."),
  node("tsc", "typescript/bin/tsc", "-p", "."),
  node("imports", CRUISER, "--config", ".dependency-cruiser.cjs", "."),
  node("words", "tsx/dist/cli.mjs", "tests/structure/words.ts"),
  python("ruff format", "ruff", "format", "--check", "."),
  python("ruff", "ruff", "check", "."),
  python("mypy", "mypy"),
  helper(
    "ruff format elsewhere",
    "ruff",
    "format",
    "--check",
    ...CONFIG,
    "local",
    "template",
    "tests",
  ),
  helper("ruff elsewhere", "ruff", "check", ...CONFIG, "local", "template", "tests"),
];
process.exitCode = results.every(Boolean) ? 0 : 1;
