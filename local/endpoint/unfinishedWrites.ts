import { existsSync, readdirSync, rmSync } from "node:fs";
import { basename, dirname, join } from "node:path";

/**
 * Removes what a process that was killed while it replaced a file has left beside it: write-file-atomic writes to the
 * file's name with a number after it. Only for someone whose lock keeps other writers of the file away.
 */
export function removeUnfinishedWrites(...files: readonly string[]): void {
  for (const file of files) {
    const folder = dirname(file);
    const names = existsSync(folder) ? readdirSync(folder) : [];
    const beginning = `${basename(file)}.`;
    for (const name of names) {
      const isUnfinished = name.startsWith(beginning) && /^\d+$/.test(name.slice(beginning.length));
      if (isUnfinished) rmSync(join(folder, name), { force: true });
    }
  }
}
