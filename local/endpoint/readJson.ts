/** Reads what this project wrote. */
import type { z } from "zod";
import { MOST_BYTES, readTextIfThere } from "../../input/userFile";

/** Undefined when the file is missing or damaged. */
export function readJson<T>(path: string, schema: z.ZodType<T>): T | undefined {
  const text = readTextIfThere(path, MOST_BYTES.document);
  if (text === undefined) return undefined;
  try {
    return schema.parse(JSON.parse(text));
  } catch {
    // Half-written by a machine that lost power: worth no more than none. The socket is found without it.
    return undefined;
  }
}
