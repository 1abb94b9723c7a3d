/** A captured request and its answer as a line of the file, and without what is to be left out. */
import { z } from "zod";

export const capturedLine = z.strictObject({
  /** When it arrived; ISO 8601 in UTC. */
  time: z.iso.datetime(),
  /** Without the query string. */
  path: z.string(),
  deployment: z.string(),
  /** Those of KEPT_HEADERS that it had. */
  headers: z.record(z.string(), z.string()),
  body: z.string(),
  /** What the caller got. */
  status: z.number().int().min(100).max(599),
  answer: z.string(),
  durationMs: z.number().min(0),
  /** Keys that were left out of body and answer. */
  leftOut: z.array(z.string()).exactOptional(),
});

export type CapturedLine = z.output<typeof capturedLine>;

/** By name, so that no credential is kept, whatever header it is in. */
export const KEPT_HEADERS: readonly string[] = ["accept", "content-type"];

/** A JSON text without the keys; as it is when none is to be left out, undefined when it is not JSON then. */
export function without(keys: readonly string[], text: string): string | undefined {
  if (keys.length === 0 || text === "") return text;
  try {
    return JSON.stringify(withoutKeys(keys, JSON.parse(text)));
  } catch {
    return undefined;
  }
}

function withoutKeys(keys: readonly string[], value: unknown): unknown {
  if (Array.isArray(value)) return value.map((one) => withoutKeys(keys, one));
  // Scoring scripts that return json.dumps(…) are answered with a JSON text in a JSON string.
  if (typeof value === "string")
    return /^\s*[[{]/.test(value) ? (without(keys, value) ?? value) : value;
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([key]) => !keys.includes(key))
      .map(([key, one]) => [key, withoutKeys(keys, one)]),
  );
}
