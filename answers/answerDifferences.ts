import { differences, type ComparisonRules, type Difference } from "./differences";

/** The answer of a deployment to a request, as its caller gets it. */
export interface Answer {
  readonly status: number;
  readonly body: string;
}

export type AnswerDifference = Pick<Difference, "path" | "field" | "what">;

const WHOLE = { path: "$", field: "$" };

/**
 * Where an answer differs from the one that is known to be right.
 *
 * @param known an answer with JSON. Of one with another status than 200, only the status counts
 * @returns undefined when the known answer cannot be compared with, because it is not JSON
 */
export function answerDifferences(
  known: Answer,
  now: Answer,
  rules: ComparisonRules,
): Iterable<AnswerDifference> | undefined {
  if (now.status !== known.status) {
    return [{ ...WHOLE, what: `status ${now.status} instead of ${known.status}` }];
  }
  if (known.status !== 200) return [];
  const before = parsedJson(known.body);
  if (before === undefined) return undefined;
  const after = parsedJson(now.body);
  if (after === undefined) return [{ ...WHOLE, what: "is not JSON" }];
  return differences(before, after, rules);
}

/** Undefined when the text is not JSON; no JSON text stands for undefined. */
export function parsedJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}
