import type { OwnMetric } from "../config/ownMetrics";
import type { Counts } from "../statistics/eValue";
import type { Context } from "./context";
import { QueryFailure, type QuerySource } from "./querySources";
import type { Rollout } from "./state";

/** What the queries of one metric gave in the time of a step. */
export interface OwnNumber {
  readonly metric: OwnMetric;
  readonly canary?: Counts;
  /** Together; missing where they get no requests. */
  readonly old?: Counts;
  /** Why there are no numbers: then nothing is known, which is never good. */
  readonly problem?: string;
  /** Nothing here answers such a query. */
  readonly isUnavailable?: true;
}

/** @param from when the step began, in ISO 8601 */
export function ownNumbers(
  context: Context,
  { metrics, canary, baseline, steps }: Rollout,
  step: number,
  from: string,
): Promise<OwnNumber[]> {
  const { kind, percent } = steps[step] ?? {};
  // Sampled requests are not what callers send.
  if (kind === "shadow") return Promise.resolve([]);
  const isAlone = kind === "live" && percent === 100;
  const old = Object.keys(baseline).filter((name) => name !== canary && (baseline[name] ?? 0) > 0);
  return Promise.all(
    metrics.map(async (metric): Promise<OwnNumber> => {
      const source = context.queries?.[metric.language];
      if (source === undefined) return { metric, isUnavailable: true };
      const counts = (deployment: string) => countsOf(context, source, metric, deployment, from);
      try {
        const [own, ...others] = await Promise.all([
          counts(canary),
          ...(isAlone ? [] : old.map(counts)),
        ]);
        return { metric, canary: own, ...(isAlone ? {} : { old: together(others) }) };
      } catch (error) {
        if (!(error instanceof QueryFailure)) throw error;
        return { metric, problem: error.message };
      }
    }),
  );
}

async function countsOf(
  { clock, endpoint }: Context,
  source: QuerySource,
  metric: OwnMetric,
  deployment: string,
  from: string,
): Promise<Counts> {
  const seconds = Math.max(1, Math.round((clock.now() - Date.parse(from)) / 1000));
  const values = { deployment, endpoint: endpoint.name, seconds: String(seconds), from };
  const ask = async (which: "hits" | "total") => {
    try {
      return await source.ask(filled(metric[which], values));
    } catch (error) {
      if (!(error instanceof QueryFailure)) throw error;
      throw new QueryFailure(`${which} of ${deployment}: ${error.message}`);
    }
  };
  const [hits, trials] = await Promise.all([ask("hits"), ask("total")]);
  if (hits < 0 || hits > trials) {
    throw new QueryFailure(`hits of ${deployment} are ${hits}, and its total is ${trials}`);
  }
  return { hits, trials };
}

function filled(query: string, values: Readonly<Record<string, string>>): string {
  return query.replaceAll(/\{([a-z]+)\}/g, (all, name: string) => values[name] ?? all);
}

function together(all: readonly Counts[]): Counts {
  const sum = (key: keyof Counts) => all.reduce((total, one) => total + one[key], 0);
  return { hits: sum("hits"), trials: sum("trials") };
}
