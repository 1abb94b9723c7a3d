/** Tells when files of an endpoint have changed, once for everything that was saved together. */
import { subscribe, type AsyncSubscription, type SubscribeCallback } from "@parcel/watcher";
import { setTimeout as sleep } from "node:timers/promises";
import { isJunk } from "../../config/azureml/assetFiles";
import { concerns, realPath, watchedFolders } from "./watchedFolders";

export interface Changes {
  /** From here on, these files and folders are watched, in place of the former ones. */
  follow(paths: readonly string[]): Promise<void>;
  /** Absolute paths that changed since the last call, when nothing has changed for a moment; empty when the signal is aborted. */
  next(signal: AbortSignal): Promise<readonly string[]>;
  /** Resolves when something has changed that `next` has not given yet, or the signal is aborted. */
  pending(signal: AbortSignal): Promise<void>;
  close(): Promise<void>;
}

/** Milliseconds without a change after which what was saved counts as complete: an editor, or Git, writes several files. */
const QUIET_MS = 100;
/** Milliseconds after which it does whatever else changes. */
const LONGEST_MS = 1_000;

/** Packages, and what editors write while they save and rename at once. */
const UNWATCHED = /(?:^|\/)node_modules(?:\/|$)|~$|\.sw[a-z]$|\/4913$|\/\.#[^/]*$/;

/** @param onError told when changes may have been missed, or a folder cannot be watched */
export function watchChanges(onError: (error: Error) => void): Changes {
  const changed = new Set<string>();
  const subscriptions: AsyncSubscription[] = [];
  /** What is followed; of a folder that was removed or replaced, nothing any more. */
  let followed = "";
  let lastAt = 0;
  let tell: () => void = () => undefined;

  async function subscribeTo(paths: readonly string[]): Promise<void> {
    const real = paths.map(realPath);
    // First, because a folder that took the place of another would otherwise share the watch of the one that is gone.
    await unsubscribed(subscriptions.splice(0));
    for (const { path, ignored } of watchedFolders(paths)) {
      const onChange: SubscribeCallback = (error, events) => {
        if (error !== null) onError(error);
        if (events.some((event) => event.path === path)) followed = "";
        const found = events.filter(
          ({ path: at }) => !UNWATCHED.test(at) && !isJunk(at) && concerns(at, real),
        );
        if (found.length === 0) return;
        for (const event of found) changed.add(event.path);
        lastAt = Date.now();
        tell();
      };
      try {
        subscriptions.push(await subscribe(path, onChange, { ignore: [...ignored] }));
      } catch (error) {
        onError(error as Error);
      }
    }
  }

  function pending(signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const done = () => {
        signal.removeEventListener("abort", done);
        resolve();
      };
      tell = done;
      signal.addEventListener("abort", done);
      if (changed.size > 0 || signal.aborted) done();
    });
  }

  return {
    async follow(paths) {
      const wanted = JSON.stringify([paths, watchedFolders(paths)]);
      if (wanted === followed) return;
      await subscribeTo(paths);
      followed = wanted;
    },
    pending,
    async next(signal) {
      await pending(signal);
      const since = Date.now();
      while (!signal.aborted && Date.now() < Math.min(lastAt + QUIET_MS, since + LONGEST_MS)) {
        await sleep(lastAt + QUIET_MS - Date.now());
      }
      const paths = [...changed];
      changed.clear();
      return signal.aborted ? [] : paths;
    },
    async close() {
      await unsubscribed(subscriptions.splice(0));
    },
  };
}

async function unsubscribed(subscriptions: readonly AsyncSubscription[]): Promise<void> {
  await Promise.all(subscriptions.map((one) => one.unsubscribe()));
}
