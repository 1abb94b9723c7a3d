/** A `promote` that goes on without a terminal: its file with a heartbeat, and what that tells. */
import { dirname, join } from "node:path";
import writeFileAtomic from "write-file-atomic";
import { z } from "zod";
import { UserError } from "../errors";
import { MOST_BYTES, readTextIfThere } from "../input/userFile";
import { isAlive } from "../local/endpoint/controlClient";
import { shownPath } from "../projectDirectory";
import { duration } from "./format";

const runSchema = z.strictObject({
  pid: z.number().int().positive(),
  startedAt: z.iso.datetime(),
  /** The last sign of life. */
  beatAt: z.iso.datetime(),
  log: z.string(),
  /** Exit status; missing while it runs, and after it was killed. */
  status: z.number().int().exactOptional(),
});

export type Run = z.output<typeof runSchema>;

/** `silent`: there is such a process, and it gave no sign of life for long; it may be another one, or stopped. */
export type RunState = "alive" | "silent" | "dead" | "ended";

/** Milliseconds between two signs of life, and after which their absence means something. */
const BEAT_MS = 5_000;
const SILENT_MS = 60_000;

export interface Background {
  readonly state: RunState;
  readonly run: Run;
}

/** Where the file and the log of a run are: beside the lock of the rollout. */
export function runPlaces(lockFile: string): { readonly file: string; readonly log: string } {
  const base = lockFile.replace(/\.lock$/, "");
  return { file: `${base}-background.json`, log: join(dirname(lockFile), "rollout.log") };
}

/** The last run in the background; undefined when there was none. */
export function backgroundOf(lockFile: string, now = Date.now()): Background | undefined {
  const run = readRun(runPlaces(lockFile).file);
  if (run === undefined) return undefined;
  if (run.status !== undefined) return { state: "ended", run };
  if (!isAlive(run.pid)) return { state: "dead", run };
  return { state: now - Date.parse(run.beatAt) > SILENT_MS ? "silent" : "alive", run };
}

/** Runs work with a sign of life every few seconds, and puts down how it ended. */
export async function withHeartbeat<T>(lockFile: string, work: () => Promise<T>): Promise<T> {
  const { file, log } = runPlaces(lockFile);
  const startedAt = new Date().toISOString();
  const beat = (ended: Pick<Run, "status"> = {}) => {
    const run: Run = {
      pid: process.pid,
      startedAt,
      beatAt: new Date().toISOString(),
      log,
      ...ended,
    };
    writeFileAtomic.sync(file, `${JSON.stringify(run)}\n`, { mode: 0o600 });
  };
  beat();
  setInterval(() => {
    // A full disk is no reason to end a rollout; status then tells that there is no sign of life.
    ifPossible(beat);
  }, BEAT_MS).unref();
  // Also when a signal ends it.
  process.once("exit", (status) => {
    ifPossible(() => {
      beat({ status });
    });
  });
  return work();
}

function ifPossible(work: () => void): void {
  try {
    work();
  } catch {
    // Told by what is missing.
  }
}

/** @throws UserError when a promote in the background is at work */
export function refuseBesideBackground(lockFile: string): void {
  const found = backgroundOf(lockFile);
  if (found?.state !== "alive") return;
  throw new UserError(
    `A promote of this rollout runs in the background (process ${found.run.pid}; log ${shownPath(found.run.log)}). ` +
      "Wait for it, or abort; status works meanwhile",
  );
}

/** What `status` says of it; nothing of one that ended well. */
export function backgroundLines(found: Background | undefined, now = Date.now()): string[] {
  if (found === undefined) return [];
  const { state, run } = found;
  const { pid, startedAt, beatAt, status } = run;
  const log = `Its log: ${shownPath(run.log)}.`;
  const last = `${duration((now - Date.parse(beatAt)) / 1000)} ago`;
  switch (state) {
    case "alive":
      return [
        `A promote runs in the background since ${startedAt}: process ${pid}, last sign of life ${last}. ${log}`,
        "abort ends it and returns the traffic to the old deployments.",
      ];
    case "silent":
      return [
        `The promote in the background (process ${pid}) gave no sign of life since ${beatAt}, ${last}: it is stopped, or another process has its number. ${log}`,
        "Next: end that process, then promote --detach goes on.",
      ];
    case "dead":
      return [
        `The promote in the background (process ${pid}) was killed; its last sign of life was at ${beatAt}. The split stays as it is. ${log}`,
        "Next: promote --detach goes on; abort returns the traffic to the old deployments.",
      ];
    case "ended":
      return status === 0
        ? []
        : [
            `The promote in the background ended at ${beatAt} with exit status ${status ?? 1}. ${log}`,
          ];
  }
}

function readRun(file: string): Run | undefined {
  const text = readTextIfThere(file, MOST_BYTES.text);
  if (text === undefined) return undefined;
  try {
    return runSchema.parse(JSON.parse(text));
  } catch {
    throw new UserError(`${file} is damaged; delete it`);
  }
}
