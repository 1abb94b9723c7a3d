import type { StackSettings } from "../graph/settings";
import { dayOf, exemptionsIn } from "../policy/exemptions";
import { judge, type Finding } from "../policy/judge";
import { rules } from "../policy/rules/index";
import { scopeIn } from "../policy/stacks";
import { difference } from "./difference";
import type { DeclaredGraph, ResourceChange, StackReview } from "./model";
import { redactedChange, redactedGraph } from "./redactedGraph";
import { refusedChanges } from "./refusedChanges";

/** One side of a stack, as far as it could be evaluated. */
export type Evaluated =
  | { readonly kind: "graph"; readonly graph: DeclaredGraph; readonly settings: StackSettings }
  /** The program refuses it, in its own words. */
  | { readonly kind: "refused"; readonly problems: readonly string[] }
  /** The program did not get that far. */
  | { readonly kind: "broken"; readonly said: readonly string[] }
  /** There is no such stack on this side. */
  | { readonly kind: "absent" };

/** Finds the policy rules that a graph, or the changes towards it, break. */
export type Judge = (
  graph: DeclaredGraph,
  settings: StackSettings,
  changes: readonly ResourceChange[],
) => Finding[];

/** Judges both sides by the rules of the working tree, on one day. */
export function policyJudge(now: Date): Judge {
  return ({ resources }, settings, changes) =>
    judge(
      resources,
      { ...scopeIn(settings), rules, exemptions: exemptionsIn(settings), today: dayOf(now) },
      changes.map(({ op, resource: { type, name } }) => ({ op, type, name })),
    );
}

/** Two evaluations of a stack against each other. */
export function comparedStack(
  stack: string,
  before: Evaluated,
  after: Evaluated,
  judge: Judge,
): StackReview {
  const old = before.kind === "graph" ? before.graph : undefined;
  const now = after.kind === "graph" ? after.graph : undefined;
  const isKnown = now !== undefined || after.kind === "absent";
  const changes = isKnown ? difference(old?.resources ?? [], now?.resources ?? []) : [];
  return reviewed(stack, {
    before: before.kind === "graph" ? before : undefined,
    after: after.kind === "graph" ? after : undefined,
    changes,
    refusedChanges:
      before.kind === "graph" && after.kind === "graph"
        ? refusedChanges(sideOf(before), after, changes)
        : [],
    judge,
    refusals: refusalsOf(after),
    notes: [...notesOfBefore(before), ...(after.kind === "absent" ? [REMOVED] : [])],
  });
}

function sideOf({ graph: { resources }, settings }: Extract<Evaluated, { kind: "graph" }>) {
  return { resources, settings };
}

interface Reviewed {
  readonly before: { readonly graph: DeclaredGraph; readonly settings: StackSettings } | undefined;
  readonly after: { readonly graph: DeclaredGraph; readonly settings: StackSettings } | undefined;
  readonly changes: readonly ResourceChange[];
  readonly refusedChanges: StackReview["refusedChanges"];
  readonly judge: Judge;
  readonly refusals: readonly string[];
  readonly notes: StackReview["notes"];
}

/** Judges both sides, and takes out of them what must not be shown. */
export function reviewed(
  stack: string,
  { before, after, changes, refusedChanges, judge, refusals, notes }: Reviewed,
): StackReview {
  const safe = (side: Reviewed["before"], toIt: readonly ResourceChange[]) =>
    side === undefined
      ? undefined
      : redactedGraph(side.graph, judge(side.graph, side.settings, toIt));
  return {
    stack,
    before: safe(before, []),
    after: safe(after, changes),
    refusals,
    notes,
    changes: changes.map(redactedChange),
    refusedChanges,
  };
}

const REMOVED = {
  note: "Its settings file is removed: Pulumi no longer updates it, and its resources stay until the stack is destroyed.",
  said: [],
};

function refusalsOf(after: Evaluated): readonly string[] {
  if (after.kind === "refused") return after.problems;
  return after.kind === "broken" ? after.said : [];
}

function notesOfBefore(before: Evaluated): StackReview["notes"] {
  switch (before.kind) {
    case "graph":
      return [];
    case "absent":
      return [{ note: "New stack: everything is shown as created.", said: [] }];
    case "refused":
    case "broken":
      return [
        {
          note: "The base cannot be evaluated; everything is shown as created.",
          said: before.kind === "refused" ? before.problems : before.said,
        },
      ];
  }
}
