import { assumptionOf, type SplitProblem } from "../../traffic/splitRules";
import { splitProblemText } from "../../traffic/splitProblemText";
import type { RuleSource } from "../../assumptions";

/**
 * Azure says no. `code` is the code that Azure's own answer carries; `sources` name the assumptions (docs/azure-assumptions.md)
 * by which it would, so that whoever meets another answer in Azure finds the rule.
 */
export class Refusal extends Error {
  override readonly name = "Refusal";
  readonly sources: readonly RuleSource[];
  constructor(
    readonly code: string,
    message: string,
    ...sources: readonly [RuleSource, ...RuleSource[]]
  ) {
    super(`${code}: ${message}`);
    this.sources = sources;
  }
}

/** @throws Refusal with every problem, when there is one */
export function refuseSplitProblems(problems: readonly SplitProblem[]): void {
  const [first, ...others] = problems.map(assumptionOf);
  if (first === undefined) return;
  const message = problems.map(splitProblemText).join("; ");
  throw new Refusal("BadRequest", message, first, ...new Set(others.filter((id) => id !== first)));
}
