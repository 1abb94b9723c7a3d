import type { Declared } from "./declared";
import type { Answer, Question } from "./question";

/** Something that stands in the way of the stack's first update, with the way out. */
export interface Finding {
  /** Id of the check that found it. */
  readonly check: string;
  /**
   * `shortage`: the update would fail; `unanswered`: nobody knows, because Azure did not tell; `note`: something was not
   * checked, for a reason that is no mistake.
   */
  readonly kind: "shortage" | "unanswered" | "note";
  /** Path of the setting that asks for it, below the file of the stack's settings. */
  readonly key?: readonly string[];
  /** What is missing: one sentence, no full stop. */
  readonly missing: string;
  /** Who can grant it. */
  readonly who: string;
  /** The line to run for it. */
  readonly command: string;
}

/** What a check says; the rest is filled in where all checks are run. */
export type Found = Omit<Finding, "check" | "kind"> & {
  /** @default the check's own id */
  readonly check?: string;
  /** @default shortage */
  readonly kind?: Finding["kind"];
};

/** One thing that Azure must have or allow. Both functions are pure: the same stack and answers, the same findings. */
export interface Check {
  readonly id: string;
  /** What is looked at, for the progress. */
  readonly title: string;
  /** What has to be asked; none where the stack needs nothing of the kind. */
  questions(declared: Declared): readonly Question[];
  /** What has to be asked further, by what the first answers say. */
  readonly next?: (declared: Declared, answerTo: AnswerTo) => readonly Question[];
  /** Called with an answer to every question, of which each is a success or `404`. */
  findings(declared: Declared, answerTo: AnswerTo): readonly Found[];
}

/** Answer to one of the check's own questions. */
export type AnswerTo = (question: Question) => Answer;
