import type { RolloutStep } from "../config/rollout";
import { differenceResult, isDifferenceLimitKept } from "./differenceLimit";
import { errorResult, isErrorLimitKept } from "./errorLimit";
import { shortNumber } from "./format";
import { absoluteResult, isAbsoluteLimitKept, isRatioKept, ratioResult } from "./latencyLimits";
import type { Limit } from "./limitResult";
import type { LimitTest } from "./limitTest";
import type { Sample } from "./sample";

/** Those of a gate that can be tested in a step. */
export function limitsOf({ kind, percent, gate }: Omit<RolloutStep, "dwellSeconds">): Limit[] {
  return [
    "maxErrorPercent",
    ...(kind === "live" && percent === 100 ? [] : (["maxP95Ratio"] as const)),
    ...(gate.maxP95Ms === undefined ? [] : (["maxP95Ms"] as const)),
    ...(kind !== "live" && gate.maxDifferentPercent !== undefined
      ? (["maxDifferentPercent"] as const)
      : []),
  ];
}

/** The tests of a gate by what came. */
export function limitTests(step: RolloutStep, canary: string, sample: Sample): LimitTest[] {
  const { gate } = step;
  return limitsOf(step).map((limit) => {
    const value = gate[limit] ?? 0;
    const setting = `${limit} ${shortNumber(value)}`;
    return { limit, setting, ...TESTS[limit](canary, sample, value) };
  });
}

type Test = (canary: string, sample: Sample, value: number) => Pick<LimitTest, "result" | "isKept">;

const TESTS: Readonly<Record<Limit, Test>> = {
  maxErrorPercent: (canary, sample, value) => ({
    result: (risk) => errorResult(canary, sample, value, risk),
    isKept: (risk, factor) => isErrorLimitKept(sample, value, risk, factor),
  }),
  maxP95Ratio: (canary, sample, value) => ({
    result: (risk) => ratioResult(canary, sample, value, risk),
    isKept: (risk, factor) => isRatioKept(sample, value, risk, factor),
  }),
  maxP95Ms: (canary, sample, value) => ({
    result: (risk) => absoluteResult(canary, sample, value, risk),
    isKept: (risk, factor) => isAbsoluteLimitKept(sample, value, risk, factor),
  }),
  maxDifferentPercent: (canary, sample, value) => ({
    result: (risk) => differenceResult(canary, sample, value, risk),
    isKept: (risk, factor) => isDifferenceLimitKept(sample, value, risk, factor),
  }),
};
