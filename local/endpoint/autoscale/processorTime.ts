/** Processor time of process groups, from Linux's /proc (proc_pid_stat(5)); other systems have none here. */
import { readdirSync, readFileSync } from "node:fs";

/** Seconds by leader of the group; undefined where the system has no /proc. */
export type ProcessorTimes = ReadonlyMap<number, number> | undefined;

/** The unit of /proc's times: USER_HZ, which is 100 wherever Node.js runs on Linux. */
const TICKS_PER_SECOND = 100;

export function processorTimes(): ProcessorTimes {
  let ids: string[];
  try {
    ids = readdirSync("/proc").filter((name) => /^\d+$/.test(name));
  } catch {
    return undefined;
  }
  const seconds = new Map<number, number>();
  for (const id of ids) {
    const time = timeOf(id);
    if (time !== undefined) seconds.set(time.group, (seconds.get(time.group) ?? 0) + time.seconds);
  }
  // macOS and others may have an empty folder of the name.
  return seconds.size === 0 ? undefined : seconds;
}

function timeOf(id: string): { readonly group: number; readonly seconds: number } | undefined {
  let text: string;
  try {
    text = readFileSync(`/proc/${id}/stat`, "utf8");
  } catch {
    // Ended since the folder was listed.
    return undefined;
  }
  // The name in brackets may have spaces and brackets itself; the fields after it are numbered from 3.
  const fields = text.slice(text.lastIndexOf(")") + 2).split(" ");
  const field = (number: number) => Number(fields[number - 3]);
  // utime, stime, and those of children that have ended, so that the sum of a group does not fall.
  const ticks = field(14) + field(15) + field(16) + field(17);
  return { group: field(5), seconds: ticks / TICKS_PER_SECOND };
}
