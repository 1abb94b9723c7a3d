import type { Gate, RolloutStep } from "../config/rollout";
import { isTransient } from "../traffic/splitRules";
import type { Traffic } from "../traffic/split";
import type { LiveEndpoint } from "../traffic/liveEndpoint";
import { differenceResult, isDifferenceLimitKept } from "./differenceLimit";
import { errorResult, isErrorLimitKept } from "./errorLimit";
import { counted, shortNumber } from "./format";
import { absoluteResult, isAbsoluteLimitKept, isRatioKept, ratioResult } from "./latencyLimits";
import type { Limit, LimitResult } from "./limitResult";
import { moreRequests } from "./moreRequests";
import { sampleOf, type OldDeployments, type Sample } from "./sample";
import { totalsOf, type Compared, type Window, type WindowTotals } from "./window";

/** What a gate says of a step. */
export interface Verdict {
  /** `inconclusive`: too few requests came to say anything, or to show that the limits are kept. */
  readonly kind: "passed" | "breach" | "inconclusive";
  /** Which limit is shown to be exceeded; for an inconclusive one, what is missing. */
  readonly reasons: readonly string[];
  /** Limits that could not be checked, and why. */
  readonly notes: readonly string[];
  readonly limits: readonly LimitResult[];
  readonly canary: WindowTotals;
  readonly old: Omit<OldDeployments, "latency">;
  /** Of a step that compares answers. */
  readonly comparison?: Compared;
}

/** Chances of a wrong verdict. */
export interface Risks {
  /** That this window of the step shows a breach of a limit that is kept. */
  readonly falseAlarm: number;
  /** That a limit that is exceeded is shown to be kept. */
  readonly falsePass: number;
}

/**
 * Judges what came in a step's time by its limits. May be asked as often as one likes: each limit has its part of the risk,
 * which holds for all looks together (statistics/eValue.ts).
 */
export function judge(
  step: RolloutStep,
  canary: string,
  baseline: Traffic,
  window: Window,
  { falseAlarm, falsePass }: Risks,
): Verdict {
  const sample = sampleOf(step, canary, baseline, window);
  const { gate } = step;
  const all = limitsOf(step);
  const limits = all.map((limit) => ({
    ...TESTS[limit].result(canary, sample, gate, falseAlarm / all.length),
    isShown: TESTS[limit].isKept(sample, gate, falsePass, 1),
  }));
  const breaches = limits.flatMap(({ breach }) => breach ?? []);
  const missing = missingFor(step, canary, sample, limits, falsePass);
  const { latency: _latency, ...old } = sample.old;
  return {
    kind: breaches.length > 0 ? "breach" : missing.length > 0 ? "inconclusive" : "passed",
    reasons: breaches.length > 0 ? breaches : missing,
    notes: [
      ...limits.flatMap(({ note }) => note ?? []),
      ...(all.includes("maxP95Ratio") ? [] : [NO_RATIO]),
    ],
    limits,
    canary: totalsOf(sample.canary),
    old,
    ...(sample.comparison === undefined || !all.includes("maxDifferentPercent")
      ? {}
      : { comparison: sample.comparison }),
  };
}

const NO_RATIO =
  "maxP95Ratio is not checked: at 100 % the old deployments get no requests to compare with";

/** Those that can be tested in a step; each gets the same part of its risk. */
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

/** How each limit is tested. */
interface LimitTest {
  /** For a breach. */
  readonly result: (canary: string, sample: Sample, gate: Gate, risk: number) => LimitResult;
  /** Whether the limit is shown to be kept, with so many times as many requests like these. */
  readonly isKept: (sample: Sample, gate: Gate, risk: number, factor: number) => boolean;
}

const TESTS: Readonly<Record<Limit, LimitTest>> = {
  maxErrorPercent: {
    result: (canary, sample, gate, risk) => errorResult(canary, sample, gate.maxErrorPercent, risk),
    isKept: (sample, gate, risk, factor) =>
      isErrorLimitKept(sample, gate.maxErrorPercent, risk, factor),
  },
  maxP95Ratio: {
    result: (canary, sample, gate, risk) => ratioResult(canary, sample, gate.maxP95Ratio, risk),
    isKept: (sample, gate, risk, factor) => isRatioKept(sample, gate.maxP95Ratio, risk, factor),
  },
  maxP95Ms: {
    result: (canary, sample, { maxP95Ms = 0 }, risk) =>
      absoluteResult(canary, sample, maxP95Ms, risk),
    isKept: (sample, { maxP95Ms = 0 }, risk, factor) =>
      isAbsoluteLimitKept(sample, maxP95Ms, risk, factor),
  },
  maxDifferentPercent: {
    result: (canary, sample, { maxDifferentPercent = 100 }, risk) =>
      differenceResult(canary, sample, maxDifferentPercent, risk),
    isKept: (sample, { maxDifferentPercent = 100 }, risk, factor) =>
      isDifferenceLimitKept(sample, maxDifferentPercent, risk, factor),
  },
};

/** What a step lacks to pass, as far as no limit is exceeded. */
function missingFor(
  { kind, gate }: RolloutStep,
  canary: string,
  sample: Sample,
  limits: readonly LimitResult[],
  risk: number,
): string[] {
  const { requests } = sample.canary;
  if (requests < gate.minRequests) {
    const what = { mirror: "mirrored ", shadow: "sampled ", live: "" }[kind];
    const came = counted(requests, `${what}request`, `${what}requests`);
    return [`${came} came to ${canary}, and minRequests is ${gate.minRequests}`];
  }
  const { compared = gate.minRequests } = sample.comparison ?? {};
  if (compared < gate.minRequests && limits.some(({ limit }) => limit === "maxDifferentPercent")) {
    const came = counted(compared, "answer", "answers");
    return [`${came} of ${canary} could be compared, and minRequests is ${gate.minRequests}`];
  }
  if (gate.passWhen === "noBreach") return [];
  return limits
    .filter(({ isShown }) => !isShown)
    .map(({ limit }) => {
      const value = `${limit} ${shortNumber(gate[limit] ?? 0)}`;
      const more = moreRequests(requests, (factor) =>
        TESTS[limit].isKept(sample, gate, risk, factor),
      );
      return more === undefined
        ? `${counted(requests, "request", "requests")} do not show that ${canary} keeps ${value}, and more like these never would`
        : `${counted(requests, "request", "requests")} do not show yet that ${canary} keeps ${value}; about ${counted(more, "more request", "more requests")} like these would`;
    });
}

export interface Health {
  /** Why the canary cannot have requests, whatever its numbers. */
  readonly problem?: string;
  /** What has to be over before its split is changed. */
  readonly transient?: string;
}

export function canaryHealth({ deployments }: LiveEndpoint, canary: string): Health {
  const found = deployments.find(({ name }) => name === canary);
  if (found === undefined) return { problem: `the deployment ${canary} no longer exists` };
  const { provisioningState: state } = found;
  if (state === "Succeeded") return {};
  const text = `the deployment ${canary} is ${state}, not Succeeded`;
  return isTransient(state) ? { transient: text } : { problem: text };
}
