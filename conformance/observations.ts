import { isDeepStrictEqual } from "node:util";
import type { AssumptionId } from "../assumptions";
import { describeDifference, differences } from "./compare";
import type { Answer, Sequence, Step } from "./sequence";
import type { Transcript } from "./transcript";

/** What transcripts say of an assumption: that Azure does so, or that it does not. */
export interface Observation {
  readonly agrees: boolean;
  /** The oldest day on which one of its steps was answered. */
  readonly on: string;
  /** In what Azure answered otherwise, by step. */
  readonly differences: readonly string[];
}

interface Seen {
  readonly on: string;
  readonly answer: Answer;
}

/**
 * An assumption is observed when Azure has answered each of the steps that decide it, as the step is written today; one
 * answer that differs contradicts it. A step that was changed since its transcript has to be taken again.
 */
export function observations(
  sequences: readonly Sequence[],
  transcripts: readonly Transcript[],
): ReadonlyMap<AssumptionId, Observation> {
  const deciding = new Map<AssumptionId, { step: Step; seen: Seen | undefined }[]>();
  for (const sequence of sequences) {
    const transcript = transcripts.find((one) => one.sequence === sequence.id);
    for (const step of sequence.steps) {
      for (const id of step.proves ?? []) {
        const steps = deciding.get(id) ?? [];
        deciding.set(id, [...steps, { step, seen: seenIn(transcript, step) }]);
      }
    }
  }
  const found = new Map<AssumptionId, Observation>();
  for (const [id, steps] of deciding) {
    const days = steps.flatMap(({ seen }) => (seen === undefined ? [] : [seen.on])).sort();
    const different = steps.flatMap(({ step, seen }) =>
      seen === undefined
        ? []
        : differences(step.expected, seen.answer).map(
            (one) => `${step.name}: ${describeDifference(one)}`,
          ),
    );
    const complete = steps.every(({ seen }) => seen !== undefined);
    const [on] = days;
    if (on === undefined || (!complete && different.length === 0)) continue;
    found.set(id, { agrees: different.length === 0, on, differences: different });
  }
  return found;
}

function seenIn(transcript: Transcript | undefined, step: Step): Seen | undefined {
  const found = transcript?.steps.find(({ name }) => name === step.name);
  if (transcript === undefined || found === undefined) return undefined;
  if (!isDeepStrictEqual(found.request, JSON.parse(JSON.stringify(step.request)))) return undefined;
  return { on: transcript.observedOn, answer: found.answer };
}
