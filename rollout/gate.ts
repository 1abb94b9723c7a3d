import { UserError } from "../errors";
import { timeOf, type Context } from "./context";
import { rollBack } from "./finish";
import { explained } from "./errorText";
import type { Evidence } from "./record";
import { readRequest, smokeFault } from "./smoke";
import type { Rollout } from "./state";
import { stepOf, watch, type AtStep, type Look, type Patience } from "./watch";
import { describeMetrics, stepName } from "./format";

/**
 * Watches a step to its end, and returns what was seen when its gate is passed.
 * @throws UserError when it is not, after what the step's gate says about that was done
 */
export async function passGate(
  context: Context,
  rollout: Rollout,
  at: AtStep,
  patience: Patience,
): Promise<Evidence> {
  const { screen } = context;
  screen.say(`Watching ${stepName(rollout.steps, at.step)}.`);
  const seen = await watch(context, rollout, at, patience);
  const { verdict, passing } = seen;
  const evidence = evidenceOf(at, seen);
  if (verdict.kind === "breach") await broken(context, rollout, at, evidence, verdict.reasons);
  if (passing !== undefined || (verdict.kind === "unjudged" && !patience.unjudged)) {
    await givenUp(context, rollout, at, evidence, passing ?? verdict.reasons.join("; "));
  }
  const fault = await lastLook(context, rollout);
  if (fault !== undefined) await broken(context, rollout, at, evidence, [fault]);
  for (const note of verdict.notes) screen.say(note);
  screen.say(
    verdict.kind === "passed"
      ? `The gate is passed: ${describeMetrics(verdict.canary)}.`
      : `The gate is left unjudged, as asked: ${verdict.reasons.join("; ")}.`,
  );
  return evidence;
}

/** The numbers are of requests that came; before the canary gets more of them, it is asked once more. */
async function lastLook({ plan, caller, clock }: Context, { canary }: Rollout) {
  if (plan === undefined) return undefined;
  return smokeFault(caller, clock, canary, await readRequest(plan.smoke));
}

function evidenceOf({ step }: AtStep, { verdict: { canary, old } }: Look): Evidence {
  return { step, canary, old };
}

/** @throws UserError always */
async function broken(
  context: Context,
  rollout: Rollout,
  at: AtStep,
  evidence: Evidence,
  reasons: readonly string[],
): Promise<never> {
  const what = `${stepName(rollout.steps, at.step)} broke its gate: ${reasons.join("; ")}`;
  if (stepOf(rollout, at).step.gate.onBreach === "rollBack") {
    await rollBack(context, rollout, at, what, evidence).catch((error: unknown) => {
      const told = explained(error);
      if (!(told instanceof UserError)) throw error;
      throw new UserError(`${what}.\nThe requests could not be given back yet: ${told.message}`);
    });
    throw new UserError(`${what}.\nThe old deployments have all requests again.`);
  }
  await stopped(context, rollout, evidence, what);
  throw new UserError(
    `${what}.\nThe split is left as it is (onBreach is stop). Next: abort, or advance to look again.`,
  );
}

/** @throws UserError always */
async function givenUp(
  context: Context,
  rollout: Rollout,
  at: AtStep,
  evidence: Evidence,
  why: string,
): Promise<never> {
  const what = `${stepName(rollout.steps, at.step)} could not be judged: ${why}`;
  await stopped(context, rollout, evidence, what);
  throw new UserError(
    `${what}.\nNothing was changed. Next: advance waits for more; advance --unjudged goes on without; abort goes back.`,
  );
}

async function stopped(
  context: Context,
  { id }: Rollout,
  evidence: Evidence,
  reason: string,
): Promise<void> {
  const time = timeOf(context);
  await context.record.append({ time, rollout: id, event: "stopped", reason, evidence });
}
