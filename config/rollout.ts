import { dirname, join, resolve } from "node:path";
import { PROJECT_DIRECTORY } from "../projectDirectory";
import type { OwnMetric, QuerySources } from "./ownMetrics";
import { requestFiles, type RolloutSettings } from "./rolloutSettings";

/** When a step of a rollout has gone well. */
export interface Gate {
  /** Requests of the canary before its step passes. */
  readonly minRequests: number;
  /** Percent of the canary's requests that may be answered 408, 424, 429 or 5xx. */
  readonly maxErrorPercent: number;
  /** The canary's p95 as a multiple of the old deployments' in the same time. */
  readonly maxP95Ratio: number;
  /** The canary's p95 in milliseconds. */
  readonly maxP95Ms?: number;
  /** Percent of the compared answers that may differ from the old deployments'; only of a step that compares them. */
  readonly maxDifferentPercent?: number;
  readonly onBreach: "rollBack" | "stop";
  /** `noBreach`: when no limit was shown to be exceeded; `proven`: when all were shown to be kept. */
  readonly passWhen: PassWhen;
}

export type PassWhen = "noBreach" | "proven";

/** Percent of the requests from which a step must be proven, unless its gate says otherwise. */
const PROVEN_FROM = 50;

/** When a step passes whose gate does not say it. */
export function defaultPassWhen({
  kind,
  percent,
}: Pick<RolloutStep, "kind" | "percent">): PassWhen {
  return kind === "live" && percent >= PROVEN_FROM ? "proven" : "noBreach";
}

export interface RolloutStep {
  /**
   * `mirror`: that percent of the requests is mirrored to the canary; `live`: it answers that percent; `shadow`: it gets none of
   * them, and sampled requests by name.
   */
  readonly kind: "mirror" | "live" | "shadow";
  readonly percent: number;
  /** Of `shadow` alone. */
  readonly replay?: Replay;
  readonly dwellSeconds: number;
  readonly gate: Gate;
}

/** Requests that a rollout sends itself, each once to the canary and once to the old deployment. */
export interface Replay {
  readonly perSecond: number;
  readonly requests: number;
}

/** How answers of the old and the new deployment are compared. */
export interface Parity {
  /** Absolute path of the folder with recorded requests. */
  readonly requests: string;
  readonly absoluteTolerance: number;
  readonly relativeTolerance: number;
  readonly maxDifferentPercent: number;
  readonly ignore: readonly string[];
}

export interface RolloutPlan {
  /** A mirrored step at most, then live ones in ascending order; the last one has 100 percent. */
  readonly steps: readonly RolloutStep[];
  /** Absolute path of the folder with the requests of `shadow` steps; missing where there is none. */
  readonly samples?: string;
  /** Absolute path of the request for the smoke test. */
  readonly smoke: string;
  readonly parity?: Parity;
  /** Numbers that the team counts itself. @default none */
  readonly metrics?: readonly OwnMetric[];
  readonly sources?: QuerySources;
  /** That are expected of the endpoint. */
  readonly requestsPerSecond?: number;
  /** In percent: a canary within its limits is stopped in no more than the rest of all rollouts. */
  readonly confidence: number;
}

/**
 * The written plan with every step's gate in full and every path absolute. Requests that it does not name lie beside the
 * endpoint's YAML, so that another endpoint brings its own.
 */
export function rolloutPlan(
  { steps, gate, smoke, samples, parity, confidence, requestsPerSecond, ...own }: RolloutSettings,
  endpointFile: string,
): RolloutPlan {
  const beside = (name: string) => join(dirname(endpointFile), name);
  const absolute = (setting: string | undefined, name: string) =>
    setting === undefined ? beside(name) : resolve(PROJECT_DIRECTORY, setting);
  const sampled = samples === undefined ? undefined : resolve(PROJECT_DIRECTORY, samples);
  const requests = sampled === undefined ? 0 : requestFiles(sampled).length;
  return {
    steps: steps.map(({ dwellSeconds, gate: own, ...entry }): RolloutStep => {
      const share = shareOf(entry, requests);
      return { ...share, dwellSeconds, gate: gateOf(share, { ...gate, ...own }, parity) };
    }),
    confidence,
    ...(requestsPerSecond === undefined ? {} : { requestsPerSecond }),
    ...(own.metrics === undefined ? {} : { metrics: own.metrics }),
    ...sourcesOf(own),
    ...(sampled === undefined ? {} : { samples: sampled }),
    smoke: absolute(smoke, "sample-request.json"),
    ...(parity === undefined
      ? {}
      : { parity: { ...parity, requests: absolute(parity.requests, "requests") } }),
  };
}

function sourcesOf({
  prometheus,
  logAnalytics,
}: Pick<RolloutSettings, "prometheus" | "logAnalytics">): { readonly sources?: QuerySources } {
  if (prometheus === undefined && logAnalytics === undefined) return {};
  return {
    sources: {
      ...(prometheus === undefined ? {} : { prometheus }),
      ...(logAnalytics === undefined ? {} : { logAnalytics }),
    },
  };
}

type Share = Pick<RolloutStep, "kind" | "percent" | "replay">;

function shareOf(
  {
    mirror,
    shadow,
    percent = 100,
  }: Omit<RolloutSettings["steps"][number], "dwellSeconds" | "gate">,
  requests: number,
): Share {
  if (mirror !== undefined) return { kind: "mirror", percent: mirror };
  if (shadow === undefined) return { kind: "live", percent };
  return { kind: "shadow", percent: 0, replay: { perSecond: shadow, requests } };
}

/** What differs at most is a limit of steps that compare answers; unless it is written, it is that of the recorded requests. */
function gateOf(
  share: Pick<RolloutStep, "kind" | "percent">,
  { maxDifferentPercent, ...gate }: Omit<Gate, "passWhen"> & Partial<Pick<Gate, "passWhen">>,
  parity: RolloutSettings["parity"],
): Gate {
  const different = maxDifferentPercent ?? parity?.maxDifferentPercent;
  return {
    passWhen: defaultPassWhen(share),
    ...gate,
    ...(share.kind !== "live" && different !== undefined ? { maxDifferentPercent: different } : {}),
  };
}
