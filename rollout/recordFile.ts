import { mkdir, open } from "node:fs/promises";
import { dirname } from "node:path";
import { lock } from "proper-lockfile";
import { cannotWrite, diskFull, UserError } from "../errors";
import { MOST_BYTES, readTextIfThere } from "../input/userFile";
import { formatLine, type Line, parseRecord, type RolloutRecord } from "./record";
import { printError } from "../output";

/** A record as JSON lines in a file, which is made with the first of them. */
export function recordFile(path: string): RolloutRecord {
  return {
    place: path,
    lines: () => Promise.resolve().then(() => linesIn(path)),
    async append(line) {
      try {
        await mkdir(dirname(path), { recursive: true, mode: 0o700 });
        // A line that was cut off is closed first, or it would take this one with it.
        const gap = /[^\n]$/.test(textOf(path)) ? "\n" : "";
        const file = await open(path, "a", 0o600);
        try {
          await file.appendFile(`${gap}${formatLine(line)}`);
          await file.sync();
        } finally {
          await file.close();
        }
      } catch (error) {
        const { code, message } = error as NodeJS.ErrnoException;
        if (code === undefined) throw error;
        const full = diskFull(error, path);
        if (full !== undefined) throw full;
        throw new UserError(
          `the rollout's record cannot be written, and nothing is changed without it: ${message}`,
        );
      }
    },
  };
}

function linesIn(path: string): readonly Line[] {
  const { lines, bad } = parseRecord(textOf(path));
  if (bad === undefined) return lines;
  throw new UserError(
    `${path}:${bad}: is not a line of a rollout record; it was changed by hand, merged, or written by another version. ` +
      "Put the file back as it was",
  );
}

/** @throws UnreadableFile */
function textOf(path: string): string {
  return readTextIfThere(path, MOST_BYTES.document) ?? "";
}

/** Milliseconds after which the lock of a killed process is taken over. */
const STALE_MS = 5_000;

/**
 * Runs `work` while no other process works on the same record. Waits long enough for the lock of a killed process.
 *
 * @param lockFile made for as long; its folder too
 * @param waitMs how long another process is waited for
 * @throws UserError when another one is at it
 */
export async function whileAlone<T>(
  lockFile: string,
  work: () => Promise<T>,
  waitMs = STALE_MS + 1_000,
): Promise<T> {
  const directory = dirname(lockFile);
  await mkdir(directory, { recursive: true, mode: 0o700 }).catch((error: unknown) => {
    throw cannotWrite(directory, error);
  });
  const wait = { minTimeout: 500, maxTimeout: 500, factor: 1 };
  const release = await lock(directory, {
    lockfilePath: lockFile,
    stale: STALE_MS,
    retries: { retries: Math.ceil(waitMs / wait.minTimeout), ...wait },
    onCompromised: () => {
      printError("warning: the rollout's lock was lost; do not run two commands at once");
    },
  }).catch((error: unknown) => {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code !== "ELOCKED") {
      throw diskFull(error, lockFile) ?? new UserError(`${directory} cannot be used: ${message}`);
    }
    throw new UserError(
      "Another command is changing this rollout. Wait for it, or end it; status works meanwhile",
    );
  });
  try {
    return await work();
  } finally {
    await release();
  }
}
