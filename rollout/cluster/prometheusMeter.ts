import { UserError } from "../../errors";
import { merged, sum, type Bucket } from "../../statistics/quantile";
import type { Clock } from "../clock";
import type { Marker, Meter } from "../meter";
import { QueryFailure, type Series } from "../querySources";
import { difference, NO_REQUESTS, type DeploymentWindow, type WindowMetrics } from "../window";
import { countersFrom, queriesOf, UNBOUNDED, type GatewayMetrics } from "./gatewayMetrics";
import { TRACKS } from "./route";

/** Gives the series of an instant query at a time. */
export type SeriesSource = (query: string, at: number) => Promise<readonly Series[]>;

/** How long Prometheus looks back for the last value by itself ("Querying basics", Staleness). */
const LOOKBACK_SECONDS = 300;
/** What a window looks back beyond its beginning, for counters that were not read since. */
const MARGIN_SECONDS = 60;

/**
 * Counts requests by the counters of the gateway's pods in a Prometheus: whole numbers as they were read last, subtracted
 * pod by pod. `increase()` would extrapolate to the edges of the window, and would not see the first error of a status that
 * had none before ("Query functions", increase).
 */
export function prometheusMeter(
  source: SeriesSource,
  metricsOfGateway: () => Promise<GatewayMetrics>,
  clock: Clock,
): Meter {
  const read = async (seconds: number) => {
    const metrics = await metricsOfGateway();
    const now = clock.now();
    const queries = queriesOf(metrics, Math.ceil(seconds));
    const [requests, buckets] = await Promise.all([
      source(queries.requests, now),
      source(queries.buckets, now),
    ]).catch((error: unknown) => {
      if (!(error instanceof QueryFailure)) throw error;
      throw new UserError(`the requests cannot be counted: ${error.message}`);
    });
    return { now, counters: countersFrom(metrics, requests, buckets) };
  };
  return {
    caveats: [
      "Prometheus reads the gateway's counters at intervals, so that requests show some seconds late.",
    ],
    begin: async () => {
      const { now, counters } = await read(LOOKBACK_SECONDS);
      const deployments = mutable(counters);
      return { kind: "prometheus", from: new Date(now).toISOString(), deployments };
    },
    since: async (marker) => {
      if (marker.kind !== "prometheus") throw new Error("the marker belongs to another meter");
      const elapsed = (clock.now() - Date.parse(marker.from)) / 1000;
      const { counters } = await read(Math.max(elapsed, 0) + MARGIN_SECONDS);
      return new Map(
        TRACKS.map((track): [string, DeploymentWindow] => {
          const before = marker.deployments[track] ?? {};
          const pods = Object.entries(counters[track] ?? {}).map(([pod, after]) => {
            const bounds = after.histogram.map(([bound]) => bound);
            const below = (bound: number) => bounds[bounds.indexOf(bound) - 1] ?? 0;
            return difference(before[pod] ?? NO_REQUESTS, after, below);
          });
          return [track, { live: together(pods), mirrored: together([]) }];
        }),
      );
    },
  };
}

type Deployments = Extract<Marker, { kind: "prometheus" }>["deployments"];

function mutable(counters: ReturnType<typeof countersFrom>): Deployments {
  return JSON.parse(JSON.stringify(counters)) as Deployments;
}

function together(pods: readonly WindowMetrics[]): WindowMetrics {
  const byStatus: Record<string, number> = {};
  for (const [status, count] of pods.flatMap((pod) => Object.entries(pod.byStatus))) {
    byStatus[status] = (byStatus[status] ?? 0) + count;
  }
  const total = (key: "requests" | "errors") => pods.reduce((all, pod) => all + pod[key], 0);
  const buckets = merged(
    pods.map(({ latency }) => (latency?.kind === "histogram" ? latency.buckets : [])),
  );
  const p95Ms = p95Of(buckets);
  return {
    requests: total("requests"),
    errors: total("errors"),
    byStatus,
    ...(p95Ms === undefined ? {} : { p95Ms }),
    ...(buckets.length === 0 ? {} : { latency: { kind: "histogram", buckets } as const }),
  };
}

/** Upper bound of the bucket with the 95th percentile; the lower one where it has no upper. */
function p95Of(buckets: readonly Bucket[]): number | undefined {
  const wanted = 0.95 * sum(buckets);
  let seen = 0;
  for (const { from, to, count } of buckets) {
    seen += count;
    if (seen >= wanted) return to === UNBOUNDED ? from : to;
  }
  return undefined;
}
