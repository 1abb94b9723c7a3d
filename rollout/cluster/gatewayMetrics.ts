import { trackName, type Track } from "../../config/production/scoringNames";
import { UserError } from "../../errors";
import type { Series } from "../querySources";
import type { Counters } from "../window";
import { TRACKS } from "./route";

/** Requests by backend, status and duration, as a gateway's pods export them. */
export interface GatewayMetrics {
  /** Selector of the counters' series. */
  readonly requests: string;
  readonly buckets: string;
  /** Label of a series that names the backend, and which it may be. */
  readonly backendLabel: string;
  readonly backend: (track: Track) => RegExp;
  readonly statusLabel: string;
  /** Unit of the buckets' bounds, in milliseconds. */
  readonly unitMs: number;
}

/**
 * By the class of the gateway:
 * - Istio, and AKS' application routing, whose gateways are Istio's: `istio_requests_total` and
 *   `istio_request_duration_milliseconds` (Istio documentation, "Istio Standard Metrics"). A gateway is the client, so its
 *   `reporter` is `source`.
 * - Traefik: `traefik_service_requests_total` and `traefik_service_request_duration_seconds` (its documentation,
 *   "Metrics"), whose `service` is `<namespace>-<name>-http-<port>@kubernetesgateway`
 *   (pkg/provider/kubernetes/gateway/httproute.go at v3.6.12).
 *
 * @throws UserError for any other class: what it exports is not known
 */
export function gatewayMetrics(gatewayClass: string, namespace: string): GatewayMetrics {
  if (gatewayClass === "approuting-istio" || gatewayClass === "istio") {
    const selector = `{reporter="source",destination_service_namespace="${namespace}",destination_service_name=~"${anyTrack()}"}`;
    return {
      requests: `istio_requests_total${selector}`,
      buckets: `istio_request_duration_milliseconds_bucket${selector}`,
      backendLabel: "destination_service_name",
      backend: (track) => new RegExp(`^${trackName(track)}$`),
      statusLabel: "response_code",
      unitMs: 1,
    };
  }
  if (gatewayClass === "traefik") {
    const selector = `{service=~"${namespace}-(${anyTrack()})-http-.*"}`;
    return {
      requests: `traefik_service_requests_total${selector}`,
      buckets: `traefik_service_request_duration_seconds_bucket${selector}`,
      backendLabel: "service",
      backend: (track) => new RegExp(`^${namespace}-${trackName(track)}-http-`),
      statusLabel: "code",
      unitMs: 1000,
    };
  }
  throw new UserError(
    `what a gateway of the class ${gatewayClass} exports of its requests is not known here; there is approuting-istio, istio and traefik`,
  );
}

function anyTrack(): string {
  return TRACKS.map(trackName).join("|");
}

/** Labels that tell the gateway's pods apart. */
const POD_LABELS = ["instance", "pod"];

/** The bucket without an upper bound, in JSON. */
export const UNBOUNDED = Number.MAX_SAFE_INTEGER;

/** Last value of each series in a time, those of pods that have gone included, summed up by what is needed. */
export function queriesOf(
  { requests, buckets, backendLabel, statusLabel }: GatewayMetrics,
  seconds: number,
): { readonly requests: string; readonly buckets: string } {
  const last = (selector: string, label: string) =>
    `sum by (${[...POD_LABELS, backendLabel, label].join(", ")}) (last_over_time(${selector}[${seconds}s]))`;
  return { requests: last(requests, statusLabel), buckets: last(buckets, "le") };
}

/** Counters of each of the gateway's pods, by track. */
export type PodCounters = Readonly<Partial<Record<Track, Readonly<Record<string, Counters>>>>>;

export function countersFrom(
  metrics: GatewayMetrics,
  requests: readonly Series[],
  buckets: readonly Series[],
): PodCounters {
  const { backendLabel, backend } = metrics;
  const podOf = ({ labels }: Series) =>
    POD_LABELS.map((label) => labels[label] ?? "")
      .join(" ")
      .trim();
  return Object.fromEntries(
    TRACKS.map((track) => {
      const isOfTrack = ({ labels }: Series) => backend(track).test(labels[backendLabel] ?? "");
      const own = requests.filter(isOfTrack);
      const ownBuckets = buckets.filter(isOfTrack);
      const pods = [...new Set(own.map(podOf))].map((pod) => [
        pod,
        countersOf(
          metrics,
          own.filter((series) => podOf(series) === pod),
          ownBuckets.filter((series) => podOf(series) === pod),
        ),
      ]);
      return [track, Object.fromEntries(pods) as Record<string, Counters>];
    }),
  );
}

function countersOf(
  { statusLabel, unitMs }: GatewayMetrics,
  requests: readonly Series[],
  buckets: readonly Series[],
): Counters {
  const byStatus = summed(requests.map(({ labels, value }) => [labels[statusLabel] ?? "", value]));
  const cumulative = summed(
    buckets.map(({ labels: { le = "" }, value }) => [
      le === "+Inf" ? UNBOUNDED : Number(le) * unitMs,
      value,
    ]),
  );
  const bounds = [...cumulative].toSorted(([a], [b]) => a - b);
  return {
    requests: [...byStatus.values()].reduce((sum, count) => sum + count, 0),
    byStatus: Object.fromEntries(byStatus),
    histogram: bounds.map(([bound, upTo], index) => [bound, upTo - (bounds[index - 1]?.[1] ?? 0)]),
  };
}

function summed<K>(entries: readonly (readonly [K, number])[]): Map<K, number> {
  const sums = new Map<K, number>();
  for (const [key, value] of entries) sums.set(key, (sums.get(key) ?? 0) + value);
  return sums;
}
