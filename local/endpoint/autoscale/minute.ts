/** Values of a minute, out of counters at its beginning and at its end. */
import { percentile } from "../metrics";
import type { MetricsSnapshot } from "../status";
import type { ScaleMetric } from "../spec";

/** Counters of a deployment at one moment. */
export interface Counters {
  /** Seconds of processor time by process of an instance; undefined where they cannot be read. */
  readonly processorSeconds: ReadonlyMap<number, number> | undefined;
  readonly requests: MetricsSnapshot;
  /** Of a clock that only goes forward. */
  readonly milliseconds: number;
}

type Percentile = Exclude<ScaleMetric, "CpuUtilizationPercentage" | "RequestLatency">;

const PERCENTILES: Readonly<Record<Percentile, number>> = {
  RequestLatency_P50: 50,
  RequestLatency_P90: 90,
  RequestLatency_P95: 95,
  RequestLatency_P99: 99,
};

/**
 * Utilization as the average of the instances, latencies of the requests that ended in between; what has no value is left out.
 *
 * @param cores of one instance
 */
export function valuesBetween(
  before: Counters,
  after: Counters,
  cores: number,
): Partial<Record<ScaleMetric, number>> {
  return { ...utilization(before, after, cores), ...latencies(before.requests, after.requests) };
}

function utilization(before: Counters, after: Counters, cores: number) {
  const instances = after.processorSeconds?.size ?? 0;
  const seconds = (after.milliseconds - before.milliseconds) / 1000;
  if (after.processorSeconds === undefined || instances === 0 || seconds <= 0) return {};
  // A process that was not there before has done all of it since.
  const used = [...after.processorSeconds].reduce(
    (sum, [pid, total]) => sum + Math.max(0, total - (before.processorSeconds?.get(pid) ?? 0)),
    0,
  );
  const percent = (100 * used) / (seconds * cores * instances);
  return { CpuUtilizationPercentage: Math.min(100, percent) };
}

function latencies(before: MetricsSnapshot, after: MetricsSnapshot) {
  const requests = after.requests - before.requests;
  if (requests <= 0) return {};
  const total = after.latencyMs.mean * after.requests - before.latencyMs.mean * before.requests;
  const former = new Map(before.latencyHistogram);
  const counts = after.latencyHistogram.map(
    ([bound, count]) => [bound, count - (former.get(bound) ?? 0)] as const,
  );
  return {
    RequestLatency: total / requests,
    ...Object.fromEntries(
      Object.entries(PERCENTILES).map(([name, percent]) => [
        name,
        percentile(counts, percent) ?? 0,
      ]),
    ),
  };
}
