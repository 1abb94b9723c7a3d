import { spawn } from "node:child_process";
import { delimiter, join } from "node:path";
import { createInterface } from "node:readline";
import type { Readable } from "node:stream";
import { SuiteTally, type SuiteResult, type TestEvent } from "./events";
import { OutputTail } from "./outputTail";
import { signal } from "./processes";

const SCORING = join(__dirname, "..", "..", "scoring");

export interface PytestJob {
  /** Files below scoring/, named from the project's root. */
  readonly suites: readonly string[];
  readonly python: string;
  readonly env: NodeJS.ProcessEnv;
  readonly limitSeconds: number;
  readonly onStart: (suite: string) => void;
  readonly onEnd: (result: SuiteResult) => void;
  /** Told the function that ends the process at once. */
  readonly onKillable: (kill: () => void) => void;
}

/**
 * Runs pytest over some files, in one process.
 *
 * @returns the suites that had not begun when the process ended
 */
export function runPytest(job: PytestJob): Promise<string[]> {
  const files = job.suites.map((suite) => suite.replace(/^scoring\//, ""));
  const pythonPath = [__dirname, job.env["PYTHONPATH"]].filter(Boolean).join(delimiter);
  const child = spawn(job.python, ["-m", "pytest", "-q", "-p", "pytest_events", ...files], {
    cwd: SCORING,
    env: { ...job.env, PYTHONPATH: pythonPath },
    detached: true,
    stdio: ["ignore", "pipe", "pipe", "pipe"],
  });
  const kill = () => {
    if (child.pid !== undefined && child.exitCode === null) signal(-child.pid, "SIGKILL");
  };
  job.onKillable(kill);
  const output = new OutputTail();
  output.follow(child.stdout);
  output.follow(child.stderr);

  const waiting = new Set(job.suites);
  let failed = false;
  let current: SuiteTally | undefined;
  let limit: NodeJS.Timeout | undefined;
  let why = "";
  const end = (finished: boolean, failure: string | undefined) => {
    clearTimeout(limit);
    if (current === undefined) return;
    const result = current.end(finished, failure);
    current = undefined;
    failed ||= result.failed > 0;
    job.onEnd(result);
  };
  const onEvent = (event: TestEvent) => {
    if (event.type === "start") {
      waiting.delete(event.suite);
      current = new SuiteTally(event.suite);
      job.onStart(event.suite);
      limit = setTimeout(() => {
        why = `It did not end within ${job.limitSeconds} s and was ended.`;
        kill();
      }, job.limitSeconds * 1000);
    }
    if (event.type === "test") current?.test(event.outcome);
    if (event.type === "skip-reason") current?.skipReason(event.reason);
    if (event.type === "end") end(true, event.failure);
  };
  const events = createInterface({ input: child.stdio[3] as Readable });
  events.on("line", (line) => {
    onEvent(JSON.parse(line) as TestEvent);
  });
  const eventsEnded = new Promise((resolve) => events.once("close", resolve));

  return new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("exit", (code, name) => {
      void eventsEnded.then(() => {
        why ||= `pytest ended before it did (${name ?? `exit code ${code ?? "none"}`}).`;
        end(false, `${why}\n${output.tail()}`);
        // pytest ends with 5 when it found no test, and with 2 and more when it could not run.
        const inOrder = name === null && (code === 0 || (code === 1 && failed));
        const begun = waiting.size < job.suites.length;
        // A file that an orderly end never began has no tests; after a killed process the others are run by a new one.
        if (inOrder || (name !== null && begun)) {
          resolve(inOrder ? [] : [...waiting]);
          return;
        }
        for (const suite of waiting) {
          job.onEnd(new SuiteTally(suite).end(false, `${why}\n${output.tail()}`));
        }
        resolve([]);
      });
    });
  });
}
