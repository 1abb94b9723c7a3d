import Table from "cli-table3";
import type { RolloutPlan, RolloutStep } from "../config/rollout";
import { reachOf, requestsIn, type Reach } from "../config/rolloutReach";
import { stoppedAfter, type Seen } from "../statistics/canarySimulation";
import { isEnough } from "../statistics/eValue";
import { randomFrom } from "../statistics/random";
import { windowRisk } from "../statistics/risk";
import { limitsOf } from "./limitTests";
import { ownLimitsOf } from "./ownLimits";
import { eValueOfDifferent } from "./differenceLimit";
import { testErrors } from "./errorLimit";
import { duration, shortNumber } from "./format";
import { shareOf } from "./sample";

/** What a step of a plan can do at some rate of requests, by simulation; latency is not simulated. */
export interface StepForecast {
  readonly step: RolloutStep;
  /** To the canary while the step dwells. */
  readonly requests: number;
  readonly reach: Reach;
  /** Until a canary without errors passes; undefined where the step would end as inconclusive. */
  readonly passesAfterSeconds?: number;
  /** Part of the rollouts, in percent, in which the step stops a canary with half of what its limits allow. */
  readonly falseAlarmPercent: number;
  /** Smallest percent of errors that the step stops in four of five rollouts; undefined where it is none. */
  readonly findsPercent?: number;
  /** The same of differing answers; undefined also where the step compares none. */
  readonly findsDifferentPercent?: number;
}

/** Simulated rollouts for each number, and the seed that makes them the same every time. */
const ROLLOUTS = 1000;
const SEED = 1;
const FOUND = 0.8;
/** Multiples of the limit that are tried, in ascending order. */
const MULTIPLES = [1.25, 1.5, 2, 2.5, 3, 4, 5, 7, 10, 15, 20, 30, 50, 100];

/** @param perSecond requests to the endpoint */
export function forecast(
  { steps, confidence, metrics = [] }: RolloutPlan,
  perSecond: number,
  rollouts = ROLLOUTS,
): StepForecast[] {
  return steps.map((step): StepForecast => {
    const requests = requestsIn(step, step.dwellSeconds, perSecond);
    const limit = step.gate.maxErrorPercent / 100;
    const limits = limitsOf(step).length + ownLimitsOf(step, metrics).length;
    const risk = windowRisk(1 - confidence / 100, steps.length, 1) / limits;
    const stoppedPart = (canaryRate: number, oldRate: number) =>
      partStopped(step, Math.floor(requests), canaryRate, oldRate, risk, rollouts);
    const found = candidates(limit).find((rate) => stoppedPart(rate, 0) >= FOUND);
    const comparison = forecastOfDifferences(step, Math.floor(requests), risk, rollouts);
    const byErrors = stoppedPart(limit / 2, limit / 2);
    const reach = reachOf(step, confidence, perSecond);
    const wait = reach.needs / requestsIn(step, 1, perSecond);
    return {
      step,
      requests,
      reach,
      falseAlarmPercent: 100 * (byErrors + (1 - byErrors) * (comparison?.falseAlarm ?? 0)),
      ...(found === undefined ? {} : { findsPercent: 100 * found }),
      ...(comparison?.finds === undefined ? {} : { findsDifferentPercent: 100 * comparison.finds }),
      ...(reach.gets >= reach.needs
        ? { passesAfterSeconds: Math.max(step.dwellSeconds, wait) }
        : {}),
    };
  });
}

/** Undefined where the step compares no answers. */
function forecastOfDifferences(
  step: RolloutStep,
  requests: number,
  risk: number,
  rollouts: number,
) {
  const { maxDifferentPercent: limitPercent } = step.gate;
  if (limitPercent === undefined) return undefined;
  const stoppedPart = (canaryRate: number) => {
    const random = randomFrom(SEED);
    const isStoppedBy = ({ requests: compared, errors: different }: Seen) =>
      isEnough(eValueOfDifferent({ compared, different }, limitPercent), risk);
    return partOf(rollouts, () =>
      stoppedAfter({ requests, canaryRate, oldRate: 0 }, isStoppedBy, random),
    );
  };
  return {
    falseAlarm: stoppedPart(limitPercent / 200),
    finds: candidates(limitPercent / 100).find((rate) => stoppedPart(rate) >= FOUND),
  };
}

/** The part of the simulated rollouts that are stopped. */
function partOf(rollouts: number, simulate: () => number | undefined): number {
  let stopped = 0;
  for (let rollout = 0; rollout < rollouts; rollout += 1) {
    if (simulate() !== undefined) stopped += 1;
  }
  return stopped / rollouts;
}

/** Rates above a limit; a limit of 0 allows no error, so any rate is above it. */
function candidates(limit: number): number[] {
  const base = limit === 0 ? 0.001 : limit;
  return [...new Set(MULTIPLES.map((times) => Math.min(1, base * times)))];
}

function partStopped(
  step: RolloutStep,
  requests: number,
  canaryRate: number,
  oldRate: number,
  risk: number,
  rollouts: number,
): number {
  const random = randomFrom(SEED);
  const share = shareOf(step);
  const simulated = { requests, canaryRate, oldRate, ...(share === undefined ? {} : { share }) };
  return partOf(rollouts, () =>
    stoppedAfter(simulated, (seen) => isStopped(step, seen, risk), random),
  );
}

/**
 * As the gate of a rollout decides, of errors alone.
 *
 * @param risk of a false alarm by this limit in this step
 */
export function isStopped(
  step: RolloutStep,
  { requests, errors, oldRequests, oldErrors }: Seen,
  risk: number,
): boolean {
  const limit = step.gate.maxErrorPercent / 100;
  // The test cannot show a breach by then.
  if (errors <= limit * requests) return false;
  const share = shareOf(step);
  const sample = {
    canary: { requests, errors, byStatus: { "500": errors } },
    old: { requests: oldRequests, errors: oldErrors },
    ...(share === undefined ? {} : { share }),
  };
  const { isWorse, isCatastrophe } = testErrors(sample, limit, risk);
  return isWorse || isCatastrophe;
}

function comparisonText({ step, findsDifferentPercent }: StepForecast, index: number): string[] {
  if (step.gate.maxDifferentPercent === undefined) return [];
  const least =
    findsDifferentPercent === undefined
      ? "no differing answers"
      : `${shortNumber(findsDifferentPercent)} % of differing answers`;
  return [`step ${index + 1} compares answers, and finds ${least} in the same way`];
}

/** The forecast as a table of at most 80 columns, and what is wrong with the plan. */
export function planText(forecasts: readonly StepForecast[], perSecond: number): string {
  const table = new Table({
    head: ["step", "canary gets", "requests", "passes after", "false alarm", "finds"],
    style: { head: [], border: [], compact: true },
  });
  for (const [index, one] of forecasts.entries()) {
    const { kind, percent } = one.step;
    table.push([
      String(index + 1),
      `${percent} % ${kind}`,
      String(Math.floor(one.requests)),
      one.passesAfterSeconds === undefined ? "never" : duration(one.passesAfterSeconds),
      `${shortNumber(one.falseAlarmPercent)} %`,
      one.findsPercent === undefined ? "nothing" : `${shortNumber(one.findsPercent)} % errors`,
    ]);
  }
  const unreachable = forecasts.flatMap(({ passesAfterSeconds, reach }, index) =>
    passesAfterSeconds === undefined
      ? [
          `warning: step ${index + 1} needs ${reach.needs} requests to the canary and gets ` +
            `${Math.floor(reach.gets)} in twice its time:\n  it would end as inconclusive`,
        ]
      : [],
  );
  return [
    table.toString(),
    `Simulated at ${shortNumber(perSecond)} requests a second, of errors and differing answers alone.`,
    "passes after: a canary without errors or differing answers passes the step",
    "false alarm: a canary with half of what is allowed of them is stopped",
    "finds: smallest rate of errors that is stopped in 80 % of the rollouts, beside",
    "       old deployments without errors",
    ...forecasts.flatMap(comparisonText),
    ...unreachable,
  ].join("\n");
}
