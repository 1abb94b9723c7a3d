/** What became of the requests of a load: counts and percentiles, by deployment. */
import { createHistogram, type RecordableHistogram } from "node:perf_hooks";

export interface Answer {
  readonly status: number;
  /** That answered, by the response's header; missing where the endpoint answered for itself. */
  readonly deployment?: string;
}

/** Milliseconds. */
export interface Latencies {
  readonly p50: number;
  readonly p95: number;
  readonly p99: number;
  readonly max: number;
}

export interface DeploymentResult {
  /** Missing for what the endpoint answered for itself. */
  readonly name?: string;
  readonly answered: number;
  readonly byStatus: ReadonlyMap<number, number>;
  readonly latencyMs: Latencies;
}

export interface LoadResult {
  /** Requests whose time came. */
  readonly due: number;
  readonly answered: number;
  /** Whose time came while as many as allowed were in flight. */
  readonly notSent: number;
  /** Sent, and neither answered nor failed when the load ended. */
  readonly inFlight: number;
  /** Sent and never answered, by reason. */
  readonly noAnswer: ReadonlyMap<string, number>;
  readonly deployments: readonly DeploymentResult[];
  readonly latencyMs: Latencies;
}

export interface Results {
  due(): void;
  skip(): void;
  answer(answer: Answer, latencyMs: number): void;
  fail(reason: string): void;
  result(): LoadResult;
}

interface Counts {
  readonly byStatus: Map<number, number>;
  readonly histogram: RecordableHistogram;
}

/**
 * Node's histogram is an HdrHistogram (nodejs.org/api/perf_hooks.html, "perf_hooks.createHistogram"): with three figures, each
 * percentile is within 0.1 percent. It counts whole numbers; here microseconds, to an hour.
 */
const HISTOGRAM = { lowest: 1, highest: 3_600_000_000, figures: 3 };
const PER_MS = 1000;

export function collectResults(): Results {
  const all = createHistogram(HISTOGRAM);
  const byDeployment = new Map<string | undefined, Counts>();
  const noAnswer = new Map<string, number>();
  let [due, answered, notSent, failed] = [0, 0, 0, 0];

  const countsOf = (name: string | undefined): Counts => {
    const found = byDeployment.get(name) ?? {
      byStatus: new Map<number, number>(),
      histogram: createHistogram(HISTOGRAM),
    };
    byDeployment.set(name, found);
    return found;
  };
  return {
    due() {
      due += 1;
    },
    skip() {
      notSent += 1;
    },
    answer({ status, deployment }, latencyMs) {
      answered += 1;
      const { byStatus, histogram } = countsOf(deployment);
      byStatus.set(status, (byStatus.get(status) ?? 0) + 1);
      const microseconds = Math.max(1, Math.round(latencyMs * PER_MS));
      for (const one of [histogram, all]) one.record(Math.min(microseconds, HISTOGRAM.highest));
    },
    fail(reason) {
      failed += 1;
      noAnswer.set(reason, (noAnswer.get(reason) ?? 0) + 1);
    },
    result: () => ({
      due,
      answered,
      notSent,
      inFlight: due - answered - notSent - failed,
      noAnswer: new Map(noAnswer),
      deployments: [...byDeployment].map(([name, { byStatus, histogram }]) => ({
        ...(name === undefined ? {} : { name }),
        answered: histogram.count,
        byStatus: new Map(byStatus),
        latencyMs: latenciesOf(histogram),
      })),
      latencyMs: latenciesOf(all),
    }),
  };
}

function latenciesOf(histogram: RecordableHistogram): Latencies {
  if (histogram.count === 0) return { p50: 0, p95: 0, p99: 0, max: 0 };
  const at = (percent: number) => histogram.percentile(percent) / PER_MS;
  return { p50: at(50), p95: at(95), p99: at(99), max: histogram.max / PER_MS };
}
