/**
 * An append-only text log that never takes more than `maxBytes` × (1 + `keep`) of disk and never fails its writer:
 * a full disk or a folder that cannot be written loses lines, which are counted, and nothing else.
 */
import { open, rename, rm, type FileHandle } from "node:fs/promises";

export interface LogLimits {
  /** Bytes in one file before it is moved away. @default 5 MiB */
  readonly maxBytes?: number;
  /** Old files kept, named `<path>.1` (newest) and so on. @default 1 */
  readonly keep?: number;
}

export interface RotatingLog {
  write(text: string): void;
  /** Resolves when everything written so far is in the file, or lost. */
  flush(): Promise<void>;
  close(): Promise<void>;
  /** Chunks that could not be written. */
  lost(): number;
}

const DEFAULT_MAX_BYTES = 5 * 1024 * 1024;
/**
 * Milliseconds for which lines are gathered, because a write to the file costs a quarter of what forwarding a request does.
 * A process that is killed loses the lines of that time.
 */
const GATHER_MS = 20;
/** What may wait in memory for a slow disk, in characters; more is lost. */
const MAX_PENDING = 4 * 1024 * 1024;

export function createRotatingLog(path: string, limits: LogLimits = {}): RotatingLog {
  const maxBytes = limits.maxBytes ?? DEFAULT_MAX_BYTES;
  const keep = limits.keep ?? 1;
  let pending: string[] = [];
  let pendingLength = 0;
  let lost = 0;
  let file: FileHandle | undefined;
  let size = 0;
  let writing: Promise<void> | undefined;
  let pause: Pause | undefined;

  async function rotate(): Promise<void> {
    await file?.close();
    file = undefined;
    if (keep === 0) await rm(path, { force: true });
    for (let number = keep; number >= 1; number -= 1) {
      const from = number === 1 ? path : `${path}.${number - 1}`;
      await rename(from, `${path}.${number}`).catch(ignoreMissing);
    }
  }

  async function openFile(): Promise<FileHandle> {
    // 0600: what a scoring script prints may be about the data it was sent.
    file = await open(path, "a", 0o600);
    size = (await file.stat()).size;
    return file;
  }

  async function writeAll(): Promise<void> {
    while (pending.length > 0) {
      const chunks = pending;
      const bytes = Buffer.from(chunks.join(""));
      pending = [];
      pendingLength = 0;
      try {
        let target = file ?? (await openFile());
        if (size > 0 && size + bytes.length > maxBytes) {
          await rotate();
          target = await openFile();
        }
        await target.appendFile(bytes.subarray(-maxBytes));
        size += Math.min(bytes.length, maxBytes);
      } catch {
        lost += chunks.length;
        await file?.close().catch(() => undefined);
        file = undefined;
      }
    }
    writing = undefined;
  }

  return {
    write(text) {
      if (pendingLength + text.length > MAX_PENDING) {
        lost += 1;
        return;
      }
      pending.push(text);
      pendingLength += text.length;
      if (writing !== undefined) return;
      pause = startPause(GATHER_MS);
      writing = pause.over.then(writeAll);
    },
    async flush() {
      pause?.end();
      await writing;
    },
    async close() {
      pause?.end();
      await writing;
      await file?.close().catch(() => undefined);
      file = undefined;
    },
    lost: () => lost,
  };
}

/** A wait that can be cut short. */
interface Pause {
  readonly over: Promise<void>;
  end(): void;
}

function startPause(ms: number): Pause {
  let timer: NodeJS.Timeout | undefined;
  let end: () => void = () => undefined;
  const over = new Promise<void>((resolve) => {
    end = resolve;
    timer = setTimeout(resolve, ms);
  });
  return {
    over,
    end() {
      clearTimeout(timer);
      end();
    },
  };
}

function ignoreMissing(error: NodeJS.ErrnoException): void {
  if (error.code !== "ENOENT") throw error;
}
