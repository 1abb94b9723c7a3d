/** Ends whatever serves from a state directory, by its socket, by its processes, or by force. */
import { setTimeout as sleep } from "node:timers/promises";

import { UserError } from "../../errors";
import { connectSupervisor } from "./controlClient";
import { endpointProcesses } from "./endpointProcesses";
import { endOrphans, removeSocket, socketPathOf, statePaths } from "./stateDirectory";

/** Milliseconds. Longer than an endpoint takes that drains its last requests. */
const STOP_MS = 20_000;
/** Milliseconds that a process takes to go after SIGKILL, at the most. */
const KILL_MS = 10_000;
const POLL_MS = 50;

/**
 * Resolves with whether anything was running.
 * @throws UserError when something could not be ended, with its process ids; its files are then still needed
 */
export async function endEverything(stateDirectory: string): Promise<boolean> {
  const paths = statePaths(stateDirectory);
  const asked = await askToStop(stateDirectory);
  // What has no socket any more, does not answer or was left by a dead supervisor.
  const { supervisors, groups } = await endpointProcesses(paths);
  const others = supervisors.filter((pid) => pid !== process.pid);
  if (!(await signalled(others, "SIGTERM", STOP_MS))) await signalled(others, "SIGKILL", KILL_MS);
  await endOrphans(paths);
  const left = await leftAfter(paths);
  if (left.length > 0) {
    throw new UserError(
      `These processes of the endpoint could not be ended: ${left.join(", ")}. Its files in ${stateDirectory} are kept; end the processes, then run this again.`,
    );
  }
  removeSocket(paths, socketPathOf(paths));
  return asked || others.length > 0 || groups.length > 0;
}

/** False when there is nobody to ask, or no answer. */
async function askToStop(stateDirectory: string): Promise<boolean> {
  try {
    const client = await connectSupervisor(stateDirectory, { clearUp: false });
    if (client === undefined) return false;
    return await Promise.race([
      client.stop().then(() => true),
      sleep(STOP_MS, true, { ref: false }),
    ]);
  } catch {
    return false;
  }
}

/** Resolves with whether all are gone within the time (milliseconds). */
async function signalled(
  pids: readonly number[],
  signal: NodeJS.Signals,
  timeoutMs: number,
): Promise<boolean> {
  for (const pid of pids) send(pid, signal);
  const deadline = Date.now() + timeoutMs;
  while (pids.some((pid) => send(pid, 0))) {
    if (Date.now() > deadline) return false;
    await sleep(POLL_MS);
  }
  return true;
}

function send(pid: number, signal: NodeJS.Signals | 0): boolean {
  try {
    return process.kill(pid, signal);
  } catch {
    return false;
  }
}

async function leftAfter(paths: ReturnType<typeof statePaths>): Promise<number[]> {
  const deadline = Date.now() + KILL_MS;
  for (;;) {
    const { supervisors, groups } = await endpointProcesses(paths);
    const left = [...supervisors.filter((pid) => pid !== process.pid), ...groups];
    if (left.length === 0 || Date.now() > deadline) return left;
    await sleep(POLL_MS);
  }
}
