/** Open descriptors and resident memory of processes, of Linux alone. */
import { readdirSync, readFileSync } from "node:fs";

export interface Use {
  readonly descriptors: number;
  readonly megabytes: number;
}

/** Of all these processes together; one that has ended uses nothing. */
export function useOf(pids: readonly number[]): Use {
  const uses = pids.map(useOfOne);
  return {
    descriptors: uses.reduce((sum, { descriptors }) => sum + descriptors, 0),
    megabytes: Math.round(uses.reduce((sum, { megabytes }) => sum + megabytes, 0)),
  };
}

function useOfOne(pid: number): Use {
  try {
    const [, kilobytes = "0"] =
      /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, "utf8")) ?? [];
    const descriptors = readdirSync(`/proc/${pid}/fd`).length;
    return { descriptors, megabytes: Number(kilobytes) / 1024 };
  } catch (error) {
    const { code = "" } = error as NodeJS.ErrnoException;
    if (code === "ENOENT" || code === "ESRCH") return { descriptors: 0, megabytes: 0 };
    throw error;
  }
}
