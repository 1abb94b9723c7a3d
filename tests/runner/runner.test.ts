import { spawn, type ChildProcess } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterEach, beforeEach, expect, test } from "@jest/globals";
import { scoringPython } from "../python";
import type { Run } from "./run";
import type { Work } from "./runSuites";

/** The runner as a process of its own, over suites that pass, fail, hang and end themselves. */

const PROJECT = join(__dirname, "..", "..");
const FIXTURES = "tests/fixtures/runner";
/** Not named as suites are, so that only the tests below run them. */
const PYTEST_FIXTURES = "scoring/tests/runner_examples";

interface Ended {
  readonly status: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly lines: readonly string[];
  readonly progress: string;
}

let folder: string;
let processIdFile: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "runner-"));
  processIdFile = join(folder, "process-id");
});
afterEach(() => {
  rmSync(folder, { recursive: true });
});

const jestSuite = (name: string): Work => ({
  runner: "jest",
  suite: `${FIXTURES}/${name}.suite.ts`,
});
const pytestFiles = (...names: string[]): Work => {
  const suites = names.map((name) => `${PYTEST_FIXTURES}/${name}.py`);
  return { runner: "pytest", suites, python: scoringPython() };
};

function start(program: string, args: readonly string[]): [ChildProcess, Promise<Ended>] {
  const child = spawn(process.execPath, ["--import", "tsx", program, ...args], {
    cwd: PROJECT,
    env: {
      ...process.env,
      TMPDIR: folder,
      PROCESS_ID_FILE: processIdFile,
      MLSCORE_RUNNER_FIXTURES: "1",
    },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let output = "";
  let progress = "";
  child.stdout.on("data", (chunk) => (output += String(chunk)));
  child.stderr.on("data", (chunk) => (progress += String(chunk)));
  const ended = new Promise<Ended>((resolve) => {
    child.once("close", (status, signal) => {
      resolve({ status, signal, lines: output.trimEnd().split("\n"), progress });
    });
  });
  return [child, ended];
}

function startRun(run: Run): [ChildProcess, Promise<Ended>] {
  return start(join(FIXTURES, "main.ts"), [JSON.stringify(run)]);
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
  } catch {
    return false;
  }
  // A zombie has ended; its new parent has not waited for it yet.
  return !/^State:\tZ/m.test(readFileSync(`/proc/${pid}/status`, "utf8"));
}

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await sleep(50);
}

/** The process that a suite has started. */
async function startedProcess(): Promise<number> {
  await until(() => existsSync(processIdFile));
  return Number(readFileSync(processIdFile, "utf8"));
}

const runFolders = () => readdirSync(folder).filter((name) => name.startsWith("mlscore-test-"));

test("adds up Jest and pytest, with failures and reasons of skips", async () => {
  const [, run] = startRun({
    work: [pytestFiles("counts"), jestSuite("counts"), jestSuite("passes")],
  });
  const { status, lines, progress } = await run;
  expect(lines).toEqual(["4 passed, 2 failed, 2 skipped"]);
  expect(status).toBe(1);
  expect(progress).toContain("the reason of the failure\n");
  expect(progress).toContain("the reason of the failure in Python");
  expect(progress).toContain(`1 in ${PYTEST_FIXTURES}/counts.py: the reason of the skip`);
  expect(runFolders()).toEqual([]);
});

test("ends with 0 when every test passed", async () => {
  const [, run] = startRun({ work: [jestSuite("passes")], leftOut: ["tests/other"] });
  const { status, lines, progress } = await run;
  expect(lines).toEqual(["1 passed, 0 failed"]);
  expect(status).toBe(0);
  expect(progress).toContain("Left out; `npm test -- --all` runs them:\n  tests/other\n");
});

test("ends a suite at its limit, with what it started", async () => {
  const [, run] = startRun({ work: [jestSuite("hangs")], limitSeconds: 15 });
  const child = await startedProcess();
  const { status, lines, progress } = await run;
  expect(lines).toEqual(["1 passed, 1 failed"]);
  expect(status).toBe(1);
  expect(progress).toContain("It did not end within 15 s and was ended.");
  expect(progress).toContain(`Did not finish:\n  ${FIXTURES}/hangs.suite.ts\n`);
  expect(isRunning(child)).toBe(false);
});

test("goes on after a suite that ends its process", async () => {
  // More than there are lanes on two cores, so that the lane of the killed process gets another suite.
  const others = Array.from({ length: 6 }, () => jestSuite("passes"));
  const [, run] = startRun({
    work: [jestSuite("killed"), pytestFiles("killed", "counts"), ...others],
  });
  const { status, lines, progress } = await run;
  expect(status).toBe(1);
  expect(progress).toContain("Its process ended before it did (SIGKILL).");
  expect(progress).toContain("pytest ended before it did (SIGKILL).");
  // The order is that in which they ended.
  const unfinished = progress.split("Did not finish:\n")[1]?.split("\n").slice(0, 2).sort();
  expect(unfinished).toEqual([`  ${PYTEST_FIXTURES}/killed.py`, `  ${FIXTURES}/killed.suite.ts`]);
  expect(lines).toEqual(["9 passed, 3 failed, 1 skipped"]);
});

test.each([
  ["SIGINT", 130],
  ["SIGTERM", 143],
  ["SIGHUP", 129],
] as const)("reports and leaves nothing when it gets %s", async (name, expected) => {
  const [runner, run] = startRun({ work: [jestSuite("hangs")] });
  const child = await startedProcess();
  runner.kill(name);
  const { status, lines, progress } = await run;
  expect(status).toBe(expected);
  expect(lines).toEqual(["1 passed, 1 failed"]);
  expect(progress).toContain(`Did not finish:\n  ${FIXTURES}/hangs.suite.ts\n`);
  expect(progress).toContain("The run was interrupted.\n");
  expect(isRunning(child)).toBe(false);
  expect(runFolders()).toEqual([]);
});

test("leaves nothing when it is killed", async () => {
  const [runner, run] = startRun({ work: [jestSuite("hangs")] });
  const child = await startedProcess();
  runner.kill("SIGKILL");
  expect((await run).signal).toBe("SIGKILL");
  await until(() => !isRunning(child));
  await until(() => runFolders().length === 0);
});

test("fails for a process that a suite left behind, and ends it", async () => {
  const [, run] = startRun({ work: [jestSuite("leavesBehind")] });
  const child = await startedProcess();
  const { status, lines, progress } = await run;
  expect(lines).toEqual(["1 passed, 1 failed"]);
  expect(status).toBe(1);
  expect(progress).toMatch(
    new RegExp(`Processes that suites left behind:\n +${child} .*setInterval`),
  );
  expect(isRunning(child)).toBe(false);
});

test("prints help", async () => {
  const { status, lines } = await start("tests/run.ts", ["--help"])[1];
  expect(status).toBe(0);
  expect(lines[0]).toBe("Usage: npm test -- [options] [patterns...]");
  expect(lines).toContainEqual(expect.stringMatching(/^ {2}tests\/engine\/ +real Pulumi engine/));
});

test("says when no suite matches", async () => {
  const { status, lines, progress } = await start("tests/run.ts", ["no/such/suite"])[1];
  expect(progress).toBe("No suite's path contains no/such/suite.\n");
  expect(lines).toEqual(["0 passed, 1 failed"]);
  expect(status).toBe(1);
});
