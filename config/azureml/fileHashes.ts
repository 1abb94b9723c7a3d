import { createHash } from "node:crypto";
import { closeSync, fstatSync, open, read, stat, type BigIntStats } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { cacheDirectory } from "../../projectDirectory";
import { HashCache } from "./hashCache";
import { hashProgress, type Tell } from "./hashProgress";

const openFile = promisify(open);
const statFile = promisify<string, { bigint: true }, BigIntStats>(stat);
const readOpenFile = promisify(read);

/** Files that are open at once: enough to keep a disk busy, and few enough for any limit on descriptors. */
const CONCURRENCY = 16;
const CHUNK_BYTES = 512 * 1024;
/**
 * A file that was changed less than this before it was read may be changed again without another time, because times have a
 * grain: up to two seconds on FAT (Microsoft Learn, "File Times"), a tick of the kernel elsewhere. Its hash is used and not kept,
 * as git does not trust the times of such files (git, Documentation/technical/racy-git.adoc).
 */
const GRAIN_NS = 2_000_000_000n;

/** SHA-256 of files. */
export interface FileHashes {
  /**
   * Hashes in hex, in the order of the files. Each file is read once, however often it is asked for; and not at all where an
   * earlier run has read it and its size, times and inode are as they were.
   *
   * @param files real paths
   * @param what they are, for the user who waits: "scoring/models/big"
   */
  of(files: readonly string[], what: string): Promise<readonly string[]>;
}

export interface FileHashesOptions {
  /** Says what is being read, when that takes more than two seconds. @default nobody is told */
  readonly tell?: Tell;
  /** The file with the hashes of earlier runs. @default in the user's cache folder */
  readonly cacheFile?: string;
  /** Milliseconds since 1970. @default the machine's clock */
  readonly now?: () => number;
  /** Reads from an open file as `fs.read` does. @default it */
  readonly readChunk?: (descriptor: number, chunk: Buffer) => Promise<number>;
}

/** The hashes of one run. */
export function fileHashes({
  tell,
  cacheFile = defaultCacheFile(),
  now = Date.now,
  readChunk = readNext,
}: FileHashesOptions = {}): FileHashes {
  const cache = new HashCache(cacheFile, now);
  const known = new Map<string, Promise<string>>();

  async function hashOf(file: string, onBytes: (count: number) => void): Promise<string> {
    const descriptor = await openFile(file, "r");
    // What waits for no disk is not handed to another thread, which for small files costs more than everything else.
    try {
      const begun = BigInt(now()) * 1_000_000n;
      const before = fstatSync(descriptor, { bigint: true });
      const hash = createHash("sha256");
      const chunk = Buffer.allocUnsafe(
        before.size < CHUNK_BYTES ? Number(before.size) + 1 : CHUNK_BYTES,
      );
      const size = Number(before.size);
      let [count, done] = [0, 0];
      do {
        count = await readChunk(descriptor, chunk);
        hash.update(chunk.subarray(0, count));
        done += count;
        onBytes(count);
      } while (count > 0 && done !== size);
      const digest = hash.digest("hex");
      const identity = identityOf(fstatSync(descriptor, { bigint: true }));
      const changed = before.mtimeNs > before.ctimeNs ? before.mtimeNs : before.ctimeNs;
      const isSettled = identity === identityOf(before) && changed + GRAIN_NS < begun;
      if (isSettled) cache.add(file, identity, digest);
      return digest;
    } finally {
      closeSync(descriptor);
    }
  }

  return {
    async of(files, what) {
      const unread: { readonly file: string; readonly size: bigint }[] = [];
      const fresh = [...new Set(files)].filter((file) => !known.has(file));
      await inParallel(fresh, async (file) => {
        const status = await statFile(file, { bigint: true });
        const kept = cache.find(file, identityOf(status));
        if (kept === undefined) unread.push({ file, size: status.size });
        else known.set(file, Promise.resolve(kept));
      });
      const bytes = unread.reduce((sum, { size }) => sum + size, 0n);
      const progress = hashProgress({ what, bytes: Number(bytes), tell, now });
      await inParallel(unread, async ({ file }) => {
        const hash = known.get(file) ?? hashOf(file, progress);
        known.set(file, hash);
        await hash;
      });
      await cache.save();
      return Promise.all(files.map((file) => known.get(file) ?? hashOf(file, progress)));
    },
  };
}

/** Without ctime, a file that a tool writes anew with its former time would keep its hash. */
function identityOf({ size, mtimeNs, ctimeNs, ino }: BigIntStats): string {
  return [size, mtimeNs, ctimeNs, ino].join(" ");
}

async function readNext(descriptor: number, chunk: Buffer): Promise<number> {
  const { bytesRead } = await readOpenFile(descriptor, chunk, 0, chunk.length, null);
  return bytesRead;
}

async function inParallel<T>(items: readonly T[], work: (item: T) => Promise<void>): Promise<void> {
  const waiting = items.values();
  const worker = async () => {
    for (const item of waiting) await work(item);
  };
  await Promise.all(Array.from({ length: Math.min(CONCURRENCY, items.length) }, worker));
}

/** Undefined where the user has no folder, as in some containers. */
function defaultCacheFile(): string | undefined {
  try {
    return join(cacheDirectory(), "file-hashes");
  } catch {
    return undefined;
  }
}
