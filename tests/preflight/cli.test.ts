import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { expect, it } from "@jest/globals";
import { NODE_OPTIONS } from "../e2e/commandLine";

/** The command line, in processes of its own: what it prints and how it ends. */

const PROJECT = join(__dirname, "..", "..");

function preflight(...args: string[]) {
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    [...NODE_OPTIONS, "preflight/cli.ts", ...args],
    { cwd: PROJECT, encoding: "utf8" },
  );
  return { status, stdout, stderr };
}

it("prints one line for the sandbox, on the emulator", () => {
  const { status, stdout } = preflight("--stack", "sandbox");
  expect(stdout).toMatch(
    /^sandbox: nothing is missing \(\d+ checks, \d+ questions to the emulator\)\n$/,
  );
  expect(status).toBe(0);
});

it("prints JSON alone, with the outcome", () => {
  const { status, stdout } = preflight("--stack", "production", "--json");
  expect(JSON.parse(stdout)).toMatchObject({
    stack: "production",
    asked: "the emulator",
    outcome: "sound",
    findings: [],
  });
  expect(status).toBe(0);
});

it.each([
  [["--stack", "sandbx"], /^There is no stack "sandbx": Pulumi.sandbx.yaml is missing.\n$/],
  [["--stack", "../sandbox"], /^There is no stack "..\/sandbox"/],
  [[], /required option '--stack <name>' not specified/],
  [["--stack"], /argument missing/],
  [["--stack", "sandbox", "--azur"], /unknown option '--azur'/],
  [["--stack", "sandbox", "production"], /too many arguments/],
] as const)("says what is wrong with %p, and ends with 2", (args, says) => {
  const { status, stdout, stderr } = preflight(...args);
  expect(stderr).toMatch(says);
  expect(stderr).not.toContain("    at ");
  expect(stdout).toBe("");
  expect(status).toBe(2);
});
