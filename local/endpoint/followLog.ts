/** New lines of a log, also after it was moved away and begun anew. */
import { closeSync, fstatSync, openSync, readSync } from "node:fs";

/** Stands for lines that nobody is shown. */
export const LEFT_OUT = "… lines left out …";

/** Bytes that are read of a busy log at a time. */
const MOST_BYTES = 64 * 1024;

export interface LogFollower {
  /** What came since the last call; the end of the log at the first. A line that is not ended yet comes with the next call. */
  next(): readonly string[];
}

/** @param first bytes of an old log that are read at first */
export function followLog(path: string, first = MOST_BYTES): LogFollower {
  let file: number | undefined;
  let position = 0;
  let rest: Buffer = Buffer.alloc(0);
  return {
    next() {
      let opened: number;
      try {
        opened = openSync(path, "r");
      } catch {
        return [];
      }
      try {
        const { ino, size } = fstatSync(opened);
        const isFirst = file === undefined;
        if (file !== ino || size < position) [file, position, rest] = [ino, 0, Buffer.alloc(0)];
        const most = isFirst ? first : MOST_BYTES;
        const skipped = size - position > most;
        if (skipped) position = size - most;
        const bytes = Buffer.alloc(size - position);
        position += readSync(opened, bytes, 0, bytes.length, position);
        // Cut at an end of line alone: a character may be several bytes, and a part of them has not come yet.
        const all = skipped ? bytes : Buffer.concat([rest, bytes]);
        const end = all.lastIndexOf("\n") + 1;
        rest = all.subarray(end);
        const lines = all.toString("utf8", 0, end).split("\n").slice(0, -1);
        // The first one may have been cut.
        return skipped ? [...(isFirst ? [] : [LEFT_OUT]), ...lines.slice(1)] : lines;
      } finally {
        closeSync(opened);
      }
    },
  };
}
