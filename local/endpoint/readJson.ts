/** Reads what this project wrote. */
import { existsSync, readFileSync } from "node:fs";
import type { z } from "zod";

/** Undefined when the file is missing or damaged. */
export function readJson<T>(path: string, schema: z.ZodType<T>): T | undefined {
  if (!existsSync(path)) return undefined;
  try {
    return schema.parse(JSON.parse(readFileSync(path, "utf8")));
  } catch {
    // Half-written by a machine that lost power: worth no more than none. The socket is found without it.
    return undefined;
  }
}
