/**
 * A folder that is built once, however many processes ask for it at the same time.
 *
 *     <directory>/ready    written last: without it the folder is a half-built one and is removed
 *     <directory>.lock/    held while somebody builds
 */
import { existsSync } from "node:fs";
import { rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { lock } from "proper-lockfile";

export interface BuildOptions {
  /** Whether what was built can still be used. @default always */
  readonly isUsable?: () => boolean;
  /** Told once, when another process is building it. */
  readonly onWaiting?: () => void;
  /** Ends the waiting and, by the signal that `build` gets, the building. */
  readonly signal?: AbortSignal;
}

/** Milliseconds after which the lock of a builder that was killed is taken over. */
const STALE_LOCK_MS = 10_000;
const LOCK_POLL_MS = 500;

export function isBuilt(directory: string, isUsable: () => boolean = () => true): boolean {
  return existsSync(join(directory, "ready")) && isUsable();
}

/**
 * Makes sure that the folder is built. Its parent must exist.
 *
 * @param build makes the folder, which is not there, and everything in it
 * @throws what `build` throws, and then there is no such folder; the signal's reason when it is aborted while waiting
 */
export async function buildOnce(
  directory: string,
  build: (signal: AbortSignal) => Promise<void>,
  options: BuildOptions = {},
): Promise<void> {
  if (isBuilt(directory, options.isUsable)) return;
  const abort = new AbortController();
  const stop = () => {
    abort.abort();
  };
  options.signal?.addEventListener("abort", stop, { once: true });
  const release = await lockWhenFree(directory, stop, options);
  try {
    if (isBuilt(directory, options.isUsable)) return;
    await rm(directory, { recursive: true, force: true });
    await build(abort.signal);
    await writeFile(join(directory, "ready"), `${new Date().toISOString()}\n`);
  } catch (error) {
    await rm(directory, { recursive: true, force: true });
    throw error;
  } finally {
    options.signal?.removeEventListener("abort", stop);
    await release().catch(() => undefined);
  }
}

/** Another process may be building the same folder; this one waits for it and then finds it built. */
async function lockWhenFree(
  directory: string,
  onCompromised: () => void,
  { onWaiting, signal }: BuildOptions,
): Promise<() => Promise<void>> {
  for (let attempt = 0; ; attempt += 1) {
    try {
      // Compromised: the machine slept and somebody else took over. Two builders in one folder must not be.
      const times = { stale: STALE_LOCK_MS, update: STALE_LOCK_MS / 4 };
      return await lock(directory, { realpath: false, ...times, onCompromised });
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "ELOCKED") throw error;
    }
    if (attempt === 0) onWaiting?.();
    await setTimeout(LOCK_POLL_MS);
    signal?.throwIfAborted();
  }
}
