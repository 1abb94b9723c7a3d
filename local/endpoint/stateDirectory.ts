/**
 * What a supervisor keeps on disk, in a folder only its owner can enter:
 *
 *     supervisor.json    who runs here and where it listens; the port survives, so that the URI stays the same
 *     processes.json     the scoring processes under way, so that a successor can end them
 *     credentials.json   keys
 *     status-page.json   the secret of the status page's cookie
 *     entra.json         the key that signs tokens
 *     captured.jsonl     callers' requests, where a user asks for them
 *     control.sock       how other processes reach the supervisor
 *     0a1b2c3.sock       how the router reaches a scoring process
 *     access.log, logs/  what happened
 */
import { createHash } from "node:crypto";
import { existsSync, lstatSync, mkdirSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { lock } from "proper-lockfile";
import writeFileAtomic from "write-file-atomic";
import { z } from "zod";

import { cannotWrite, diskFull, UserError } from "../../errors";
import { killGroup } from "./command";
import { endpointProcesses } from "./endpointProcesses";
import { makePrivateFolder } from "./privateFolder";
import { readJson } from "./readJson";
import { removeUnfinishedWrites } from "./unfinishedWrites";

export interface StatePaths {
  readonly directory: string;
  readonly supervisor: string;
  readonly processes: string;
  readonly credentials: string;
  readonly entra: string;
  readonly statusPage: string;
  readonly accessLog: string;
  readonly captured: string;
  readonly logs: string;
  /** HOME of the scoring processes. */
  readonly home: string;
}

export interface SupervisorRecord {
  readonly port: number;
  /** Of the status page. */
  readonly statusPort?: number;
  readonly pid?: number;
}

/** Bytes that a socket's path may have: 108 on Linux and 104 on macOS, the closing zero among them. */
const MAX_SOCKET_PATH = 103;
/** Milliseconds after which the lock of somebody who was killed while starting is taken over. */
const STALE_LOCK_MS = 5_000;

const recordSchema = z.object({
  port: z.number(),
  statusPort: z.number().exactOptional(),
  pid: z.number().exactOptional(),
});

export function statePaths(directory: string): StatePaths {
  return {
    directory,
    supervisor: join(directory, "supervisor.json"),
    processes: join(directory, "processes.json"),
    credentials: join(directory, "credentials.json"),
    entra: join(directory, "entra.json"),
    statusPage: join(directory, "status-page.json"),
    accessLog: join(directory, "access.log"),
    captured: join(directory, "captured.jsonl"),
    logs: join(directory, "logs"),
    home: join(directory, "home"),
  };
}

/** Makes the folders. Throws a UserError when they cannot be created or written. */
export function makeStateDirectory({ directory, logs, home }: StatePaths): void {
  try {
    for (const folder of [directory, logs, home]) makePrivateFolder(folder);
    const trial = join(directory, ".writable");
    // Not empty: a full disk takes the name of a file, but nothing in it.
    writeFileSync(trial, "trial", { mode: 0o600 });
    rmSync(trial);
  } catch (error) {
    throw cannotWrite(`the folder for the endpoint's state, ${directory},`, error);
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
    if ((error as NodeJS.ErrnoException).code !== "ELOCKED") {
      throw diskFull(error, paths.directory) ?? error;
    }
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

/** Scoring processes by token, which endpointProcesses.ts reads. */
export function writeProcesses(paths: StatePaths, processes: ReadonlyMap<string, number>): void {
  writeJson(paths.processes, Object.fromEntries(processes));
}

/**
 * In the state directory, or, when that lies too deep, in a private folder named after it: found again without the
 * record, which may be damaged.
 */
export function socketPathOf({ directory }: StatePaths): string {
  const path = join(directory, "control.sock");
  if (Buffer.byteLength(path) <= MAX_SOCKET_PATH) return path;
  const name = createHash("sha256").update(resolve(directory)).digest("hex").slice(0, 16);
  return join("/tmp", `mlscore-endpoint-${name}`, "control.sock");
}

/** Of a scoring process, by its token: beside the control socket, and with a name of the same length. */
export function instanceSocketPath(paths: StatePaths, token: string): string {
  return join(dirname(socketPathOf(paths)), `${token.slice(0, 7)}.sock`);
}

const INSTANCE_SOCKET = /^[0-9a-f]{7}\.sock$/;

/** Makes the socket's folder. Throws a UserError when it is somebody else's. */
export function makeSocketDirectory({ directory }: StatePaths, socketPath: string): void {
  const folder = dirname(socketPath);
  if (folder === directory) return;
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const found = lstatSync(folder);
  if (found.isDirectory() && found.uid === process.getuid?.() && (found.mode & 0o077) === 0) return;
  throw new UserError(
    `${folder}, for the endpoint's control socket, is not a private folder of yours; remove it`,
  );
}

export function removeSocket(paths: StatePaths, socketPath: string): void {
  rmSync(socketPath, { force: true });
  if (dirname(socketPath) !== paths.directory) {
    rmSync(dirname(socketPath), { recursive: true, force: true });
  }
}

/** Ends what a supervisor that died left behind. */
export async function endOrphans(paths: StatePaths): Promise<void> {
  const { groups } = await endpointProcesses(paths);
  for (const group of groups) killGroup(group, "SIGKILL");
  rmSync(paths.processes, { force: true });
  removeUnfinishedWrites(paths.processes, paths.supervisor, paths.credentials);
  const folder = dirname(socketPathOf(paths));
  if (!existsSync(folder)) return;
  const sockets = readdirSync(folder).filter((name) => INSTANCE_SOCKET.test(name));
  for (const name of sockets) rmSync(join(folder, name), { force: true });
}

/** Replaces the file as a whole. Without fsync, which would hold up requests. */
function writeJson(path: string, value: unknown): void {
  try {
    writeFileAtomic.sync(path, JSON.stringify(value), { mode: 0o600, fsync: false });
  } catch {
    // A full disk is no reason to stop serving.
  }
}
