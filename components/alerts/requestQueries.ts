import type { Objectives } from "../../config/objectives";

/** What failed by the service's fault, as the gate of a rollout counts it. */
const FAILED_STATUS = "408|424|429|5..";

/** The same in KQL. */
export const FAILED_IN_LOG = "ResponseCode in (408, 424, 429) or ResponseCode >= 500";

/** A table of the Log Analytics workspace with a row for each request (Azure Monitor, table AmlOnlineEndpointTrafficLog). */
export const TRAFFIC_LOG = "AmlOnlineEndpointTrafficLog";

/** Label of the gateway's metrics with the Service that a request went to: of the old or of the new release. */
export const TRACK_LABEL = "destination_service_name";

/** PromQL of a number by window, for example `5m`, and by label when one is given. */
export type Windowed = (window: string, by?: string) => string;

/** Requests a second through the cluster's gateway, which alerts compare and dashboards show. */
export interface RequestQueries {
  readonly all: Windowed;
  readonly failed: Windowed;
  readonly refused: Windowed;
  /** All that have a duration. */
  readonly timed: Windowed;
  /** Those of them that took longer than the objective. */
  readonly slow: Windowed;
  /** Duration in milliseconds that a share of the requests, 0 to 1, keep to. */
  readonly latency: (share: number, window: string, by: string) => string;
}

/** Metrics of the gateway's proxies (Istio, "Istio Standard Metrics"), which `gatewayScraping` collects. */
export function requestQueries(
  namespace: string,
  { latencyMs }: Pick<Objectives, "latencyMs">,
): RequestQueries {
  const REQUESTS = "istio_requests_total";
  const DURATION = "istio_request_duration_milliseconds";
  const rate = (metric: string, more: string, window: string, by?: string) =>
    `sum${by === undefined ? "" : ` by (${by}) `}(rate(${metric}{namespace="${namespace}"${more}}[${window}]))`;
  const timed: Windowed = (window, by) => rate(`${DURATION}_count`, "", window, by);
  return {
    all: (window, by) => rate(REQUESTS, "", window, by),
    failed: (window, by) => rate(REQUESTS, `,response_code=~"${FAILED_STATUS}"`, window, by),
    refused: (window, by) => rate(REQUESTS, ',response_code="429"', window, by),
    timed,
    slow: (window, by) =>
      `(${timed(window, by)} - ${rate(`${DURATION}_bucket`, `,le="${latencyMs}"`, window, by)})`,
    latency: (share, window, by) =>
      `histogram_quantile(${share}, ${rate(`${DURATION}_bucket`, "", window, `le, ${by}`)})`,
  };
}
