/** What the page's charts show: rates between two looks at the router's counters. */
import type { EndpointStatus, MetricsSnapshot } from "../status";
import { percentile, type Histogram } from "../metrics";

/** One look at the counters. */
export interface Look {
  /** Milliseconds since 1970. */
  readonly at: number;
  readonly status: EndpointStatus;
}

/** What a deployment did between two looks. */
export interface Rates {
  /** Live and mirrored requests a second. */
  readonly perSecond: number;
  /** Answers of 400 and above, a second. */
  readonly failedPerSecond: number;
  /** Missing where there was no request. */
  readonly p95Ms?: number;
}

export interface Sample {
  readonly at: number;
  readonly rates: ReadonlyMap<string, Rates>;
}

/** Counters of another revision, and of an endpoint that was started since, have begun at zero. */
export function sampleBetween(before: Look, after: Look): Sample {
  const seconds = Math.max(0.001, (after.at - before.at) / 1000);
  const isSame = before.status.startedAt === after.status.startedAt;
  return {
    at: after.at,
    rates: new Map(
      after.status.deployments.map((one) => {
        const former = before.status.deployments.find(
          ({ name, revision }) => isSame && name === one.name && revision === one.revision,
        );
        const live = since(former?.metrics, one.metrics);
        const mirrored = since(former?.mirrored, one.mirrored);
        const p95Ms = percentile([...live.histogram, ...mirrored.histogram], 95);
        return [
          one.name,
          {
            perSecond: (live.requests + mirrored.requests) / seconds,
            failedPerSecond: (live.failed + mirrored.failed) / seconds,
            ...(p95Ms === undefined ? {} : { p95Ms }),
          },
        ];
      }),
    ),
  };
}

function since(before: MetricsSnapshot | undefined, after: MetricsSnapshot) {
  const former = new Map(before?.latencyHistogram);
  const histogram: Histogram = after.latencyHistogram
    .map(([bound, count]) => [bound, count - (former.get(bound) ?? 0)] as const)
    .filter(([, count]) => count > 0);
  return {
    requests: after.requests - (before?.requests ?? 0),
    failed: failedIn(after) - (before === undefined ? 0 : failedIn(before)),
    histogram,
  };
}

/** Whatever was not answered with less than 400, callers that left among them. */
function failedIn({ byStatus }: MetricsSnapshot): number {
  return Object.entries(byStatus)
    .filter(([code]) => Number(code) >= 400)
    .reduce((sum, [, count]) => sum + count, 0);
}
