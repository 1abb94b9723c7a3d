/** Runs a program to its end without ever leaving it, or anything it started, behind. */
import { spawn } from "node:child_process";
import { join } from "node:path";

export interface CommandResult {
  readonly code: number | undefined;
  /** Standard output and standard error, the last part of it. */
  readonly output: string;
}

export interface CommandOptions {
  /** Milliseconds. @default no limit */
  readonly timeoutMs?: number;
  readonly signal?: AbortSignal;
  readonly env?: NodeJS.ProcessEnv;
  readonly onLine?: (line: string) => void;
}

/** Ends the group it leads when this process goes away; see there. */
export const STDIN_GUARD = join(__dirname, "stdin_guard.py");

/** Characters of output kept. */
const KEPT_OUTPUT = 64 * 1024;

/** Never rejects: a program that is not there has no exit code. */
export function runCommand(
  command: string,
  args: readonly string[],
  options: CommandOptions = {},
): Promise<CommandResult> {
  return new Promise((resolve) => {
    const child = spawn(command, args, {
      detached: true,
      stdio: ["pipe", "pipe", "pipe"],
      env: options.env ?? process.env,
    });
    let output = "";
    let unfinishedLine = "";
    const collect = (chunk: string) => {
      output = (output + chunk).slice(-KEPT_OUTPUT);
      const lines = (unfinishedLine + chunk).split("\n");
      unfinishedLine = lines.pop() ?? "";
      for (const line of lines) options.onLine?.(line);
    };
    const stop = () => {
      killGroup(child.pid, "SIGKILL");
    };
    const timer = options.timeoutMs === undefined ? undefined : setTimeout(stop, options.timeoutMs);
    options.signal?.addEventListener("abort", stop, { once: true });
    child.stdout.setEncoding("utf8").on("data", collect);
    child.stderr.setEncoding("utf8").on("data", collect);
    child.stdin.on("error", () => undefined);
    const finish = (code: number | undefined) => {
      clearTimeout(timer);
      options.signal?.removeEventListener("abort", stop);
      resolve({ code, output });
    };
    child.once("error", () => {
      finish(undefined);
    });
    child.once("close", (code) => {
      finish(code ?? undefined);
    });
    if (options.signal?.aborted === true) stop();
  });
}

/** Signals a process group by its leader. False when there is no such group any more. */
export function killGroup(leader: number | undefined, signal: NodeJS.Signals): boolean {
  if (leader === undefined) return false;
  try {
    process.kill(-leader, signal);
    return true;
  } catch (error) {
    // EPERM: macOS says so of a group that has only zombies left.
    const { code } = error as NodeJS.ErrnoException;
    if (code === "ESRCH" || code === "EPERM") return false;
    throw error;
  }
}
