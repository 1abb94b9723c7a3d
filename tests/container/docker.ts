import { spawn, spawnSync } from "node:child_process";
import { accessSync, constants, statSync } from "node:fs";
import { delimiter, join } from "node:path";

/** A Docker engine and the command that talks to it. */

export interface Docker {
  /** Runs `docker ...args`; throws with all output when it fails. */
  run(...args: string[]): string;
  /** As `run`, but says how it ended. */
  attempt(...args: string[]): { readonly status: number | null; readonly output: string };
  /** As `run`, while this process goes on. */
  start(...args: string[]): Promise<string>;
}

/**
 * The first `docker` on the PATH that reaches an engine (DOCKER_HOST, or the default socket) and can build with
 * BuildKit: since version 23 the command needs its buildx plug-in for that. Or the reason why there is none.
 */
export function findDocker(): Docker | string {
  let reason = "there is no `docker` on the PATH";
  for (const directory of (process.env["PATH"] ?? "").split(delimiter)) {
    const command = join(directory, "docker");
    if (!isExecutable(command)) continue;
    const format = "{{.Client.Version}} {{.Server.Version}}";
    const version = spawnSync(command, ["version", "--format", format], { encoding: "utf8" });
    if (version.status !== 0) {
      reason = `no Docker engine answers (${version.stderr.trim()})`;
    } else if (
      parseInt(version.stdout) >= 23 &&
      spawnSync(command, ["buildx", "version"]).status !== 0
    ) {
      reason = `${command} ${version.stdout.split(" ")[0] ?? ""} cannot build without its buildx plug-in`;
    } else {
      return dockerAt(command);
    }
  }
  return reason;
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return statSync(file).isFile();
  } catch {
    return false;
  }
}

function dockerAt(command: string): Docker {
  const env = { ...process.env, DOCKER_BUILDKIT: "1", BUILDKIT_PROGRESS: "plain" };
  const attempt = (...args: string[]) => {
    const done = spawnSync(command, args, { encoding: "utf8", env, maxBuffer: 2 ** 28 });
    return { status: done.status, output: done.stdout + done.stderr, stdout: done.stdout };
  };
  const failure = (args: readonly string[], output: string) =>
    new Error(`docker ${args.join(" ")}\n${output}`);
  return {
    attempt,
    run: (...args) => {
      const { status, output, stdout } = attempt(...args);
      if (status !== 0) throw failure(args, output);
      return stdout.trim();
    },
    start: (...args) =>
      new Promise((resolve, reject) => {
        const process = spawn(command, args, { env });
        let output = "";
        process.stdout.on("data", (chunk) => (output += String(chunk)));
        process.stderr.on("data", (chunk) => (output += String(chunk)));
        process.on("close", (status) => {
          if (status === 0) resolve(output.trim());
          else reject(failure(args, output));
        });
      }),
  };
}
