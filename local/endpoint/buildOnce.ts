/**
 * A folder that is built once, however many processes ask for it at the same time, and that nobody changes under those who use
 * it: a new build goes into a folder of its own, and a link is switched when it is complete.
 *
 *     <directory>             link to the build that is used from now on; its name has no dot
 *     <directory>-<random>/   a build, whose file `ready` is written last
 *     <directory>-<random>.user-…   who uses it (buildUsers.ts)
 *     <directory>.lock/       held while somebody builds
 *
 * A process that wants to use a build says so and then looks whether the link still leads there; a build is removed only
 * after the link has left it, under the lock, and when nobody uses it. So one of both always sees the other.
 */
import { randomBytes } from "node:crypto";
import { existsSync, lstatSync, readdirSync, readlinkSync } from "node:fs";
import { rename, rm, symlink, writeFile } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { lock } from "proper-lockfile";

import { addUser, hasUsers } from "./buildUsers";

export interface BuildOptions {
  /** Whether what was built in this folder can still be used. @default always */
  readonly isUsable?: (directory: string) => boolean;
  /** Told once, when another process is building it. */
  readonly onWaiting?: () => void;
  /** Ends the waiting and, by the signal that `build` gets, the building. */
  readonly signal?: AbortSignal;
}

/** A build that stays as it is until it is released or this process has ended. */
export interface UsedBuild {
  /** Where it really is. */
  readonly directory: string;
  release(): Promise<void>;
}

/** Milliseconds after which the lock of a builder that was killed is taken over. */
const STALE_LOCK_MS = 10_000;
const LOCK_POLL_MS = 500;

/** @param directory the link or a build */
export function isBuilt(directory: string, isUsable: BuildOptions["isUsable"] = () => true) {
  return existsSync(join(directory, "ready")) && isUsable(directory);
}

/** The build that there is, or undefined when it has to be built. */
export function useBuilt(directory: string, options: BuildOptions = {}): UsedBuild | undefined {
  for (;;) {
    const target = targetOf(directory);
    if (target === undefined || !isBuilt(target, options.isUsable)) return undefined;
    const remove = addUser(target);
    const release = async () => {
      remove();
      if (targetOf(directory) !== target) await whenUnlocked(directory, () => clearUp(directory));
    };
    if (isBuilt(target, options.isUsable) && targetOf(directory) === target) {
      return { directory: target, release };
    }
    remove();
  }
}

/**
 * Makes sure that there is a build, and uses it. The folder around it must exist.
 *
 * @param build makes the folder that it is given, which is not there, and everything in it
 * @throws what `build` throws, and then there is no new build; the signal's reason when it is aborted while waiting
 */
export async function buildOnce(
  directory: string,
  build: (target: string, signal: AbortSignal) => Promise<void>,
  options: BuildOptions = {},
): Promise<UsedBuild> {
  const there = useBuilt(directory, options);
  if (there !== undefined) return there;
  const lost = new AbortController();
  const signal = AbortSignal.any([lost.signal, ...(options.signal ? [options.signal] : [])]);
  const onLost = () => {
    lost.abort();
  };
  const release = await lockWhenFree(directory, onLost, options);
  try {
    const builtMeanwhile = useBuilt(directory, options);
    if (builtMeanwhile !== undefined) return builtMeanwhile;
    const target = newNameFor(directory);
    await build(target, signal);
    await writeFile(join(target, "ready"), `${new Date().toISOString()}\n`, { mode: 0o600 });
    signal.throwIfAborted();
    await switchTo(target, directory);
    const built = useBuilt(directory, options);
    if (built === undefined) throw new Error(`${target} was built but cannot be used`);
    return built;
  } finally {
    if (!lost.signal.aborted) await clearUp(directory);
    await release().catch(() => undefined);
    await clearUpOthers(directory);
  }
}

function newNameFor(directory: string): string {
  return `${directory}-${randomBytes(4).toString("hex")}`;
}

/** The build that the link leads to: older versions built in the place of the link. */
function targetOf(directory: string): string | undefined {
  const found = lstatSync(directory, { throwIfNoEntry: false });
  if (found?.isSymbolicLink() === true) return join(dirname(directory), readlinkSync(directory));
  return found === undefined ? undefined : directory;
}

/** At once for everybody: they see the former build or this one. */
async function switchTo(target: string, directory: string): Promise<void> {
  if (targetOf(directory) === directory) await rename(directory, newNameFor(directory));
  const link = newNameFor(directory);
  await symlink(basename(target), link);
  await rename(link, directory);
}

const BUILD = /^([^.]+)-[0-9a-f]{8}$/;

/** Removes builds that the link does not lead to and nobody uses. Under the lock, so that none of them is being made. */
async function clearUp(directory: string): Promise<void> {
  const folder = dirname(directory);
  const kept = targetOf(directory);
  const builds = readdirSync(folder)
    .filter((name) => BUILD.exec(name)?.[1] === basename(directory))
    .map((name) => join(folder, name));
  for (const build of builds) {
    if (build === kept || hasUsers(build)) continue;
    await rm(build, { recursive: true, force: true });
  }
}

/** What killed builders and former users have left of other contents. */
async function clearUpOthers(directory: string): Promise<void> {
  const folder = dirname(directory);
  const names = new Set(readdirSync(folder).flatMap((name) => BUILD.exec(name)?.[1] ?? []));
  names.delete(basename(directory));
  for (const name of names) {
    const other = join(folder, name);
    await whenUnlocked(other, () => clearUp(other));
  }
}

/** Does it under the lock, or not at all while somebody builds there. */
async function whenUnlocked(directory: string, work: () => Promise<void>): Promise<void> {
  const release = await lockNow(directory).catch(() => undefined);
  if (release === undefined) return;
  await work().finally(release);
}

/** Another process may be building the same folder; this one waits for it and then finds it built. */
async function lockWhenFree(
  directory: string,
  onCompromised: () => void,
  { onWaiting, signal }: BuildOptions,
): Promise<() => Promise<void>> {
  for (let attempt = 0; ; attempt += 1) {
    try {
      return await lockNow(directory, onCompromised);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "ELOCKED") throw error;
    }
    if (attempt === 0) onWaiting?.();
    await setTimeout(LOCK_POLL_MS);
    signal?.throwIfAborted();
  }
}

/** @param onCompromised the machine slept and somebody else took over: two builders at once must not be */
function lockNow(
  directory: string,
  onCompromised: () => void = () => undefined,
): Promise<() => Promise<void>> {
  const times = { stale: STALE_LOCK_MS, update: STALE_LOCK_MS / 4 };
  return lock(directory, { realpath: false, ...times, onCompromised });
}
