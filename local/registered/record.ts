import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import writeFileAtomic from "write-file-atomic";
import { z } from "zod";
import { UserError } from "../../errors";
import { MOST_BYTES, readTextIfThere } from "../../input/userFile";
import { stateDirectory } from "../state";
import type { RegisteredKind } from "./reference";

const entries = z.record(z.string().min(1), z.string().startsWith("/"));

const recordSchema = z.strictObject({
  /** Layout of this file; another number is refused rather than guessed at. */
  version: z.literal(1),
  /** By reference: absolute path of the model's file or folder. */
  models: entries,
  /** By reference: absolute path of the environment's conda file. */
  environments: entries,
  /** By reference: absolute path of the folder with the code. */
  codes: entries.default({}),
});

type StoredRecord = z.output<typeof recordSchema>;

/**
 * The local files to use for what is registered in Azure, by kind: absolute path by the text that `referenceOf` gives.
 */
export interface RegisteredAssets extends Readonly<
  Record<RegisteredKind, ReadonlyMap<string, string>>
> {
  readonly stack: string;
}

/** In the stack's folder; `npm run local -- down` leaves it. */
export function registeredFile(stack: string): string {
  return join(stateDirectory(stack), "registered.json");
}

/** @throws UserError when the record is damaged or of another version */
export function readRegistered(stack: string): RegisteredAssets {
  const { models, environments, codes } = readStored(stack);
  const byReference = (paths: StoredRecord["models"]) => new Map(Object.entries(paths));
  return {
    stack,
    model: byReference(models),
    environment: byReference(environments),
    code: byReference(codes),
  };
}

/** Replaces the record whole: a crash leaves either the old one or the new one. */
export async function writeRegistered({
  stack,
  model,
  environment,
  code,
}: RegisteredAssets): Promise<void> {
  await mkdir(stateDirectory(stack), { recursive: true, mode: 0o700 });
  const sorted = (paths: ReadonlyMap<string, string>) =>
    Object.fromEntries([...paths].sort(([one], [other]) => one.localeCompare(other)));
  const stored: StoredRecord = {
    version: 1,
    models: sorted(model),
    environments: sorted(environment),
    codes: sorted(code),
  };
  const text = `${JSON.stringify(stored, null, 2)}\n`;
  await writeFileAtomic(registeredFile(stack), text, { mode: 0o600 });
}

/** The path for the first of the references that the record has; ids are compared without regard to case, as by Azure. */
export function pathFor(
  assets: RegisteredAssets,
  kind: RegisteredKind,
  references: readonly string[],
): string | undefined {
  for (const reference of references) {
    for (const [known, path] of assets[kind]) if (isSame(known, reference)) return path;
  }
  return undefined;
}

/** Names of assets are compared exactly; ids of Azure's resource manager do not regard case. */
export function isSame(one: string, other: string): boolean {
  const isId = /^\/subscriptions\//i.test(one);
  return isId ? one.toLowerCase() === other.toLowerCase() : one === other;
}

function readStored(stack: string): StoredRecord {
  const file = registeredFile(stack);
  const text = readTextIfThere(file, MOST_BYTES.text);
  if (text === undefined) return { version: 1, models: {}, environments: {}, codes: {} };
  try {
    return recordSchema.parse(JSON.parse(text));
  } catch {
    throw new UserError(
      `${file} is damaged or was written by another version. Remove it, then add the models, environments and code again.`,
    );
  }
}
