/**
 * What a supervisor keeps on disk, in a folder only its owner can enter:
 *
 *     supervisor.json    who runs here and where it listens; the port survives, so that the URI stays the same
 *     processes.json     the scoring processes under way, so that a successor can end them
 *     credentials.json   keys
 *     control.sock       how other processes reach the supervisor
 *     access.log, logs/  what happened
 */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { lock } from "proper-lockfile";
import writeFileAtomic from "write-file-atomic";
import { z } from "zod";

import { UserError } from "../../errors";
import { MOST_BYTES, readTextIfThere } from "../../input/userFile";
import { killGroup, runCommand } from "./command";

export interface StatePaths {
  readonly directory: string;
  readonly supervisor: string;
  readonly processes: string;
  readonly credentials: string;
  readonly accessLog: string;
  readonly logs: string;
  /** HOME of the scoring processes. */
  readonly home: string;
}

export interface SupervisorRecord {
  readonly port: number;
  readonly pid?: number;
  readonly socketPath?: string;
}

/** Bytes that a socket's path may have: 108 on Linux and 104 on macOS, the closing zero among them. */
const MAX_SOCKET_PATH = 103;
/** Milliseconds after which the lock of somebody who was killed while starting is taken over. */
const STALE_LOCK_MS = 5_000;

const recordSchema = z.object({
  port: z.number(),
  pid: z.number().exactOptional(),
  socketPath: z.string().exactOptional(),
});
const processesSchema = z.record(z.string(), z.number());

export function statePaths(directory: string): StatePaths {
  return {
    directory,
    supervisor: join(directory, "supervisor.json"),
    processes: join(directory, "processes.json"),
    credentials: join(directory, "credentials.json"),
    accessLog: join(directory, "access.log"),
    logs: join(directory, "logs"),
    home: join(directory, "home"),
  };
}

/** Makes the folders. Throws a UserError when they cannot be created or written. */
export function makeStateDirectory({ directory, logs, home }: StatePaths): void {
  try {
    mkdirSync(directory, { recursive: true, mode: 0o700 });
    mkdirSync(logs, { recursive: true, mode: 0o700 });
    mkdirSync(home, { recursive: true, mode: 0o700 });
    const trial = join(directory, ".writable");
    writeFileSync(trial, "");
    rmSync(trial);
  } catch (error) {
    throw new UserError(
      `the folder for the endpoint's state, ${directory}, cannot be written: ${(error as Error).message}`,
    );
  }
}

/** One at a time per state directory: starting a supervisor, and clearing up after a dead one. */
export async function withStateLock<T>(paths: StatePaths, work: () => Promise<T>): Promise<T> {
  const release = await lock(paths.directory, {
    lockfilePath: join(paths.directory, "start.lock"),
    stale: STALE_LOCK_MS,
    retries: { retries: 50, minTimeout: 200, maxTimeout: 200, factor: 1 },
    onCompromised: () => undefined,
  }).catch((error: unknown) => {
    if ((error as NodeJS.ErrnoException).code !== "ELOCKED") throw error;
    throw new UserError(
      `another endpoint is being started with the state folder ${paths.directory}`,
    );
  });
  try {
    return await work();
  } finally {
    await release().catch(() => undefined);
  }
}

export function readRecord(paths: StatePaths): SupervisorRecord | undefined {
  return readJson(paths.supervisor, recordSchema);
}

export function writeRecord(paths: StatePaths, record: SupervisorRecord): void {
  writeJson(paths.supervisor, record);
}

/** Scoring processes by token. */
export function writeProcesses(paths: StatePaths, processes: ReadonlyMap<string, number>): void {
  writeJson(paths.processes, Object.fromEntries(processes));
}

/** In the state directory, or, when that lies too deep, in a private folder of its own. */
export function chooseSocketPath({ directory }: StatePaths): string {
  const path = join(directory, "control.sock");
  if (Buffer.byteLength(path) <= MAX_SOCKET_PATH) return path;
  const short = [tmpdir(), "/tmp"].find((each) => Buffer.byteLength(each) + 30 <= MAX_SOCKET_PATH);
  return join(mkdtempSync(join(short ?? "/tmp", "endpoint-")), "control.sock");
}

export function removeSocket(paths: StatePaths, socketPath: string): void {
  rmSync(socketPath, { force: true });
  if (dirname(socketPath) !== paths.directory) {
    rmSync(dirname(socketPath), { recursive: true, force: true });
  }
}

/**
 * Ends what a supervisor that died left behind. A process is ours only if the token in its command line is one we
 * wrote down and it is in the group we wrote down: process ids are used again by the system, tokens are not.
 */
export async function endOrphans(paths: StatePaths): Promise<number> {
  const recorded = Object.entries(readJson(paths.processes, processesSchema) ?? {});
  if (recorded.length === 0) return 0;
  const { output } = await runCommand("ps", ["-A", "-ww", "-o", "pgid=,args="], {
    timeoutMs: 5000,
  });
  const lines = output.split("\n").map((line) => line.trim());
  const orphans = recorded.filter(([token, pid]) =>
    lines.some((line) => line.startsWith(`${pid} `) && line.includes(`--token ${token}`)),
  );
  for (const [, pid] of orphans) killGroup(pid, "SIGKILL");
  rmSync(paths.processes, { force: true });
  return orphans.length;
}

function readJson<T>(path: string, schema: z.ZodType<T>): T | undefined {
  const text = readTextIfThere(path, MOST_BYTES.document);
  if (text === undefined) return undefined;
  try {
    return schema.parse(JSON.parse(text));
  } catch {
    // Half-written by a machine that lost power: worth no more than none.
    return undefined;
  }
}

/** Replaces the file as a whole. Without fsync, which would hold up requests. */
function writeJson(path: string, value: unknown): void {
  try {
    writeFileAtomic.sync(path, JSON.stringify(value), { mode: 0o600, fsync: false });
  } catch {
    // A full disk is no reason to stop serving.
  }
}
