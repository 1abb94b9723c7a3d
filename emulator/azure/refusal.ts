import { assumptionOf, type SplitProblem } from "../../traffic/splitRules";
import { splitProblemText } from "../../traffic/splitProblemText";
import type { AssumptionId, RuleSource } from "../../assumptions";

/**
 * A request that Azure would refuse. `code` is the code of Azure's own response; `sources` name the assumptions
 * (docs/azure-assumptions.md) that this rests on, so that the rule can be found when Azure responds otherwise.
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

/** @throws Refusal when it does not hold */
export function refuseUnless(holds: boolean, message: string, source: AssumptionId): void {
  if (!holds) throw new Refusal("BadRequest", message, source);
}
