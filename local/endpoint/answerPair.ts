/** The two answers to one live request, of the deployment that served it and of the one that got its copy. */
import type { IncomingMessage } from "node:http";

import { differences, type ComparisonRules } from "../../answers/differences";
import type { ComparisonCounters } from "./comparisonCounters";
import { holdBody } from "./heldBody";

/** Bytes; a larger answer is not compared. Two of them are read in some milliseconds, in which no request is served. */
const MAX_ANSWER_BYTES = 256 * 1024;
/** Differences that are read in one pair of answers. */
const MAX_DIFFERENCES = 1000;

export interface AnswerSide {
  /** Keeps what comes of an answer that can be compared: one with status 200 and no encoding. */
  watch(answer: IncomingMessage): void;
  /** Must be called in every ending; only the first call counts. */
  finish(isComplete: boolean): void;
}

export interface AnswerPair {
  readonly live: AnswerSide;
  readonly mirrored: AnswerSide;
}

/** Compares when both answers are complete. As soon as one cannot be compared, nothing of either is held. */
export function createAnswerPair(rules: ComparisonRules, counters: ComparisonCounters): AnswerPair {
  const bodies = { live: holdBody(MAX_ANSWER_BYTES), mirrored: holdBody(MAX_ANSWER_BYTES) };
  let isOver = false;
  let finished = 0;
  const end = (fields: readonly string[] | undefined) => {
    isOver = true;
    bodies.live.drop();
    bodies.mirrored.drop();
    counters.record(fields);
  };
  const side = (name: keyof typeof bodies): AnswerSide => {
    let isFinished = false;
    let isWatched = false;
    return {
      watch(answer) {
        isWatched =
          answer.statusCode === 200 && answer.headers["content-encoding"] === undefined && !isOver;
        if (!isWatched) return;
        answer.on("data", (chunk: Buffer) => {
          if (!isOver) bodies[name].add(chunk);
        });
      },
      finish(isComplete) {
        if (isFinished || isOver) return;
        isFinished = true;
        finished += 1;
        if (!isComplete || !isWatched) {
          end(undefined);
        } else if (finished === 2) {
          const [live, mirrored] = [bodies.live.whole(), bodies.mirrored.whole()];
          end(
            live === undefined || mirrored === undefined
              ? undefined
              : differingFields(live, mirrored, rules),
          );
        }
      },
    };
  };
  return { live: side("live"), mirrored: side("mirrored") };
}

/** Each once. */
function differingFields(live: Buffer, mirrored: Buffer, rules: ComparisonRules): string[] {
  if (live.equals(mirrored)) return [];
  const [old, now] = [parsed(live), parsed(mirrored)];
  if (old === undefined || now === undefined) return ["$"];
  const fields = new Set<string>();
  let read = 0;
  for (const { field } of differences(old, now, rules)) {
    fields.add(field);
    read += 1;
    if (read === MAX_DIFFERENCES) break;
  }
  return [...fields];
}

/** Undefined when it is not JSON; no JSON text stands for undefined. */
function parsed(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString()) as unknown;
  } catch {
    return undefined;
  }
}
