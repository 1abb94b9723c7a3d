/** Reads what this project wrote. */
import type { z } from "zod";
import { MOST_BYTES, readTextIfThere, UnreadableFile } from "../../input/userFile";

/** Undefined when the file is missing or damaged. @throws UnreadableFile when something else is in its place */
export function readJson<T>(path: string, schema: z.ZodType<T>): T | undefined {
  const text = textOf(path);
  if (text === undefined) return undefined;
  try {
    return schema.parse(JSON.parse(text));
  } catch {
    // Half-written by a machine that lost power: worth no more than none. The socket is found without it.
    return undefined;
  }
}

function textOf(path: string): string | undefined {
  try {
    return readTextIfThere(path, MOST_BYTES.document);
  } catch (error) {
    // A part of the path is no folder: creating the state folder reports that, with what to do.
    if (error instanceof UnreadableFile && error.code === "ENOTDIR") return undefined;
    throw error;
  }
}
