import { splitProblemText } from "../../traffic/splitProblemText";
import { assumptionOf, type SplitProblem } from "../../traffic/splitRules";
import { Refusal } from "./refusal";

/** @throws Refusal with every problem, when there is one */
export function refuseSplitProblems(problems: readonly SplitProblem[]): void {
  const [first, ...others] = problems.map(assumptionOf);
  if (first === undefined) return;
  const message = problems.map(splitProblemText).join("; ");
  throw new Refusal("BadRequest", message, first, ...new Set(others.filter((id) => id !== first)));
}
