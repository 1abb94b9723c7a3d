import type { RolloutStep } from "../config/rollout";
import type { Traffic } from "../traffic/split";
import { isTransient } from "../traffic/splitRules";
import type { LiveEndpoint } from "../traffic/liveEndpoint";
import { errorsIn, weightedMean, type Window, type WindowMetrics } from "./window";
import { counted, shortNumber } from "./format";

/** What a gate says of a step. */
export interface Verdict {
  /** `inconclusive`: too few requests came to say anything. */
  readonly kind: "passed" | "breach" | "inconclusive";
  /** Which number broke which limit; for an inconclusive one, what is missing. */
  readonly reasons: readonly string[];
  /** Limits that could not be checked, and why. */
  readonly notes: readonly string[];
  readonly canary: WindowMetrics;
  readonly old: OldDeployments;
}

/** The deployments that the canary is to replace, together. */
interface OldDeployments {
  readonly requests: number;
  /** Mean of their p95, weighted by requests; missing where there were none. */
  readonly p95Ms?: number;
}

const NOTHING: WindowMetrics = { requests: 0, errors: 0, byStatus: {} };

/** Judges what came in a step's time by its limits. */
export function judge(
  { kind, gate }: RolloutStep,
  canary: string,
  baseline: Traffic,
  window: Window,
): Verdict {
  const seen = window.get(canary);
  const metrics = (kind === "mirror" ? seen?.mirrored : seen?.live) ?? NOTHING;
  const old = oldDeployments(baseline, canary, window);
  const verdict = { canary: metrics, old };
  if (metrics.requests < gate.minRequests) {
    const came =
      kind === "mirror"
        ? counted(metrics.requests, "mirrored request", "mirrored requests")
        : counted(metrics.requests, "request", "requests");
    const reason = `${came} came to ${canary}, and minRequests is ${gate.minRequests}`;
    return { kind: "inconclusive", reasons: [reason], notes: [], ...verdict };
  }
  const errors = errorBreach(canary, metrics, gate.maxErrorPercent);
  const absolute = latencyBreach(canary, metrics, gate.maxP95Ms);
  const ratio = ratioBreach(canary, metrics, old, gate);
  const reasons = [errors, absolute, ratio.breach].filter((reason) => reason !== undefined);
  return {
    kind: reasons.length > 0 ? "breach" : "passed",
    reasons,
    notes: ratio.note === undefined ? [] : [ratio.note],
    ...verdict,
  };
}

function errorBreach(canary: string, metrics: WindowMetrics, limit: number): string | undefined {
  const percent = (100 * metrics.errors) / metrics.requests;
  if (percent <= limit) return undefined;
  const statuses = Object.entries(metrics.byStatus)
    .filter(([status]) => errorsIn({ [status]: 1 }) > 0)
    .map(([status, count]) => `${status}: ${count}`);
  return `${shortNumber(percent)} % of ${metrics.requests} requests to ${canary} failed (${statuses.join(", ")}), more than maxErrorPercent ${limit}`;
}

function latencyBreach(
  canary: string,
  { p95Ms }: WindowMetrics,
  limit: number | undefined,
): string | undefined {
  if (limit === undefined || p95Ms === undefined || p95Ms <= limit) return undefined;
  return `p95 of ${canary} is ${shortNumber(p95Ms)} ms, more than maxP95Ms ${limit}`;
}

function ratioBreach(
  canary: string,
  { p95Ms }: WindowMetrics,
  old: OldDeployments,
  { maxP95Ratio, minRequests }: RolloutStep["gate"],
): { breach?: string; note?: string } {
  if (old.requests < minRequests || old.p95Ms === undefined || p95Ms === undefined) {
    const came = counted(old.requests, "request", "requests");
    const note = `maxP95Ratio is not checked: ${came} came to the old deployments, and minRequests is ${minRequests}`;
    return { note };
  }
  if (p95Ms <= maxP95Ratio * old.p95Ms) return {};
  return {
    breach: `p95 of ${canary} is ${shortNumber(p95Ms)} ms, more than maxP95Ratio ${maxP95Ratio} times the old deployments' ${shortNumber(old.p95Ms)} ms`,
  };
}

function oldDeployments(baseline: Traffic, canary: string, window: Window): OldDeployments {
  const all = Object.keys(baseline)
    .filter((name) => name !== canary && (baseline[name] ?? 0) > 0)
    .flatMap((name) => window.get(name)?.live ?? []);
  const p95Ms = weightedMean(
    all.flatMap(({ p95Ms: own, requests }) => (own === undefined ? [] : [[own, requests]])),
  );
  return {
    requests: all.reduce((sum, { requests }) => sum + requests, 0),
    ...(p95Ms === undefined ? {} : { p95Ms }),
  };
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
