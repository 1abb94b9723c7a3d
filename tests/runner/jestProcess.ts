import { fork, type ChildProcess } from "node:child_process";
import { join } from "node:path";
import { SuiteTally, type SuiteResult, type TestEvent } from "./events";
import { OutputTail } from "./outputTail";
import { signal } from "./processes";
import { V8_OPTIONS } from "./v8Options";

const LANE = join(__dirname, "jestLane.mjs");
const PROJECT = join(__dirname, "..", "..");

/** Bytes. Jest keeps something of every suite; above this the lane's next suite gets a new process. */
const MEMORY_LIMIT_BYTES = 1.5 * 1024 ** 3;

/** One process that runs Jest suites, one at a time. */
export class JestProcess {
  private readonly child: ChildProcess;
  private readonly output = new OutputTail();
  private memoryBytes = 0;
  private over = false;

  /** @param env environment of the process and of everything that it starts */
  constructor(env: NodeJS.ProcessEnv) {
    this.child = fork(LANE, {
      cwd: PROJECT,
      env,
      silent: true,
      detached: true,
      execArgv: [...V8_OPTIONS],
    });
    this.output.follow(this.child.stdout);
    this.output.follow(this.child.stderr);
    this.child.once("exit", () => (this.over = true));
  }

  /** Whether it may be given another suite. */
  get usable(): boolean {
    return !this.over && this.memoryBytes < MEMORY_LIMIT_BYTES;
  }

  /**
   * Resolves when the suite has ended, or the process has.
   *
   * @param limitSeconds after which the process is ended and the suite has failed
   */
  run(suite: string, limitSeconds: number): Promise<SuiteResult> {
    const tally = new SuiteTally(suite);
    this.output.clear();
    return new Promise((resolve) => {
      let ended: { readonly failure?: string } | undefined;
      let why = "";
      const limit = setTimeout(() => {
        why = `It did not end within ${limitSeconds} s and was ended.`;
        this.kill();
      }, limitSeconds * 1000);
      const finish = () => {
        clearTimeout(limit);
        this.child.off("message", onEvent).off("exit", onExit);
        for (const reason of this.output.skipReasons()) tally.skipReason(reason);
        const failure = ended === undefined ? `${why}\n${this.output.tail()}` : ended.failure;
        resolve(tally.end(ended !== undefined, failure));
      };
      const onExit = (code: number | null, name: NodeJS.Signals | null) => {
        why ||= `Its process ended before it did (${name ?? `exit code ${code ?? "none"}`}).`;
        finish();
      };
      const onEvent = (message: unknown) => {
        const event = message as TestEvent;
        if (event.type === "test") tally.test(event.outcome);
        if (event.type === "end") ended = event;
        if (event.type === "idle") {
          this.memoryBytes = event.memoryBytes;
          finish();
        }
      };
      this.child.on("message", onEvent).once("exit", onExit);
      if (this.over) onExit(this.child.exitCode, this.child.signalCode);
      else this.child.send(suite);
    });
  }

  /** Ends the process and its process group at once. */
  kill(): void {
    if (this.child.pid !== undefined && !this.over) signal(-this.child.pid, "SIGKILL");
  }
}
