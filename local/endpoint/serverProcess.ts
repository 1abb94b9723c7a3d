/** One operating-system process with the inference server in it, and everything that process starts. */
import { spawn, type ChildProcess } from "node:child_process";
import { rmSync } from "node:fs";
import { join } from "node:path";
import type { Readable } from "node:stream";

import { killGroup } from "./command";

export interface ServerProcess {
  readonly pid: number;
  readonly startedAt: number;
  /** Resolves when its socket takes connections. Rejects when it ends before that. */
  readonly listening: Promise<void>;
  /** Why it ended, in words. The whole group is gone by then. */
  readonly exited: Promise<string>;
  /** Asks it to end, and insists after the grace period (milliseconds). Resolves when it has. */
  stop(graceMs: number): Promise<void>;
  kill(): void;
}

export interface ServerProcessOptions {
  readonly python: string;
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
  /** In the command line, so that the process can be told apart from anybody else's. */
  readonly token: string;
  /** In the command line too, so that the process can be found without its token. */
  readonly homeDirectory: string;
  /** Where it is to listen: a UNIX socket in a folder that only its owner can enter. Removed at its end. */
  readonly socketPath: string;
  readonly onOutput: (text: string) => void;
}

const SERVER_SCRIPT = join(__dirname, "server.py");

export function startServerProcess(options: ServerProcessOptions): ServerProcess {
  // stdin stays open and silent: its end is the end of the process (stdin_guard.py). fd 3 says that it listens.
  const { token, homeDirectory, socketPath } = options;
  const args = ["--token", token, "--home", homeDirectory, "--socket", socketPath];
  const child = spawn(options.python, [SERVER_SCRIPT, ...args], {
    detached: true,
    cwd: options.cwd,
    env: options.env,
    stdio: ["pipe", "pipe", "pipe", "pipe"],
  });
  child.stdin.on("error", () => undefined);
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding("utf8").on("data", options.onOutput);
  }
  const { pid = 0 } = child;
  let running = true;
  const exited = endOf(child).then((why) => {
    running = false;
    // Whatever the script has started goes with it.
    if (pid > 0) killGroup(pid, "SIGKILL");
    rmSync(socketPath, { force: true });
    return why;
  });
  const listening = Promise.race([
    firstDataOf(child.stdio[3] as Readable),
    exited.then((why) => Promise.reject(new Error(why))),
  ]);
  listening.catch(() => undefined);

  const kill = () => {
    if (running) killGroup(pid, "SIGKILL");
  };
  return {
    pid,
    startedAt: Date.now(),
    listening,
    exited,
    kill,
    async stop(graceMs) {
      if (!running) return;
      killGroup(pid, "SIGTERM");
      const timer = setTimeout(kill, graceMs);
      await exited;
      clearTimeout(timer);
    },
  };
}

function endOf(child: ChildProcess): Promise<string> {
  return new Promise((resolve) => {
    child.once("error", (error) => {
      resolve(`could not be started: ${error.message}`);
    });
    child.once("exit", (code, signal) => {
      resolve(signal === null ? `exited with status ${String(code)}` : `was ended by ${signal}`);
    });
  });
}

function firstDataOf(stream: Readable): Promise<void> {
  return new Promise((resolve) => {
    stream.on("error", () => undefined);
    stream.once("data", () => {
      resolve();
    });
  });
}
