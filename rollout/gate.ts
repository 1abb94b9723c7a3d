import { UserError } from "../errors";
import { timeOf, type Context } from "./context";
import { rollBack } from "./finish";
import { explained } from "./errorText";
import type { Analysis } from "./record";
import { readRequest, smokeProblem } from "./smoke";
import type { Rollout } from "./state";
import { stepOf, watch, type AtStep, type Poll, type WatchOptions } from "./watch";
import { describeMetrics, stepName } from "./format";

/** Differing fields that are put on record, the most frequent first. */
const RECORDED_FIELDS = 20;

/**
 * Watches a step to its end, and returns what was seen when its gate is passed.
 * @throws UserError when it is not, after what the step's gate says about that was done
 */
export async function passGate(
  context: Context,
  rollout: Rollout,
  at: AtStep,
  options: WatchOptions,
): Promise<Analysis> {
  const { reporter } = context;
  reporter.say(`Watching ${stepName(rollout.steps, at.step)}.`);
  const seen = await watch(context, rollout, at, options);
  const { verdict, transient, changed } = seen;
  const analysis = analysisOf(at, seen);
  if (verdict.kind === "breach") await failGate(context, rollout, at, analysis, verdict.reasons);
  if (changed !== undefined) await stopChanged(context, rollout, at, analysis, changed);
  if (transient !== undefined || (verdict.kind === "inconclusive" && !options.inconclusive)) {
    await stopInconclusive(context, rollout, at, analysis, transient ?? verdict.reasons.join("; "));
  }
  const problem = await repeatSmokeTest(context, rollout);
  if (problem !== undefined) await failGate(context, rollout, at, analysis, [problem]);
  for (const note of verdict.notes) reporter.say(note);
  reporter.say(
    verdict.kind === "passed"
      ? `The gate is passed: ${describeMetrics(verdict.canary)}.`
      : `The gate is inconclusive, and --inconclusive continues: ${verdict.reasons.join("; ")}.`,
  );
  return analysis;
}

/** The numbers are of past requests; before the canary gets more, the smoke test is sent again. */
async function repeatSmokeTest({ plan, scoringClient, clock }: Context, { canary }: Rollout) {
  if (plan === undefined) return undefined;
  return smokeProblem(scoringClient, clock, canary, readRequest(plan.smoke));
}

function analysisOf(
  { step }: AtStep,
  { verdict: { canary, old, limits, comparison, own } }: Poll,
): Analysis {
  const tested = limits.flatMap(({ limit, eValue, needed }) =>
    eValue === undefined || needed === undefined ? [] : [{ limit, eValue, needed }],
  );
  return {
    step,
    canary,
    old,
    limits: tested,
    ...(comparison === undefined
      ? {}
      : { comparison: { ...comparison, fields: comparison.fields.slice(0, RECORDED_FIELDS) } }),
    ...(own === undefined
      ? {}
      : {
          own: own.map(({ metric: { name }, isUnavailable: _isUnavailable, ...seen }) => ({
            name,
            ...seen,
          })),
        }),
  };
}

/** @throws UserError always */
async function failGate(
  context: Context,
  rollout: Rollout,
  at: AtStep,
  analysis: Analysis,
  reasons: readonly string[],
): Promise<never> {
  const what = `${stepName(rollout.steps, at.step)} failed its gate: ${reasons.join("; ")}`;
  if (stepOf(rollout, at).step.gate.onBreach === "rollBack") {
    await rollBack(context, rollout, at, what, analysis).catch((error: unknown) => {
      const told = explained(error);
      if (!(told instanceof UserError)) throw error;
      throw new UserError(`${what}.\nThe traffic could not be returned yet: ${told.message}`);
    });
    throw new UserError(`${what}.\nThe old deployments have all traffic again.`);
  }
  await stopped(context, rollout, analysis, what);
  throw new UserError(
    `${what}.\nThe split is left as it is (onBreach is stop). Next: abort, or advance to check again.`,
  );
}

/** @throws UserError always */
async function stopInconclusive(
  context: Context,
  rollout: Rollout,
  at: AtStep,
  analysis: Analysis,
  why: string,
): Promise<never> {
  const what = `${stepName(rollout.steps, at.step)} is inconclusive: ${why}`;
  await stopped(context, rollout, analysis, what);
  throw new UserError(
    `${what}.\nNothing was changed. Next: advance waits for more; advance --inconclusive continues without; abort reverts.`,
  );
}

/** Whatever the numbers are: they are of two releases. @throws UserError always */
async function stopChanged(
  context: Context,
  rollout: Rollout,
  at: AtStep,
  analysis: Analysis,
  changed: string,
): Promise<never> {
  const [what = ""] = changed.split("\n");
  await stopped(context, rollout, analysis, `${stepName(rollout.steps, at.step)}: ${what}`);
  throw new UserError(`${changed}\nNothing was changed.`);
}

async function stopped(
  context: Context,
  { id }: Rollout,
  analysis: Analysis,
  reason: string,
): Promise<void> {
  const time = timeOf(context);
  await context.record.append({ time, rollout: id, event: "stopped", reason, analysis });
}
