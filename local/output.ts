import { mkdir, rename, rm, writeFile } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { UserError } from "../config/problems";

/**
 * Writes a folder whole: files are put beside it first, so a run that dies leaves what was there before.
 * @throws UserError when the place is not writable
 */
export async function writeFolder(
  directory: string,
  files: Readonly<Record<string, string>>,
): Promise<void> {
  const target = resolve(directory);
  const next = `${target}.${process.pid}.next`;
  try {
    await mkdir(dirname(target), { recursive: true });
    await mkdir(next);
    for (const [name, text] of Object.entries(files)) await writeFile(join(next, name), text);
    await mkdir(target, { recursive: true });
    for (const name of Object.keys(files)) await rename(join(next, name), join(target, name));
  } catch (error) {
    throw new UserError(`${directory} cannot be written: ${(error as Error).message}`);
  } finally {
    // Where it could not be made there is nothing to remove, and that was said already.
    await rm(next, { recursive: true, force: true }).catch(() => undefined);
  }
}
