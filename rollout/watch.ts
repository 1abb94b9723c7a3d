import { UserError } from "../errors";
import type { RolloutStep } from "../config/rollout";
import { sampledRequestsOf, type SampledRequests } from "./sampledRequests";
import { ownNumbers } from "./ownNumbers";
import { sayCost } from "./shadowCost";
import type { Window } from "./window";
import { changedImage } from "./canaryImage";
import { liveOf, type Context } from "./context";
import { windowRisk } from "../statistics/risk";
import { canaryHealth, judge, type Risks, type Verdict } from "./analysis";
import { mirrorRulesAt, shows, type Progress, type Rollout } from "./state";
import { counted, describeMetrics, duration, shortNumber } from "./format";
import { changedOutside } from "./write";

/** A step whose window is open. */
export type AtStep = Extract<Progress, { kind: "atStep" }>;

/** What a gate sees now. */
export interface Poll {
  readonly verdict: Verdict;
  /** Seconds since the step began. */
  readonly elapsed: number;
  /** What the canary's deployment is at, so that the split is not changed yet. */
  readonly transient?: string;
  /** How the canary is not the one any more that the rollout began with. */
  readonly changed?: string;
}

/** @throws UserError when the endpoint cannot be asked, or somebody has changed it */
export async function poll(
  context: Context,
  rollout: Rollout,
  at: AtStep,
  sampled?: SampledRequests,
): Promise<Poll> {
  const { step } = stepOf(rollout, at);
  const live = await liveOf(context);
  if (!shows(live, at.expected)) throw changedOutside(live, at.expected);
  const { time } = at.done;
  const window = await windowOf(context, rollout, at, sampled);
  const { problem, transient } = canaryHealth(live, rollout.canary);
  const changed = await changedImage(context, rollout, live);
  const own = await ownNumbers(context, rollout, at.step, time);
  const judged = judge(step, rollout.canary, rollout.baseline, window, risksOf(rollout, at), own);
  return {
    verdict:
      problem === undefined
        ? judged
        : { ...judged, kind: "breach", reasons: [problem, ...reasonsOf(judged)] },
    elapsed: (context.clock.now() - Date.parse(time)) / 1000,
    ...(transient === undefined ? {} : { transient }),
    ...(changed === undefined ? {} : { changed }),
  };
}

/** Of a step that sends sampled requests, only those are looked at, which nobody but the command that sends them knows. */
async function windowOf(
  { meter }: Context,
  { steps }: Rollout,
  { step, done: { marker } }: AtStep,
  sampled: SampledRequests | undefined,
): Promise<Window> {
  if (steps[step]?.kind === "shadow") return sampled?.window() ?? new Map();
  if (marker === undefined) throw new Error("a step on record has no marker");
  return meter.since(marker);
}

/** The same for every command: a rollout that goes on after a kill goes on with the same test. */
function risksOf({ confidence, steps }: Rollout, { windows }: AtStep): Risks {
  const total = 1 - confidence / 100;
  return { falseAlarm: windowRisk(total, steps.length, windows), falsePass: total };
}

/** Of a gate that could not judge, there is nothing to add to why the canary is out. */
function reasonsOf({ kind, reasons }: Verdict): readonly string[] {
  return kind === "breach" ? reasons : [];
}

export interface WatchOptions {
  /** Whether a step may end without a verdict when its dwell is over. */
  readonly inconclusive: boolean;
}

/**
 * Polls a step until its dwell is over, or a limit is broken. When too few requests came by then it waits for them up
 * to another dwell, counted from now where the step's own time has long been over.
 */
export async function watch(
  context: Context,
  rollout: Rollout,
  at: AtStep,
  { inconclusive }: WatchOptions,
): Promise<Poll> {
  const { clock, reporter, pollMs } = context;
  const { dwellSeconds } = stepOf(rollout, at).step;
  const begun = Date.parse(at.done.time);
  const over = begun + dwellSeconds * 1000;
  const deadline = Math.max(over, clock.now()) + dwellSeconds * 1000;
  const rules = mirrorRulesAt(rollout, at.step);
  const sampled = sampledRequestsOf(context, rollout, at.step);
  if (sampled !== undefined) await sayCost(context, sampled);
  for (;;) {
    // Every time: an endpoint that was started again does not know them.
    if (rules !== undefined) await context.meter.compare?.(rules);
    const seen = await poll(context, rollout, at, sampled);
    const now = clock.now();
    reporter.progress(progressText(rollout, seen, dwellSeconds));
    if (seen.verdict.kind === "breach" || seen.changed !== undefined) return seen;
    const isReady = seen.verdict.kind === "passed" || inconclusive;
    const isOver = now >= over || sampled?.isOver() === true;
    if (isOver && isReady && seen.transient === undefined) return seen;
    // When all are sent, more time brings nothing.
    if (now >= deadline || (sampled?.isOver() === true && seen.transient === undefined))
      return seen;
    const next = now < over ? over - now : deadline - now;
    const until = now + Math.min(pollMs, next);
    await (sampled?.sendUntil(until) ?? clock.sleep(until - now));
  }
}

export function stepOf({ steps }: Rollout, { step: index }: AtStep) {
  const step: RolloutStep | undefined = steps[index];
  if (step === undefined) {
    throw new UserError(`the record is at step ${index + 1} of a plan of ${steps.length}`);
  }
  return { step, index, isLast: index === steps.length - 1 };
}

function progressText({ canary }: Rollout, { verdict, elapsed, transient }: Poll, dwell: number) {
  const { old } = verdict;
  const waiting = transient ?? (verdict.kind === "inconclusive" ? verdict.reasons.join("; ") : "");
  const time =
    elapsed < dwell
      ? `${duration(elapsed)} of ${duration(dwell)}`
      : `${duration(elapsed)}${waiting === "" ? "" : `, waiting: ${waiting}`}`;
  const before = old.p95Ms === undefined ? "" : `, p95 ${shortNumber(old.p95Ms)} ms`;
  return `${time}. ${canary}: ${describeMetrics(verdict.canary)}. Old: ${counted(old.requests, "request", "requests")}${before}`;
}
