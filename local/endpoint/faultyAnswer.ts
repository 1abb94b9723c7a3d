/** What a fault does to the answer of an instance. */
import type { Random } from "./chooseDeployment";
import type { AnswerHead } from "./modelRequest";
import type { Fault } from "./fault";

/** Status that a failing scoring script gives. */
export const FAULT_STATUS = 500;

export function isFailing({ errorPercent = 0 }: Fault, random: Random = Math.random): boolean {
  return random() * 100 < errorPercent;
}

/** Milliseconds that an answer is held back which the instance gave after so many. */
export function holdMs({ slowFactor = 1 }: Fault, elapsedMs: number): number {
  return (slowFactor - 1) * elapsedMs;
}

/** Whether the numbers of an answer are to be changed: of one that is plain JSON. */
export function changesAnswer(fault: Fault | undefined, { headers }: AnswerHead): boolean {
  if (fault?.changesAnswers !== true || headers["content-encoding"] !== undefined) return false;
  return /\bjson\b/i.test(String(headers["content-type"]));
}

/** Bytes; a larger answer is passed on as it is. */
const MAX_CHANGED_BYTES = 8 * 1024 * 1024;

/** An answer on its way to the caller. */
export interface AnswerParts {
  /** What can be passed on of it now. */
  add(chunk: Buffer): Buffer | undefined;
  end(): Buffer | undefined;
}

export const UNCHANGED: AnswerParts = { add: (chunk) => chunk, end: () => undefined };

/** Passes a JSON answer on with other numbers. */
export function changedAnswers(): AnswerParts {
  let chunks: Buffer[] | undefined = [];
  let bytes = 0;
  return {
    add(chunk) {
      if (chunks === undefined) return chunk;
      chunks.push(chunk);
      bytes += chunk.length;
      if (bytes <= MAX_CHANGED_BYTES) return undefined;
      const all = Buffer.concat(chunks);
      chunks = undefined;
      return all;
    },
    end: () => (chunks === undefined ? undefined : changedAnswer(Buffer.concat(chunks))),
  };
}

/** A JSON answer with every number changed by at least 1, and at least by itself; anything else as it is. */
export function changedAnswer(body: Buffer): Buffer {
  const text = body.toString("utf8");
  const changed = changedJson(text);
  return changed === undefined ? body : Buffer.from(changed);
}

/** Undefined when it is not JSON. */
function changedJson(text: string): string | undefined {
  try {
    const value: unknown = JSON.parse(text, (_key, one: unknown) =>
      typeof one === "number" ? one + Math.max(1, Math.abs(one)) : one,
    );
    // Scoring scripts that return json.dumps(…) are answered with a JSON text in a JSON string.
    return JSON.stringify(typeof value === "string" ? (changedJson(value) ?? value) : value);
  } catch {
    return undefined;
  }
}
