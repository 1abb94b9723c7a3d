import { describeSplit } from "../traffic/split";
import type { Context } from "./context";
import { openOrRefuse } from "./current";
import { endRollout, finishInterrupted } from "./finish";
import { passGate } from "./gate";
import type { Analysis } from "./record";
import { livePercents, splitOf } from "./weights";
import { recorded, type Rollout } from "./state";
import { stepOf, type AtStep, type WatchOptions } from "./watch";
import { stepName } from "./format";
import { carryOut } from "./write";

/**
 * Watches the step under way to its end and writes the next one; the last step is left as it is.
 * @throws UserError when its gate is not passed, after what the plan says about that was done
 */
export async function advance(context: Context, options: WatchOptions): Promise<void> {
  sayCaveats(context);
  const place = await settled(context);
  if (place === undefined) return;
  const { rollout, at } = place;
  const analysis = await passGate(context, rollout, at, options);
  if (stepOf(rollout, at).isLast) {
    context.reporter.say("This is the last step, and its gate is passed. Next: promote.");
  } else {
    await nextStep(context, rollout, at, analysis);
  }
}

/** Advances to the end and closes the rollout: the canary has all requests, and that is what is declared. */
export async function promote(context: Context, options: WatchOptions): Promise<void> {
  sayCaveats(context);
  for (;;) {
    const place = await settled(context);
    if (place === undefined) return;
    const { rollout, at } = place;
    const analysis = await passGate(context, rollout, at, options);
    if (stepOf(rollout, at).isLast) {
      await endRollout(context, rollout, {
        outcome: "promoted",
        reason: "the last step has passed its gate",
        from: at.expected,
        to: at.expected.split,
        analysis,
      });
      return;
    }
    await nextStep(context, rollout, at, analysis);
  }
}

/**
 * The step that is on record as done, after an interrupted write was finished; undefined when that was the rollout's end.
 */
async function settled(
  context: Context,
): Promise<{ readonly rollout: Rollout; readonly at: AtStep } | undefined> {
  const { open } = await openOrRefuse(context);
  if (await finishInterrupted(context, open)) return undefined;
  const now = recorded(await context.record.lines(), context.endpoint.name).open;
  if (now?.progress.kind !== "atStep") throw new Error("a step that was written is not on record");
  return { rollout: now.rollout, at: now.progress };
}

async function nextStep(
  context: Context,
  rollout: Rollout,
  at: AtStep,
  analysis: Analysis,
): Promise<void> {
  const index = at.step + 1;
  const step = rollout.steps[index];
  if (step === undefined) throw new Error("there is no next step");
  await context.checkCapacity?.(livePercents(rollout.steps.slice(index)));
  const to = splitOf(step, rollout.baseline, rollout.canary);
  await carryOut(context, rollout, {
    change: { kind: "step", step: index },
    from: at.expected,
    to,
    reason: `step ${at.step + 1} has passed its gate`,
    analysis,
  });
  context.reporter.say(`Now at ${stepName(rollout.steps, index)}: ${describeSplit(to)}.`);
}

function sayCaveats({ meter, reporter }: Context): void {
  for (const caveat of meter.caveats) reporter.say(caveat);
}
