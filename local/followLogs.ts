import { setTimeout as sleep } from "node:timers/promises";
import { print, printError } from "../output";
import { followLog, type LogFollower, type SupervisorClient } from "./endpoint";

/** Lines of a log that are older than the command. */
const LINES = 40;
/** Milliseconds between two looks. */
const POLL_MS = 300;

/**
 * Prints the lines of each instance's log as they come, those of instances that start later too. Returns when the endpoint ends.
 *
 * @param deployment whose instances alone are followed
 */
export async function followLogs(
  { status }: Pick<SupervisorClient, "status">,
  deployment: string | undefined,
): Promise<void> {
  const followers = new Map<string, LogFollower>();
  for (let isFirst = true; ; isFirst = false) {
    const found = await status().catch(() => undefined);
    for (const { name, id, logPath } of instancesOf(found, deployment)) {
      const known = followers.get(logPath);
      const follower = known ?? followLog(logPath);
      followers.set(logPath, follower);
      const lines = follower.next();
      for (const line of isFirst ? lines.slice(-LINES) : lines) print(`${name} ${id} | ${line}`);
    }
    if (found === undefined) {
      printError("The endpoint has ended.");
      return;
    }
    await sleep(POLL_MS);
  }
}

function instancesOf(
  status: Awaited<ReturnType<SupervisorClient["status"]>> | undefined,
  deployment: string | undefined,
) {
  return (status?.deployments ?? [])
    .filter(({ name }) => deployment === undefined || name === deployment)
    .flatMap(({ name, instances }) =>
      instances.map(({ id, logPath }) => ({ name, id: String(id), logPath })),
    );
}
