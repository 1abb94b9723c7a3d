import { spawnSync } from "node:child_process";
import { rmSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";

/**
 * Everything that a run starts has the run's own folder as its folder for temporary files, so its processes are those that
 * have the folder's path in their environment or command line, even if another process has adopted them.
 */

/** How long processes get to disappear after SIGKILL. */
const ATTEMPTS = 50;
const PAUSE_MS = 100;

/** Process ids, without this process. Zombies are left out: they have ended. */
export function processesOf(folder: string): number[] {
  const { stdout } = spawnSync("ps", ["axeww", "-o", "pid=,stat=,args="], {
    encoding: "utf8",
    // Otherwise `ps` would find itself.
    env: { PATH: process.env["PATH"] },
    maxBuffer: 64 * 1024 * 1024,
  });
  return stdout
    .split("\n")
    .filter((line) => line.includes(folder))
    .map((line) => /^ *(\d+) (\S+)/.exec(line))
    .flatMap((match) => (match === null || match[2]?.startsWith("Z") ? [] : [Number(match[1])]))
    .filter((pid) => pid !== process.pid);
}

/**
 * Ends a folder's processes with SIGKILL, until there are none: one that is ended may have started another meanwhile.
 *
 * @returns processes that are still there after five seconds
 */
export async function endProcessesOf(folder: string): Promise<number[]> {
  for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
    const pids = processesOf(folder);
    if (pids.length === 0) return [];
    for (const pid of pids) signal(pid, "SIGKILL");
    await sleep(PAUSE_MS);
  }
  return processesOf(folder);
}

export async function removeRun(folder: string): Promise<void> {
  await endProcessesOf(folder);
  rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
}

/** Sends a signal to a process (or with a negative id to its group) if it is still there. */
export function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error;
  }
}
