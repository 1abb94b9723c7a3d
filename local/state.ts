import { mkdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { homedir } from "node:os";
import { join } from "node:path";
import { lock } from "proper-lockfile";
import { UserError } from "../config/problems";
import { PROJECT_DIRECTORY } from "./settings";
import type { StoredResource } from "./standIn";

/** What is kept of a stack between runs. */
export interface LocalState {
  /** Layout of this file; another number is refused rather than guessed at. */
  readonly version: 1;
  readonly resources: readonly StoredResource[];
}

const EMPTY: LocalState = { version: 1, resources: [] };

/**
 * Folder with everything that local runs of a stack keep: `.local/<stack>` in the project, ignored by git, or below
 * the folder that MLSCORE_STATE names.
 */
export function stateDirectory(stack: string): string {
  return join(process.env["MLSCORE_STATE"] ?? join(PROJECT_DIRECTORY, ".local"), stack);
}

/** Python environments, shared by all stacks and clones of a user; XDG_CACHE_HOME is honoured. */
export function cacheDirectory(): string {
  return join(process.env["XDG_CACHE_HOME"] ?? join(homedir(), ".cache"), "mlscore");
}

/** @throws UserError when the file is damaged or of another version */
export async function readState(stack: string): Promise<LocalState> {
  const file = stateFile(stack);
  let text: string;
  try {
    text = await readFile(file, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return EMPTY;
    throw error;
  }
  try {
    const state = JSON.parse(text) as LocalState;
    if ((state.version as number) === 1 && Array.isArray(state.resources)) return state;
  } catch {
    // Falls through to the advice below.
  }
  throw new UserError(
    `${file} is damaged or was written by another version. Run: npm run local -- down (it starts afresh).`,
  );
}

/** Replaces the state whole: a crash leaves either the old one or the new one. */
export async function writeState(stack: string, state: LocalState): Promise<void> {
  const file = stateFile(stack);
  await mkdir(stateDirectory(stack), { recursive: true });
  const next = `${file}.${process.pid}.next`;
  await writeFile(next, `${JSON.stringify(state, null, 1)}\n`, { mode: 0o600 });
  await rename(next, file);
}

export async function removeState(stack: string): Promise<void> {
  await rm(stateFile(stack), { force: true });
}

/**
 * Runs `work` while no other process changes the same stack.
 * @throws UserError when another one is at it
 */
export async function whileLocked<T>(stack: string, work: () => Promise<T>): Promise<T> {
  const directory = stateDirectory(stack);
  await mkdir(directory, { recursive: true });
  let release: () => Promise<void>;
  try {
    release = await lock(directory, { lockfilePath: join(directory, "up.lock"), stale: 10_000 });
  } catch {
    throw new UserError(
      `Another command is changing the stack "${stack}" on this machine right now. Wait for it, then run this again.`,
    );
  }
  try {
    return await work();
  } finally {
    await release();
  }
}

function stateFile(stack: string): string {
  return join(stateDirectory(stack), "state.json");
}
