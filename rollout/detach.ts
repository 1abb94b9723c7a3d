/** Starts a `promote` that goes on after its terminal is closed, and ends one. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { closeSync, mkdirSync, openSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { setTimeout as sleep } from "node:timers/promises";
import { cannotWrite, UserError } from "../errors";
import { MOST_BYTES, readTextIfThere } from "../input/userFile";
import { shownPath, userPath } from "../projectDirectory";
import { isAlive } from "../local/endpoint/controlClient";
import { backgroundOf, refuseBesideBackground, runPlaces } from "./background";
import type { Context } from "./context";
import { openOrRefuse } from "./current";

export interface PromoteOptions {
  readonly stack: string;
  readonly azure?: boolean;
  readonly endpoint?: string;
  readonly kubeconfig?: string;
  readonly context?: string;
  readonly inconclusive?: boolean;
}

/** As the npm scripts start it, wherever the current folder is. */
const TSX = pathToFileURL(require.resolve("tsx")).href;

/** Milliseconds between two looks. */
const POLL_MS = 100;
/** Milliseconds that a process gets to end after SIGTERM. */
const END_MS = 15_000;

/** Resolves when it is at work. @throws UserError when it does not get so far, or nothing is to be promoted */
export async function promoteInBackground(
  context: Context,
  lockFile: string,
  options: PromoteOptions,
): Promise<void> {
  refuseBesideBackground(lockFile);
  await openOrRefuse(context);
  const { log } = runPlaces(lockFile);
  const child = spawn(
    process.execPath,
    ["--import", TSX, join(__dirname, "cli.ts"), ...argumentsOf(options)],
    { detached: true, stdio: ["ignore", ...outputTo(log)] },
  );
  let ended = false;
  const end = once(child, "close").then(
    () => (ended = true),
    () => (ended = true),
  );
  const isEnded = () => ended;
  while (!isEnded() && backgroundOf(lockFile)?.run.pid !== child.pid) {
    await Promise.race([sleep(POLL_MS), end]);
  }
  if (backgroundOf(lockFile)?.run.pid !== child.pid) {
    const said = (readTextIfThere(log, MOST_BYTES.document) ?? "").trim();
    throw new UserError(said === "" ? `promote did not start; see ${shownPath(log)}` : said);
  }
  child.unref();
  context.reporter.say(
    `promote goes on in the background: process ${child.pid ?? 0}, log ${shownPath(log)}.`,
  );
  context.reporter.say("Next: status shows whether it is alive, and the step; abort ends it.");
}

function argumentsOf({
  stack,
  azure,
  endpoint,
  kubeconfig,
  context,
  inconclusive,
}: PromoteOptions): string[] {
  return [
    ...["promote", "--in-background", "--stack", stack],
    ...(azure === true ? ["--azure"] : []),
    // Absolute: the folder that the user is in was taken into account already.
    ...(endpoint === undefined ? [] : ["--endpoint", resolve(endpoint)]),
    ...(kubeconfig === undefined ? [] : ["--kubeconfig", resolve(userPath(kubeconfig))]),
    ...(context === undefined ? [] : ["--context", context]),
    ...(inconclusive === true ? ["--inconclusive"] : []),
  ];
}

function outputTo(log: string): [number, number] {
  try {
    mkdirSync(dirname(log), { recursive: true, mode: 0o700 });
    const file = openSync(log, "w", 0o600);
    process.once("exit", () => {
      closeSync(file);
    });
    return [file, file];
  } catch (error) {
    throw cannotWrite(log, error);
  }
}

/** Ends a promote in the background, which leaves the split as it is. @throws UserError when it does not end */
export async function endBackground({ reporter }: Context, lockFile: string): Promise<void> {
  const found = backgroundOf(lockFile);
  if (found?.state !== "alive") return;
  const { pid } = found.run;
  reporter.say(`The promote in the background (process ${pid}) is ended first.`);
  process.kill(pid, "SIGTERM");
  const deadline = Date.now() + END_MS;
  while (isAlive(pid)) {
    if (Date.now() > deadline) {
      throw new UserError(`process ${pid} does not end; end it, then run this again`);
    }
    await sleep(POLL_MS);
  }
}
