import { access, constants, mkdir, rename, rm, stat, writeFile } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { cannotWrite } from "../errors";
import { MOST_BYTES, readTextIfThere } from "../input/userFile";

/** Text by path below the folder, with forward slashes: `arm.json`, `manifests/01-namespace-flood.yaml`. */
type Files = Readonly<Record<string, string>>;

/** Names the files that the last rendering wrote, so that the next one removes those and no others. */
const RECORD = ".rendered.json";

/**
 * Writes files into a folder: all are put beside it first and the places are looked at, so a run that dies or is refused
 * leaves what was there before.
 * @throws UserError when the place is not writable
 */
export async function writeFolder(directory: string, files: Files): Promise<void> {
  const target = resolve(directory);
  const next = `${target}.${process.pid}.next`;
  try {
    await assertPlaces(target, Object.keys(files));
    await mkdir(dirname(target), { recursive: true });
    await mkdir(next);
    for (const [name, text] of Object.entries(files)) {
      await mkdir(dirname(join(next, name)), { recursive: true });
      await writeFile(join(next, name), text);
    }
    for (const folder of foldersOf(target, Object.keys(files))) {
      await mkdir(folder, { recursive: true });
    }
    for (const name of Object.keys(files)) await rename(join(next, name), join(target, name));
  } catch (error) {
    throw cannotWrite(directory, error);
  } finally {
    // Where it could not be made there is nothing to remove, and that was said already.
    await rm(next, { recursive: true, force: true }).catch(() => undefined);
  }
}

/**
 * Writes a rendering over an earlier one: what that wrote and this does not is removed, so that nobody applies what is no
 * longer declared. Files that no rendering wrote stay.
 * @throws UserError when the place is not writable
 */
export async function replaceRendering(directory: string, files: Files): Promise<void> {
  const earlier = recorded(join(directory, RECORD));
  const stale = earlier.filter((name) => !Object.hasOwn(files, name));
  const names = Object.keys(files);
  // Until the stale ones are gone they stay in the record, for the case that this run dies before.
  await writeFolder(directory, { ...files, [RECORD]: record([...names, ...stale]) });
  if (stale.length === 0) return;
  // Not recursive: where somebody has made a folder of that name, it is theirs.
  for (const name of stale) await rm(join(directory, name), { force: true }).catch(() => undefined);
  await writeFolder(directory, { [RECORD]: record(names) });
}

function record(names: readonly string[]): string {
  return `${JSON.stringify([...names].sort(), null, 2)}\n`;
}

/** A record that is missing or not ours names nothing; nor do names that lead out of the folder. */
function recorded(file: string): string[] {
  const text = readTextIfThere(file, MOST_BYTES.text) ?? "[]";
  try {
    const names: unknown = JSON.parse(text);
    return Array.isArray(names) ? names.filter(isBelow) : [];
  } catch {
    return [];
  }
}

function isBelow(name: unknown): name is string {
  return typeof name === "string" && /^(?:\w[\w.-]*\/)*\w[\w.-]*$/.test(name);
}

/** Before the first file is replaced: folders must be folders that can be written to, and files no folders. */
async function assertPlaces(target: string, names: readonly string[]): Promise<void> {
  for (const folder of foldersOf(target, names)) {
    const there = await stat(folder).catch(() => undefined);
    if (there === undefined) continue;
    if (!there.isDirectory()) throw new Error(`${folder} is a file, not a folder`);
    await access(folder, constants.W_OK);
  }
  for (const name of names) {
    const there = await stat(join(target, name)).catch(() => undefined);
    if (there?.isDirectory() === true) throw new Error(`${join(target, name)} is a folder`);
  }
}

/** The target and the folders of its files. */
function foldersOf(target: string, names: readonly string[]): string[] {
  return [...new Set([target, ...names.map((name) => dirname(join(target, name)))])];
}
