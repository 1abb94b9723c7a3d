import { setTimeout as sleep } from "node:timers/promises";
import { print, printError } from "../output";
import { linesSince } from "./logTimes";
import { followLog, type LogFollower, type SupervisorClient } from "./endpoint";

/** Lines of a log that are older than the command. */
const LINES = 40;
/** Bytes of a log, as which it is moved away (rotatingLog.ts), and more. */
const ALL = 8 * 1024 * 1024;
/** Milliseconds between two looks. */
const POLL_MS = 300;

/**
 * Prints the lines of each instance's log as they come, those of instances that start later too. Returns when the endpoint ends.
 *
 * @param deployment whose instances alone are followed
 * @param since milliseconds since 1970: first all lines from then on. @default first the last lines
 */
export async function followLogs(
  { status }: Pick<SupervisorClient, "status">,
  deployment: string | undefined,
  since?: number,
): Promise<void> {
  const followers = new Map<string, LogFollower>();
  for (let isFirst = true; ; isFirst = false) {
    const found = await status().catch(() => undefined);
    for (const { name, id, logPath } of instancesOf(found, deployment)) {
      const known = followers.get(logPath);
      const follower = known ?? followLog(logPath, since === undefined ? undefined : ALL);
      followers.set(logPath, follower);
      const lines = follower.next();
      const first = since === undefined ? lines.slice(-LINES) : linesSince(lines, since);
      for (const line of isFirst ? first : lines) print(`${name} ${id} | ${line}`);
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
