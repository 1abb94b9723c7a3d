import { mkdirSync } from "node:fs";
import { join } from "node:path";
import type { SuiteResult } from "./events";
import { JestProcess } from "./jestProcess";
import { endProcessesOf } from "./processes";
import { runPytest } from "./pytestProcess";

/** Work for one lane: one Jest suite, or files for one pytest process. */
export type Work =
  | { readonly runner: "jest"; readonly suite: string }
  | {
      readonly runner: "pytest";
      readonly suites: readonly string[];
      readonly python: string;
      readonly env?: NodeJS.ProcessEnv;
    };

export interface RunOptions {
  /** In the order in which it is begun. */
  readonly work: readonly Work[];
  /** How many suites run side by side. */
  readonly lanes: number;
  /** For each suite, in seconds. */
  readonly limitSeconds: number;
  /** The run's own folder, which every process gets a part of for its temporary files. */
  readonly folder: string;
  readonly env: NodeJS.ProcessEnv;
  readonly onStart: (suite: string) => void;
  readonly onEnd: (result: SuiteResult) => void;
  /** When it is aborted, whatever runs is ended and counts as not finished; nothing more is begun. */
  readonly signal: AbortSignal;
}

/** Runs all work side by side in lanes. Resolves when every suite was reported by `onEnd` or the signal was aborted. */
export async function runSuites(options: RunOptions): Promise<void> {
  const queue = [...options.work];
  const lanes = Array.from({ length: options.lanes }, (_, index) => runLane(index, queue, options));
  await Promise.all(lanes);
}

async function runLane(index: number, queue: Work[], options: RunOptions): Promise<void> {
  const { limitSeconds, signal, onStart, onEnd } = options;
  const folder = join(options.folder, String(index));
  mkdirSync(folder, { recursive: true });
  const env = { ...options.env, TMPDIR: folder };
  let jest: JestProcess | undefined;
  let kill: () => void = () => undefined;
  const abort = () => {
    kill();
  };
  signal.addEventListener("abort", abort);
  const report = async (result: SuiteResult) => {
    // What an ended process had started would otherwise go on beside the next suites.
    if (!result.finished) await endProcessesOf(folder);
    onEnd(result);
  };
  while (!signal.aborted) {
    const next = queue.shift();
    if (next === undefined) break;
    if (next.runner === "jest") {
      if (jest?.usable !== true) {
        jest?.kill();
        jest = new JestProcess(env);
      }
      const process = jest;
      kill = () => {
        process.kill();
      };
      onStart(next.suite);
      await report(await jest.run(next.suite, limitSeconds));
    } else {
      const left = await runPytest({
        ...{ suites: next.suites, python: next.python, limitSeconds, onStart },
        env: { ...env, ...next.env },
        onEnd: (result) => void report(result),
        onKillable: (end) => {
          kill = end;
        },
      });
      if (left.length > 0) queue.unshift({ ...next, suites: left });
    }
  }
  signal.removeEventListener("abort", abort);
  jest?.kill();
}
