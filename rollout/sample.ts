import type { RolloutStep } from "../config/rollout";
import type { Traffic } from "../traffic/split";
import { merged, type Bucket } from "../statistics/quantile";
import { weightedMean, type Latency, type Minute, type Window } from "./window";
import type { Compared, WindowMetrics } from "./window";
import { percentile } from "../local/endpoint/metrics";

/** What a step's limits are tested by. */
export interface Sample {
  /** Live or mirrored requests, whichever the step is about. */
  readonly canary: WindowMetrics;
  readonly old: OldDeployments;
  /** The canary's answers to mirrored requests beside the live ones; missing where there are none, or nobody gets them. */
  readonly comparison?: Compared;
  /** The canary's part of the requests to it and the old deployments; missing when these get none. */
  readonly share?: number;
}

/** The deployments that the canary is to replace, together. */
export interface OldDeployments {
  readonly requests: number;
  readonly errors: number;
  /** Missing where there were no requests. */
  readonly p95Ms?: number;
  readonly latency?: Latency;
}

const NOTHING: WindowMetrics = { requests: 0, errors: 0, byStatus: {} };

/** What came in a step's time. */
export function sampleOf(
  step: Pick<RolloutStep, "kind" | "percent">,
  canary: string,
  baseline: Traffic,
  window: Window,
): Sample {
  const seen = window.get(canary);
  const share = shareOf(step);
  return {
    canary: (step.kind === "mirror" ? seen?.mirrored : seen?.live) ?? NOTHING,
    old: oldDeployments(baseline, canary, window),
    ...(step.kind !== "live" && seen?.comparison !== undefined
      ? { comparison: seen.comparison }
      : {}),
    ...(share === undefined ? {} : { share }),
  };
}

/** A mirrored request is one more beside the live one that it is a copy of. */
export function shareOf({
  kind,
  percent,
}: Pick<RolloutStep, "kind" | "percent">): number | undefined {
  // Each sampled request is sent to both.
  if (kind === "shadow") return 0.5;
  if (kind === "mirror") return percent / (100 + percent);
  return percent === 100 ? undefined : percent / 100;
}

function oldDeployments(baseline: Traffic, canary: string, window: Window): OldDeployments {
  const all = Object.keys(baseline)
    .filter((name) => name !== canary && (baseline[name] ?? 0) > 0)
    .flatMap((name) => window.get(name)?.live ?? []);
  const total = (key: "requests" | "errors") => all.reduce((sum, one) => sum + one[key], 0);
  const latency = together(all.flatMap(({ latency: own }) => own ?? []));
  const p95Ms =
    latency?.kind === "histogram"
      ? percentile(
          latency.buckets.map(({ to, count }) => [to, count]),
          95,
        )
      : weightedMean(
          all.flatMap(({ p95Ms: own, requests }) => (own === undefined ? [] : [[own, requests]])),
        );
  return {
    requests: total("requests"),
    errors: total("errors"),
    ...(p95Ms === undefined ? {} : { p95Ms }),
    ...(latency === undefined ? {} : { latency }),
  };
}

/** The latencies of several deployments as those of one; one meter gives all of the same kind. */
function together(all: readonly Latency[]): Latency | undefined {
  const histograms = all.flatMap((one): (readonly Bucket[])[] =>
    one.kind === "histogram" ? [one.buckets] : [],
  );
  if (histograms.length > 0) return { kind: "histogram", buckets: merged(histograms) };
  const byMinute = new Map<string, Minute[]>();
  for (const one of all) {
    if (one.kind !== "minutes") continue;
    for (const [name, minute] of one.minutes) {
      byMinute.set(name, [...(byMinute.get(name) ?? []), minute]);
    }
  }
  if (byMinute.size === 0) return undefined;
  const minutes = new Map([...byMinute].map(([name, ones]) => [name, oneMinute(ones)]));
  return { kind: "minutes", minutes };
}

function oneMinute(ones: readonly Minute[]): Minute {
  return {
    p95Ms: weightedMean(ones.map(({ p95Ms, requests }) => [p95Ms, requests])) ?? 0,
    requests: ones.reduce((sum, { requests }) => sum + requests, 0),
  };
}
