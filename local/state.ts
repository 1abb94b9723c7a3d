import { join } from "node:path";
import { lock } from "proper-lockfile";
import writeFileAtomic from "write-file-atomic";
import { z } from "zod";
import { cannotWrite, diskFull, UserError, whileWriting } from "../errors";
import { MOST_BYTES, readTextIfThere } from "../input/userFile";
import type { StoredResource } from "../graph/graph";
import { stackFile } from "../graph/settings";
import { makePrivateFolder } from "./endpoint/privateFolder";
import { removeUnfinishedWrites } from "./endpoint/unfinishedWrites";
import { PROJECT_DIRECTORY } from "../projectDirectory";
import { printError } from "../output";

const storedResourceSchema = z.object({
  type: z.string(),
  name: z.string(),
  id: z.string(),
  inputs: z.record(z.string(), z.unknown()),
}) satisfies z.ZodType<StoredResource>;

const stateSchema = z.object({
  /** Layout of this file; another number is refused rather than guessed at. */
  version: z.literal(1),
  resources: z.array(storedResourceSchema),
});

/** What is kept of a stack between runs. */
export type LocalState = z.output<typeof stateSchema>;

const EMPTY: LocalState = { version: 1, resources: [] };

/**
 * Folder with everything that local runs of a stack keep: `.local/<stack>` in the project, ignored by git, or below
 * the folder that MLSCORE_STATE names.
 */
export function stateDirectory(stack: string): string {
  stackFile(stack);
  return join(process.env["MLSCORE_STATE"] ?? join(PROJECT_DIRECTORY, ".local"), stack);
}

/** What the stack's local endpoint keeps: its keys, logs and the way to its supervisor. */
export function endpointDirectory(stack: string): string {
  return join(stateDirectory(stack), "endpoint");
}

/** Private copies of the code and models that run. */
export function assetDirectory(stack: string): string {
  return join(stateDirectory(stack), "assets");
}

/** @throws UserError when the file is damaged or of another version */
export function readState(stack: string): LocalState {
  const file = stateFile(stack);
  const text = readTextIfThere(file, MOST_BYTES.document);
  if (text === undefined) return EMPTY;
  try {
    return stateSchema.parse(JSON.parse(text));
  } catch {
    throw new UserError(
      `${file} is damaged or was written by another version. Run: npm run local -- down (this deletes the state).`,
    );
  }
}

/** Replaces the state whole: a crash leaves either the old one or the new one. */
export async function writeState(stack: string, state: LocalState): Promise<void> {
  const file = stateFile(stack);
  const text = `${JSON.stringify(state, null, 1)}\n`;
  await whileWriting(file, async () => {
    makePrivateFolder(stateDirectory(stack));
    await writeFileAtomic(file, text, { mode: 0o600 });
  });
}

/** Milliseconds between two looks at a lock that another process holds. */
const LOCK_POLL_MS = 250;

/**
 * Runs `work` while no other process changes the same stack.
 *
 * @param timeoutMs how long another one is waited for. @default a second: a command that is just ending gets a moment to let go
 * @throws UserError when another one is at it
 */
export async function whileLocked<T>(
  stack: string,
  work: () => Promise<T>,
  timeoutMs = 1_000,
): Promise<T> {
  const directory = stateDirectory(stack);
  try {
    makePrivateFolder(directory);
  } catch (error) {
    throw cannotWrite(directory, error);
  }
  let release: () => Promise<void>;
  try {
    release = await lock(directory, {
      lockfilePath: join(directory, "up.lock"),
      stale: 30_000,
      retries: {
        retries: timeoutMs / LOCK_POLL_MS,
        minTimeout: LOCK_POLL_MS,
        maxTimeout: LOCK_POLL_MS,
      },
      onCompromised: () => {
        printError(`warning: the lock of stack ${stack} was lost; do not run two commands at once`);
      },
    });
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code !== "ELOCKED") {
      throw diskFull(error, directory) ?? new UserError(`${directory} cannot be used: ${message}`);
    }
    throw new UserError(
      `Another command is changing the stack "${stack}" on this machine right now. Wait for it, then run this again.`,
    );
  }
  try {
    removeUnfinishedWrites(stateFile(stack));
    return await work();
  } finally {
    await release();
  }
}

export function stateFile(stack: string): string {
  return join(stateDirectory(stack), "state.json");
}

/** Record of the rollouts on this machine's endpoint. */
export function rolloutRecord(stack: string): string {
  return join(stateDirectory(stack), "rollout.jsonl");
}
