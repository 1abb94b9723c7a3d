import { readCacheFile, writeCacheFile } from "../../cacheFile";

/**
 * Hashes of files that earlier runs have read, in one file of the user's cache folder: a line of JSON for each. Two runs at once each
 * replace the file whole and keep the entries of the other, except for those written in the same moment, which are computed again.
 */

/** Most entries; those that were used longest ago are dropped. About 10 MB with long paths. */
const MOST_ENTRIES = 50_000;
/** Bytes; of entries with very long paths there are fewer. */
const MOST_BYTES = 32 * 1024 * 1024;
/** The form of the file: raise it when an entry means something else. */
const LAYOUT = 1;
/** Days after which the use of an entry is noted again. */
const NOTED_AGAIN_DAYS = 7;
const DAY_MS = 86_400_000;

interface Entry {
  /** What the file looked like: size, times, inode. */
  readonly identity: string;
  readonly hash: string;
  /** Days since 1970. */
  readonly used: number;
}

export class HashCache {
  private readonly changed = new Map<string, Entry>();
  private entries: Map<string, Entry> | undefined;

  /** @param file undefined for none: nothing is kept */
  constructor(
    private readonly file: string | undefined,
    private readonly now: () => number,
  ) {}

  /** The hash of a file that looks as it did. */
  find(path: string, identity: string): string | undefined {
    this.entries ??= this.read();
    const entry = this.entries.get(path);
    if (entry?.identity !== identity) return undefined;
    if (this.today() - entry.used >= NOTED_AGAIN_DAYS) this.add(path, identity, entry.hash);
    return entry.hash;
  }

  add(path: string, identity: string, hash: string): void {
    this.changed.set(path, { identity, hash, used: this.today() });
  }

  /** Writes what is new. A cache that cannot be written is none: the next run reads the files again. */
  async save(): Promise<void> {
    if (this.file === undefined || this.changed.size === 0) return;
    // Read again, because another run may have replaced it.
    const merged = new Map([...this.read(), ...this.changed]);
    this.entries = merged;
    this.changed.clear();
    await writeCacheFile(this.file, textOf(merged));
  }

  private today(): number {
    return Math.floor(this.now() / DAY_MS);
  }

  private read(): Map<string, Entry> {
    if (this.file === undefined) return new Map();
    return entriesIn(readCacheFile(this.file, 2 * MOST_BYTES) ?? "{}");
  }
}

/** The newest entries, as many as there is room for. */
function textOf(entries: ReadonlyMap<string, Entry>): string {
  const newest = [...entries].sort(([, a], [, b]) => b.used - a.used).slice(0, MOST_ENTRIES);
  const lines = [`${JSON.stringify({ layout: LAYOUT })}\n`];
  let bytes = 0;
  for (const [path, { identity, hash, used }] of newest) {
    const line = `${JSON.stringify([path, identity, hash, used])}\n`;
    bytes += Buffer.byteLength(line);
    if (bytes > MOST_BYTES) break;
    lines.push(line);
  }
  return lines.join("");
}

function entriesIn(text: string): Map<string, Entry> {
  const [head = "", ...lines] = text.trimEnd().split("\n");
  if ((JSON.parse(head) as { layout?: unknown }).layout !== LAYOUT) return new Map();
  return new Map(
    lines.map((line) => {
      // Written by `textOf` in this layout.
      const [path, identity, hash, used] = JSON.parse(line) as [string, string, string, number];
      return [path, { identity, hash, used }];
    }),
  );
}
