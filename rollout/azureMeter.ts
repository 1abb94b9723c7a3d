import type { Arm } from "../traffic/arm";
import { endpointId, type EndpointPlace } from "../traffic/liveEndpoint";
import type { Clock } from "./clock";
import type { Meter } from "./meter";
import {
  errorsIn,
  weightedMean,
  type DeploymentWindow,
  type Minute,
  type Window,
  type WindowMetrics,
} from "./window";

/** Microsoft.Insights, stable/2024-02-01/metrics_API.json in azure-rest-api-specs. */
const METRICS_VERSION = "2024-02-01";

const MINUTE_MS = 60_000;

/**
 * Time series of one answer. The API gives 10 unless told (metrics_API.json, `top`); an endpoint has 20 deployments at
 * most and some ten different status codes.
 */
const MOST_SERIES = "500";

/**
 * Reads Azure Monitor's platform metrics of an online endpoint (Microsoft Learn "Supported metrics for
 * Microsoft.MachineLearningServices/workspaces/onlineEndpoints"): `RequestsPerMinute`, "the number of requests sent to
 * online endpoint within a minute", by `deployment` and `statusCode`, and `RequestLatency_P95` by `deployment`. Both have
 * one value a minute and the aggregation Average, so requests are the sum of the minutes' averages. The p95 of a longer time
 * cannot be had from those of its minutes; their mean, weighted by requests, stands for it.
 *
 * A window begins with the first whole minute after its mark: the minute of the change has requests of before.
 */
export function azureMeter(arm: Arm, place: EndpointPlace, clock: Clock): Meter {
  const path = `${endpointId(place)}/providers/Microsoft.Insights/metrics`;
  const ask = (name: string, filter: string, timespan: string) =>
    arm.get<MetricsAnswer>(path, {
      "api-version": METRICS_VERSION,
      metricnamespace: "Microsoft.MachineLearningServices/workspaces/onlineEndpoints",
      metricnames: name,
      $filter: filter,
      timespan,
      interval: "PT1M",
      aggregation: "Average",
      top: MOST_SERIES,
    });
  return {
    caveats: [
      "Azure Monitor shows requests some minutes late.",
      "It does not tell mirrored requests from requests that name the deployment, and whether it counts mirrored requests at all is not documented.",
    ],
    begin: () => Promise.resolve({ kind: "azure", from: new Date(clock.now()).toISOString() }),
    async since(marker) {
      if (marker.kind !== "azure") throw new Error("the marker belongs to another meter");
      const from = Math.ceil(Date.parse(marker.from) / MINUTE_MS) * MINUTE_MS;
      const to = clock.now();
      if (to <= from) return new Map();
      const timespan = `${new Date(from).toISOString()}/${new Date(to).toISOString()}`;
      const requests = await ask(
        "RequestsPerMinute",
        "deployment eq '*' and statusCode eq '*'",
        timespan,
      );
      const latency = await ask("RequestLatency_P95", "deployment eq '*'", timespan);
      return windowOf(seriesOf(requests?.body), seriesOf(latency?.body));
    },
  };
}

interface MetricsAnswer {
  readonly value?: readonly {
    readonly timeseries?: readonly {
      readonly metadatavalues?: readonly {
        readonly name: { readonly value: string };
        readonly value: string;
      }[];
      readonly data?: readonly { readonly timeStamp: string; readonly average?: number | null }[];
    }[];
  }[];
}

interface Series {
  readonly deployment: string;
  readonly statusCode: string;
  /** Value by minute; minutes without one are left out. */
  readonly values: readonly (readonly [minute: string, value: number])[];
}

/** Names of dimensions come back in lower case (GetMetric.json among the API's examples). */
function seriesOf(answer: MetricsAnswer | undefined): Series[] {
  return (answer?.value ?? [])
    .flatMap(({ timeseries = [] }) => timeseries)
    .map(({ metadatavalues = [], data = [] }) => {
      const dimension = (wanted: string) =>
        metadatavalues.find(({ name }) => name.value.toLowerCase() === wanted)?.value ?? "";
      return {
        deployment: dimension("deployment"),
        statusCode: dimension("statuscode"),
        values: data.flatMap(({ timeStamp, average }) =>
          average == null ? [] : [[timeStamp, average] as const],
        ),
      };
    });
}

function windowOf(requests: readonly Series[], latencies: readonly Series[]): Window {
  const deployments = new Set(requests.map(({ deployment }) => deployment));
  return new Map(
    [...deployments]
      .filter((name) => name !== "")
      .map((name): [string, DeploymentWindow] => {
        const ofName = requests.filter(({ deployment }) => deployment === name);
        const latency = latencies.find(({ deployment }) => deployment === name);
        const metrics = metricsOf(ofName, latency);
        // Not to be told apart; during a mirrored step the canary has no live requests but those that name it.
        return [name, { live: metrics, mirrored: metrics }];
      }),
  );
}

function metricsOf(requests: readonly Series[], latency: Series | undefined): WindowMetrics {
  const byStatus: Record<string, number> = {};
  const byMinute = new Map<string, number>();
  for (const { statusCode, values } of requests) {
    for (const [minute, value] of values) {
      byStatus[statusCode] = (byStatus[statusCode] ?? 0) + value;
      byMinute.set(minute, (byMinute.get(minute) ?? 0) + value);
    }
  }
  const rounded = Object.fromEntries(
    Object.entries(byStatus)
      .map(([status, count]) => [status, Math.round(count)] as const)
      .filter(([, count]) => count > 0),
  );
  const minutes = (latency?.values ?? [])
    .map(([minute, p95Ms]): [string, Minute] => [
      minute,
      { p95Ms, requests: byMinute.get(minute) ?? 0 },
    ])
    .filter(([, { requests: count }]) => count > 0);
  const p95 = weightedMean(minutes.map(([, { p95Ms, requests: count }]) => [p95Ms, count]));
  return {
    requests: Object.values(rounded).reduce((sum, count) => sum + count, 0),
    errors: errorsIn(rounded),
    byStatus: rounded,
    ...(p95 === undefined ? {} : { p95Ms: p95 }),
    ...(minutes.length === 0
      ? {}
      : { latency: { kind: "minutes", minutes: new Map(minutes) } as const }),
  };
}
