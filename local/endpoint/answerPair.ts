/** The two answers to one live request, of the deployment that served it and of the one that got its copy. */
import type { ComparisonRules } from "../../answers/differences";
import { differingFields } from "../../answers/differingFields";
import type { ComparisonCounters } from "./comparisonCounters";
import type { AnswerHead } from "./modelRequest";
import { holdBody } from "./heldBody";

/** Bytes; a larger answer is not compared. Two of them are read in some milliseconds, in which no request is served. */
export const MAX_COMPARED_BYTES = 256 * 1024;

export interface AnswerSide {
  /** Keeps the body of an answer that can be compared: one with status 200 and no encoding. */
  watch(head: AnswerHead): void;
  /** A part of what the caller gets of it, or would get. */
  add(chunk: Buffer): void;
  /** Must be called in every ending; only the first call counts. */
  finish(isComplete: boolean): void;
}

export interface AnswerPair {
  readonly live: AnswerSide;
  readonly mirrored: AnswerSide;
}

/** Compares when both answers are complete. As soon as one cannot be compared, nothing of either is held. */
export function createAnswerPair(rules: ComparisonRules, counters: ComparisonCounters): AnswerPair {
  const bodies = { live: holdBody(MAX_COMPARED_BYTES), mirrored: holdBody(MAX_COMPARED_BYTES) };
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
      watch({ status, headers }) {
        isWatched = status === 200 && headers["content-encoding"] === undefined && !isOver;
      },
      add(chunk) {
        if (isWatched && !isOver) bodies[name].add(chunk);
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
              : differingFields(live.toString(), mirrored.toString(), rules),
          );
        }
      },
    };
  };
  return { live: side("live"), mirrored: side("mirrored") };
}
