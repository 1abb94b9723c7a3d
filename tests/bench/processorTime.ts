import { readFileSync } from "node:fs";

/** Milliseconds of processor time of a process so far; the kernel counts hundredths of a second (proc(5), stat). */
export function processorTimeOf(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  return (Number(fields[11]) + Number(fields[12])) * 10;
}
