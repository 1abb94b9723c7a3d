import { spawn, spawnSync } from "node:child_process";
import { mkdtempSync } from "node:fs";
import { availableParallelism, tmpdir } from "node:os";
import { join } from "node:path";
import { processesOf, removeRun } from "./processes";
import { startEvaluationService } from "../evaluation/service";
import { SERVICE_VARIABLE } from "../evaluation/wire";
import { Report } from "./report";
import { runSuites, type Work } from "./runSuites";

export interface Run {
  readonly work: readonly Work[];
  readonly env?: NodeJS.ProcessEnv;
  readonly leftOut?: readonly string[];
  /** How many of the slowest suites are listed at the end. @default 0 */
  readonly slowest?: number;
  /** For each suite. One that never yields would otherwise take the whole run with it. @default 1200 */
  readonly limitSeconds?: number;
}

// A busy machine builds an image in ten minutes.
const LIMIT_SECONDS = 1200;
/** How long the last processes of suites get to end by themselves before they count as left behind. */
const LEFT_BEHIND_ATTEMPTS = 50;
/** Each look starts a process. */
const PARENT_POLL_MS = 2000;

/**
 * Runs suites, as many at once as there are cores, with progress on standard error; prints the summary and the closing
 * line.
 *
 * @returns the exit status: 0 when all passed, 1 when not, 128 + signal number when interrupted
 */
export async function runAndReport(run: Run): Promise<number> {
  const suites = run.work.flatMap((one) => (one.runner === "jest" ? [one.suite] : one.suites));
  const report = new Report(suites.length, process.stderr.isTTY);
  const { left, interrupted } = await inRunFolder(run.env ?? {}, (context) =>
    runSuites({
      ...context,
      work: run.work,
      // One more than cores: suites with processes wait a good part of their time.
      lanes: availableParallelism() + 1,
      limitSeconds: run.limitSeconds ?? LIMIT_SECONDS,
      onStart: (suite) => {
        report.started(suite);
      },
      onEnd: (result) => {
        report.ended(result);
      },
    }),
  );
  if (left.length > 0) report.leftBehind(left);
  process.stderr.write(`\n${report.summary(run.leftOut ?? [], run.slowest ?? 0)}`);
  if (interrupted !== undefined) process.stderr.write("The run was interrupted.\n");
  process.stderr.write("\n");
  console.log(report.closingLine());
  return interrupted ?? (report.passed() ? 0 : 1);
}

export interface RunContext {
  readonly folder: string;
  readonly env: NodeJS.ProcessEnv;
  readonly signal: AbortSignal;
}

/**
 * Gives suites a folder for everything temporary, a service that evaluates stacks, and a signal that is aborted when the
 * run is interrupted. Whatever ends it (a signal, a killed parent, even its own SIGKILL), no process and no folder of the
 * run is left.
 *
 * @returns command lines of processes that suites left behind, and the exit status of an interruption
 */
export async function inRunFolder(
  env: NodeJS.ProcessEnv,
  body: (context: RunContext) => Promise<void>,
): Promise<{ readonly left: readonly string[]; readonly interrupted: number | undefined }> {
  const folder = mkdtempSync(join(tmpdir(), "mlscore-test-"));
  const cleaner = startCleaner(folder);
  const interruption = new AbortController();
  const stopListening = onInterruption((status) => {
    interruption.abort(status);
  });
  const { signal } = interruption;
  const runEnv = { ...process.env, ...env };
  const evaluations = startEvaluationService(folder, runEnv);
  try {
    await body({ folder, env: { ...runEnv, [SERVICE_VARIABLE]: evaluations.socketPath }, signal });
    evaluations.close();
    const left = signal.aborted ? [] : await leftBehind(folder);
    return { left, interrupted: signal.aborted ? Number(signal.reason) : undefined };
  } finally {
    evaluations.close();
    await removeRun(folder);
    cleaner.kill("SIGKILL");
    stopListening();
  }
}

/** See cleaner.ts. */
function startCleaner(folder: string): ReturnType<typeof spawn> {
  const cleaner = spawn(
    process.execPath,
    ["--import", "tsx", join(__dirname, "cleaner.ts")],
    // Its standard input ends when this process does.
    { detached: true, stdio: ["pipe", "ignore", "ignore"], cwd: join(__dirname, "..", "..") },
  );
  cleaner.stdin.write(folder);
  cleaner.unref();
  return cleaner;
}

/** Calls back on Ctrl-C, on SIGTERM, and when npm or the shell between it and this process was killed. */
function onInterruption(callback: (status: number) => void): () => void {
  const numbers = { SIGINT: 2, SIGTERM: 15, SIGHUP: 1 } as const;
  const names = Object.keys(numbers) as (keyof typeof numbers)[];
  const listeners = names.map((name) => {
    const listener = () => {
      callback(128 + numbers[name]);
    };
    process.on(name, listener);
    return [name, listener] as const;
  });
  const parents = [process.ppid, parentOf(process.ppid)];
  const poll = setInterval(() => {
    if (process.ppid !== parents[0] || parentOf(process.ppid) !== parents[1]) callback(128 + 15);
  }, PARENT_POLL_MS);
  return () => {
    clearInterval(poll);
    for (const [name, listener] of listeners) process.off(name, listener);
  };
}

function parentOf(pid: number): number {
  const { stdout } = spawnSync("ps", ["-o", "ppid=", "-p", String(pid)], { encoding: "utf8" });
  return Number(stdout.trim());
}

/** Command lines of what still runs a while after the last suite. */
async function leftBehind(folder: string): Promise<string[]> {
  for (let attempt = 0; attempt < LEFT_BEHIND_ATTEMPTS; attempt += 1) {
    if (processesOf(folder).length === 0) return [];
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  const pids = processesOf(folder).map(String);
  if (pids.length === 0) return [];
  const { stdout } = spawnSync("ps", ["-ww", "-o", "pid=,args=", "-p", pids.join()], {
    encoding: "utf8",
  });
  return stdout.trim().split("\n");
}
