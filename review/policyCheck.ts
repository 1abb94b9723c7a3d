import { dayOf, exemptionsIn } from "../policy/exemptions";
import { judge, type Finding } from "../policy/judge";
import { rules } from "../policy/rules/index";
import { targetIn } from "../policy/stacks";
import type { StackSettings } from "../graph/settings";
import type { DeclaredGraph, ResourceChange } from "./model";

/** Finds what a graph, and the way to it, breaks. Both sides are judged by the rules of the working tree, on one day. */
export type Judge = (
  graph: DeclaredGraph,
  settings: StackSettings,
  changes: readonly ResourceChange[],
) => Finding[];

export function policyJudge(now: Date): Judge {
  return ({ resources }, settings, changes) =>
    judge(
      resources,
      { target: targetIn(settings), rules, exemptions: exemptionsIn(settings), today: dayOf(now) },
      changes.map(({ op, resource: { type, name } }) => ({ op, type, name })),
    );
}
