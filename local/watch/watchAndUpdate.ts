/** Updates a running endpoint when its files change, until the endpoint ends. */
import { ConfigError, UserError } from "../../errors";
import { printError } from "../../output";
import { shownPath } from "../../projectDirectory";
import { pause } from "../endpoint/watch";
import type { Known } from "./codeEdit";
import { watchChanges, type Changes } from "./changes";
import type { UpdateOptions } from "./update";
import { prepareUpdate, type Update } from "./updateProcess";
import { watchedPaths } from "./watchedPaths";

/** Milliseconds that an update goes on after the next edit; then it is given up, as where init() never returns. */
const OVERTAKEN_MS = 3_000;
/** Files that are named. */
const SHOWN = 3;

/**
 * @param brought what the endpoint was brought to
 * @param closed resolves when the endpoint has ended
 */
export async function watchAndUpdate(
  options: UpdateOptions,
  brought: Known,
  closed: Promise<void>,
): Promise<void> {
  const ended = new AbortController();
  void closed.then(() => {
    ended.abort();
  });
  const changes = watchChanges((error) => {
    printError(`warning: files cannot be watched: ${error.message}`);
  });
  let update: Update | undefined;
  let known: Known | undefined = brought;
  try {
    await changes.follow(await watchedPaths(options));
    printError("\nWatching the endpoint's files: what is saved is brought up beside what runs.");
    for (;;) {
      update = prepareUpdate(options);
      const files = await changes.next(ended.signal);
      if (files.length === 0) return;
      printError(`\n${new Date().toTimeString().slice(0, 8)} ${changedText(files)}`);
      await followAgain(changes, options);
      const running = update.run({ changed: files, ...(known === undefined ? {} : { known }) });
      known = await unlessOvertaken(update, running, changes);
    }
  } finally {
    update?.end();
    await changes.close();
  }
}

/** The YAML may name other files now. */
async function followAgain(changes: Changes, options: UpdateOptions): Promise<void> {
  try {
    await changes.follow(await watchedPaths(options));
  } catch (error) {
    // The update says what is wrong with the settings.
    if (!(error instanceof UserError || error instanceof ConfigError)) throw error;
  }
}

async function unlessOvertaken<T>(
  update: Update,
  running: Promise<T>,
  changes: Changes,
): Promise<T> {
  const done = new AbortController();
  const overtaken = async () => {
    await changes.pending(done.signal);
    await pause(OVERTAKEN_MS, done.signal);
    if (!done.signal.aborted) update.end();
  };
  const watching = overtaken();
  const result = await running;
  done.abort();
  await watching;
  return result;
}

/** `scoring/score.py and 2 other files changed.` */
function changedText(files: readonly string[]): string {
  const named = files
    .slice(0, SHOWN)
    .map((file) => shownPath(file))
    .join(", ");
  const more = files.length - SHOWN;
  return `${named}${more > 0 ? ` and ${more} more` : ""} changed`;
}
