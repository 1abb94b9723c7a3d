/** Files with secrets that outlive a run, which their owner alone may read. */
import { chmodSync, mkdirSync } from "node:fs";
import { dirname } from "node:path";
import writeFileAtomic from "write-file-atomic";
import type { z } from "zod";

import { diskFull, UserError } from "../../errors";
import { MOST_BYTES, readTextIfThere } from "../../input/userFile";

/**
 * Undefined where there is no such file.
 *
 * @param refusal what to tell of a file with something else, after its path
 */
export function readPrivateJson<T>(
  path: string,
  schema: z.ZodType<T>,
  refusal: string,
): T | undefined {
  const text = readTextIfThere(path, MOST_BYTES.text);
  if (text === undefined) return undefined;
  try {
    const value = schema.parse(JSON.parse(text));
    // The file may have been copied or restored with wider rights.
    chmodSync(path, 0o600);
    return value;
  } catch {
    throw new UserError(`${path} ${refusal}`);
  }
}

/** As a whole: a full disk would leave half of it, which the next run could not read. */
export function writePrivateJson(path: string, value: unknown): void {
  try {
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
    writeFileAtomic.sync(path, JSON.stringify(value, undefined, 2), { mode: 0o600 });
  } catch (error) {
    throw diskFull(error, path) ?? error;
  }
}
