import type { RolloutStep } from "../config/rollout";
import { isTransient } from "../traffic/splitRules";
import type { Traffic } from "../traffic/split";
import type { LiveSplit } from "../traffic/liveEndpoint";
import { counted } from "./format";
import type { LimitResult } from "./limitResult";
import type { LimitTest } from "./limitTest";
import { limitsOf, limitTests } from "./limitTests";
import { moreRequests } from "./moreRequests";
import { missingOwn, ownTests, unavailableOwn } from "./ownLimits";
import type { OwnNumber } from "./ownNumbers";
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
  /** Of a rollout with metrics of its own. */
  readonly own?: readonly OwnNumber[];
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
  own: readonly OwnNumber[] = [],
): Verdict {
  const sample = sampleOf(step, canary, baseline, window);
  const all = limitsOf(step);
  const tests = [...limitTests(step, canary, sample), ...ownTests(step, canary, own, sample.share)];
  const limits = tests.map(({ result, isKept }) => ({
    ...result(falseAlarm / tests.length),
    isShown: isKept(falsePass, 1),
  }));
  const breaches = limits.flatMap(({ breach }) => breach ?? []);
  const missing = [
    ...missingFor(step, canary, sample, tests, falsePass),
    ...missingOwn(canary, own),
  ];
  const { latency: _latency, ...old } = sample.old;
  return {
    kind: breaches.length > 0 ? "breach" : missing.length > 0 ? "inconclusive" : "passed",
    reasons: breaches.length > 0 ? breaches : missing,
    notes: [
      ...limits.flatMap(({ note }) => note ?? []),
      ...(all.includes("maxP95Ratio") ? [] : [NO_RATIO]),
      ...unavailableOwn(own),
    ],
    limits,
    canary: totalsOf(sample.canary),
    old,
    ...(sample.comparison === undefined || !all.includes("maxDifferentPercent")
      ? {}
      : { comparison: sample.comparison }),
    ...(own.length === 0 ? {} : { own }),
  };
}

const NO_RATIO =
  "maxP95Ratio is not checked: at 100 % the old deployments get no requests to compare with";

/** What a step lacks to pass, as far as no limit is exceeded. */
function missingFor(
  { kind, gate }: RolloutStep,
  canary: string,
  sample: Sample,
  tests: readonly LimitTest[],
  risk: number,
): string[] {
  const { requests } = sample.canary;
  if (requests < gate.minRequests) {
    const what = { mirror: "mirrored ", shadow: "sampled ", live: "" }[kind];
    const came = counted(requests, `${what}request`, `${what}requests`);
    return [`${came} came to ${canary}, and minRequests is ${gate.minRequests}`];
  }
  const { compared = gate.minRequests } = sample.comparison ?? {};
  if (compared < gate.minRequests && tests.some(({ limit }) => limit === "maxDifferentPercent")) {
    const came = counted(compared, "answer", "answers");
    return [`${came} of ${canary} could be compared, and minRequests is ${gate.minRequests}`];
  }
  if (gate.passWhen === "noBreach") return [];
  return tests
    .filter(({ isKept }) => !isKept(risk, 1))
    .map(({ setting, isKept }) => {
      const more = moreRequests(requests, (factor) => isKept(risk, factor));
      const came = counted(requests, "request", "requests");
      return more === undefined
        ? `${came} do not show that ${canary} keeps ${setting}, and more like these never would`
        : `${came} do not show yet that ${canary} keeps ${setting}; about ${counted(more, "more request", "more requests")} like these would`;
    });
}

export interface Health {
  /** Why the canary cannot have requests, whatever its numbers. */
  readonly problem?: string;
  /** What has to be over before its split is changed. */
  readonly transient?: string;
}

export function canaryHealth({ deployments }: LiveSplit, canary: string): Health {
  const found = deployments.find(({ name }) => name === canary);
  if (found === undefined) return { problem: `the deployment ${canary} no longer exists` };
  const { provisioningState: state, detail } = found;
  if (state === "Succeeded") return {};
  const text =
    detail === undefined
      ? `the deployment ${canary} is ${state}, not Succeeded`
      : `${canary} ${detail}`;
  return isTransient(state) ? { transient: text } : { problem: text };
}
