import { z } from "zod";
import { UserError } from "../errors";
import { leaves, propertyChanges } from "../graph/changes";
import { enginePreview, type State } from "./enginePreview";
import { redacted } from "./redactedGraph";

/** What one step of an update would set: a property's path, and its value before and after as people may see them. */
const property = z.strictObject({
  path: z.string(),
  before: z.unknown().optional(),
  after: z.unknown().optional(),
});

const planned = z.strictObject({
  /** The engine's word: create, update, replace, delete, … */
  op: z.string(),
  urn: z.string(),
  properties: z.array(property),
});

/** What an update would do, in a form in which two previews of the same update are equal. */
const plan = z.strictObject({ stack: z.string(), steps: z.array(planned) });

export type Plan = z.output<typeof plan>;
type PlannedStep = z.output<typeof planned>;

/** Steps that change nothing outside the state. */
const LOOKING = new Set(["same", "read", "read-replacement", "refresh"]);

/**
 * The plan in a preview. Without outputs (a preview knows old ones alone, and the time is in some), without the order of the
 * steps (which the engine does at once), and without secrets: Pulumi shows them as `[secret]`, and what only looks like one
 * is hidden.
 *
 * @param text what `pulumi preview --json --show-sames` printed
 * @param file for messages
 * @throws UserError when the preview failed, or it is something else
 */
export function planOf(text: string, file: string): Plan {
  const { stack, steps, errors } = enginePreview(text, file);
  if (errors.length > 0) {
    throw new UserError(`The preview failed, so there is nothing to approve:\n${listed(errors)}`);
  }
  const changing = steps.filter(({ op }) => !LOOKING.has(op));
  return {
    stack,
    steps: changing
      .map(({ op, urn, oldState, newState }) => {
        return { op, urn, properties: propertiesOf(oldState, newState) };
      })
      .sort((a, b) => compare(keyOf(a), keyOf(b))),
  };
}

/** A plan as it was written down. @throws UserError when it is something else */
export function readPlan(text: string, file: string): Plan {
  try {
    return plan.parse(JSON.parse(text));
  } catch {
    throw new UserError(`${file} is not a plan; npm run plan -- --preview FILE --out ${file}`);
  }
}

/**
 * What an update would do now and was not approved to do, or was approved to do and would not do.
 *
 * @returns sentences; none when both are the same
 */
export function planDifferences(approved: Plan, now: Plan): string[] {
  if (approved.stack !== now.stack) {
    return [`the approved plan is of the stack ${approved.stack}, this one of ${now.stack}`];
  }
  const olds = new Map(approved.steps.map((step) => [keyOf(step), step]));
  const news = new Map(now.steps.map((step) => [keyOf(step), step]));
  return [...new Set([...olds.keys(), ...news.keys()])].sort(compare).flatMap((key) => {
    const [old, next] = [olds.get(key), news.get(key)];
    if (next === undefined) return [`${key} was approved, and would not be done`];
    if (old === undefined) return [`${key} was not approved`];
    return stepDifferences(key, old, next);
  });
}

function stepDifferences(key: string, old: PlannedStep, next: PlannedStep): string[] {
  const byPath = ({ properties }: PlannedStep) => new Map(properties.map((one) => [one.path, one]));
  const [olds, news] = [byPath(old), byPath(next)];
  return [...new Set([...olds.keys(), ...news.keys()])].sort(compare).flatMap((path) => {
    const [was, is] = [told(olds.get(path)), told(news.get(path))];
    return was === is ? [] : [`${key}: ${path} was approved as ${was}, and is now ${is}`];
  });
}

/** One property's change in words. */
function told(change: PlannedStep["properties"][number] | undefined): string {
  if (change === undefined) return "unchanged";
  const [before, after] = [change.before, change.after].map((value) =>
    value === undefined ? "nothing" : JSON.stringify(value),
  );
  return `${before ?? ""} → ${after ?? ""}`;
}

function propertiesOf(
  oldState: State | undefined,
  newState: State | undefined,
): PlannedStep["properties"] {
  const [before, after] = [oldState, newState].map((state) => state && settable(state));
  // What is deleted says it all by its URN.
  if (after === undefined) return [];
  if (before === undefined) return leaves(after).map(({ path, value }) => ({ path, after: value }));
  return propertyChanges(before, after);
}

/** What a step sets, as people may see it; JSON again, so that a plan read back is equal. */
function settable({ inputs, protect }: State): unknown {
  const { __provider: _code, ...own } = inputs;
  return JSON.parse(JSON.stringify({ ...redacted(own), "(protect)": protect }));
}

function keyOf({ op, urn }: { readonly op: string; readonly urn: string }): string {
  const [, , type = "", name = ""] = urn.split("::");
  return `${op} ${name} (${type.split("$").at(-1) ?? type})`;
}

/** One order on every machine. */
function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function listed(texts: readonly string[]): string {
  return texts.map((text) => `  ${text}`).join("\n");
}

/** @throws UserError with every difference */
export function assertApproved(approved: Plan, now: Plan): void {
  const differences = planDifferences(approved, now);
  if (differences.length === 0) return;
  throw new UserError(
    `${now.stack} is not updated: the update would not do what was approved.\n${listed(differences)}\n` +
      "Start the workflow again, and approve what it shows then.",
  );
}
