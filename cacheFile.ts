import { createHash } from "node:crypto";
import { mkdir, readdir, rm, stat, utimes } from "node:fs/promises";
import { dirname, join } from "node:path";
import { readTextIfThere } from "./input/userFile";

/**
 * Files of the user's cache folder: a line with the SHA-256 of the rest, then a text. What does not have this form is ignored, because
 * everything in a cache can be computed again.
 */

/** The text of a file; undefined where there is none that is whole. @param most bytes that are read */
export function readCacheFile(file: string, most: number): string | undefined {
  try {
    const content = readTextIfThere(file, most) ?? "";
    const end = content.indexOf("\n");
    const text = content.slice(end + 1);
    return end > 0 && content.slice(0, end) === digest(text) ? text : undefined;
  } catch {
    return undefined;
  }
}

/** Replaces a file whole, readable for this user alone. Where it cannot be written, there is no cache. */
export async function writeCacheFile(file: string, text: string): Promise<void> {
  // Loaded only when something is written.
  const { default: writeFileAtomic } = await import("write-file-atomic");
  try {
    await mkdir(dirname(file), { recursive: true, mode: 0o700 });
    await writeFileAtomic(file, `${digest(text)}\n${text}`, { mode: 0o600, fsync: false });
  } catch {
    return;
  }
}

/** Notes that a file was used, for `keepNewest`. */
export async function markUsed(file: string): Promise<void> {
  const now = new Date();
  await utimes(file, now, now).catch(() => undefined);
}

/** Removes from a folder the files that were used longest ago, down to `most`. */
export async function keepNewest(folder: string, most: number): Promise<void> {
  try {
    const names = await readdir(folder);
    if (names.length <= most) return;
    const files = await Promise.all(
      names.map(async (name) => ({ name, used: (await stat(join(folder, name))).mtimeMs })),
    );
    const oldest = files.sort((a, b) => b.used - a.used).slice(most);
    await Promise.all(oldest.map(({ name }) => rm(join(folder, name), { force: true })));
  } catch {
    return;
  }
}

function digest(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}
