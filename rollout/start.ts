import { v4 as uuid } from "uuid";
import { EXACT, type ComparisonRules } from "../answers/differences";
import { UserError } from "../errors";
import type { RolloutPlan, RolloutStep } from "../config/rollout";
import { NOT_STARTED, type LiveSplit } from "../traffic/liveEndpoint";
import { describeSplit, namesWithTraffic, type Traffic } from "../traffic/split";
import { imageAtStart } from "./canaryImage";
import { compareAnswers } from "./comparison";
import { timeOf, type Context } from "./context";
import { current, unknownRollout } from "./current";
import { driftOf } from "./drift";
import type { Started } from "./record";
import { baselineOf, largestOf, livePercents, splitOf } from "./weights";
import { readRequest, smokeProblem } from "./smoke";
import { rolloutOf } from "./state";
import { stepName } from "./format";
import { announce } from "./write";

/** Tries the canary and gives it its first share. */
export async function start(context: Context, canary: string): Promise<void> {
  const { reporter } = context;
  const plan = planOf(context);
  const { live, open, unknown } = await current(context);
  if (open !== undefined) {
    throw new UserError(
      `A rollout of ${open.rollout.canary} is under way since ${open.rollout.startedAt}. Finish it with promote or abort; status shows its step`,
    );
  }
  if (unknown !== undefined) throw unknownRollout(context, unknown);
  const baseline = baselineOrRefuse(context, live, canary);
  const first = firstStep(plan.steps, live.split.traffic[canary] ?? 0);
  const image = await imageAtStart(context, live, canary);

  await context.checkCapacity?.(livePercents(plan.steps.slice(first.index)));
  const id = uuid();
  await tryOut(context, id, canary, largestOf(baseline), plan);
  const change = { kind: "step", step: first.index } as const;
  const line: Started = {
    time: timeOf(context),
    rollout: id,
    event: "started",
    endpoint: context.endpoint.name,
    canary,
    ...(image === undefined ? {} : { image }),
    baseline,
    steps: plan.steps.map(({ gate, ...step }) => ({ ...step, gate: { ...gate } })),
    confidence: plan.confidence,
    ...comparisonOf(plan),
    ...(plan.metrics === undefined ? {} : { metrics: [...plan.metrics] }),
    change,
    from: live.split,
    to: splitOf(first.step, baseline, canary),
    reason: "the canary passed its smoke test and comparison",
  };
  await announce(context, rolloutOf(line), line, [{ split: live.split, tag: undefined }]);
  reporter.say(
    `The rollout of ${canary} is at ${stepName(plan.steps, first.index)}: ${describeSplit(line.to)}.`,
  );
  if (first.index > 0) {
    const { [canary]: percent = 0 } = live.split.traffic;
    reporter.say(
      `It begins there because ${canary} had ${percent} % of the requests already, which the steps before do not exceed. ` +
        "An abort leaves it none; abort --former-share gives it that share back.",
    );
  }
  reporter.say(
    "Next: advance watches this step and starts the next one; promote continues to the last one.",
  );
}

/** By the rules of the recorded requests. */
function comparisonOf({ steps, parity }: RolloutPlan): Pick<Started, "comparison"> {
  if (steps.every(({ gate }) => gate.maxDifferentPercent === undefined)) return {};
  const { absoluteTolerance, relativeTolerance, ignore }: ComparisonRules = parity ?? EXACT;
  return { comparison: { absoluteTolerance, relativeTolerance, ignore: [...ignore] } };
}

function planOf({ plan }: Context): RolloutPlan {
  if (plan !== undefined) return plan;
  throw new UserError(
    "The stack's settings have no plan for a rollout: write one as mlscore:rollout (docs/rollout.md)",
  );
}

/** The live percents without the canary. @throws UserError when the canary cannot be rolled out from what is live */
function baselineOrRefuse(
  { declared, bringUpCommand }: Context,
  live: LiveSplit,
  canary: string,
): Traffic {
  const names = declared.deployments.map(({ name }) => name);
  if (!names.includes(canary)) {
    throw new UserError(`There is no YAML of a deployment ${canary}; there is ${names.join(", ")}`);
  }
  const found = live.deployments.find(({ name }) => name === canary);
  if (found === undefined) {
    throw new UserError(
      `The deployment ${canary} is declared and does not exist yet; create it with: ${bringUpCommand}`,
    );
  }
  if (found.provisioningState === NOT_STARTED) {
    throw new UserError(
      `The deployment ${canary} is declared and was not started; start it with: ${bringUpCommand}`,
    );
  }
  if (found.provisioningState !== "Succeeded") {
    const why = found.detail ?? `is ${found.provisioningState}, not Succeeded`;
    throw new UserError(`The deployment ${canary} ${why}`);
  }
  const { split } = driftOf(live, declared);
  if (split !== undefined) {
    throw new UserError(
      "The endpoint does not have the split that is declared, so an end of the rollout would overwrite one of them.\n" +
        `  live      ${describeSplit(split.live)}\n  declared  ${describeSplit(split.declared)}\n` +
        "Choose first: adopt writes the live one into the YAML, restore writes the declared one to the endpoint",
    );
  }
  const others = namesWithTraffic({ traffic: {}, mirrorTraffic: live.split.mirrorTraffic }).filter(
    (name) => name !== canary,
  );
  if (others.length > 0) {
    throw new UserError(
      `${others.join(", ")} gets mirrored requests; an endpoint has one such deployment at a time, so end that first`,
    );
  }
  const baseline = baselineOf(live.split.traffic, canary);
  if (baseline !== undefined) return baseline;
  throw new UserError(
    `No deployment but ${canary} has requests, so there is no traffic to shift to it`,
  );
}

/** A canary that has live requests already starts above them; mirrored requests are for one without. */
function firstStep(steps: readonly RolloutStep[], percent: number) {
  const index = steps.findIndex((step) =>
    percent > 0 ? step.kind === "live" && step.percent > percent : true,
  );
  const step = steps[index];
  if (step === undefined) throw new Error("a plan ends with 100 percent, and the canary has them");
  return { index, step };
}

/** Smoke test and comparison, before the first percent. @throws UserError when the canary does not pass */
async function tryOut(
  context: Context,
  id: string,
  canary: string,
  old: string,
  { smoke, parity }: RolloutPlan,
): Promise<void> {
  const { scoringClient, clock, reporter } = context;
  const refuse = async (reason: string) => {
    await context.record.append({
      time: timeOf(context),
      rollout: id,
      event: "refused",
      canary,
      reason,
    });
  };
  const problem = await smokeProblem(scoringClient, clock, canary, readRequest(smoke));
  if (problem !== undefined) {
    // The answer's text may hold data and stays out of the record.
    await refuse(`${canary} failed its smoke test`);
    throw new UserError(`The rollout is not started, and nothing was changed: ${problem}`);
  }
  reporter.say(`${canary} answers the smoke test.`);
  if (parity === undefined) {
    reporter.say("Answers are not compared: mlscore:rollout has no parity.");
    return;
  }
  const result = await compareAnswers(scoringClient, old, canary, parity);
  for (const line of result.shown) reporter.say(`  ${line}`);
  if (result.problem !== undefined) {
    await refuse(`${result.problem}: ${result.paths.join("; ")}`);
    throw new UserError(`The rollout is not started, and nothing was changed: ${result.problem}`);
  }
  reporter.say(
    `${canary} answers ${result.requests - result.different} of ${result.requests} recorded requests as ${old} does.`,
  );
}
