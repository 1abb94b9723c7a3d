/** Plays Azure Monitor's autoscale for the deployments that have it: observes them every minute, and scales them. */
import type { Deployment } from "../deployment";
import type { AutoscaleSpec, ScaleMetric } from "../spec";
import type { AutoscaleStatus } from "../status";
import { decide, type Decision, type MetricValue, type ScaleState } from "./decide";
import { valuesBetween, type Counters } from "./minute";
import type { ProcessorTimes } from "./processorTime";

/** A deployment that runs, with the limits and rules that were applied last. */
export interface ScaledDeployment {
  readonly deployment: Deployment;
  readonly autoscale: AutoscaleSpec;
}

export interface AutoscalerOptions {
  readonly deployments: () => readonly ScaledDeployment[];
  /**
   * Resolves when the deployment has so many instances: the new ones are ready, or the removed ones have ended. Rejects when
   * new ones do not start.
   */
  readonly scale: (deployment: Deployment, count: number) => Promise<void>;
  readonly clock: AutoscaleClock;
  readonly processorTimes: () => ProcessorTimes;
}

/** When a minute is over. */
export interface AutoscaleClock {
  /** Milliseconds since 1970. */
  now(): number;
  /** @returns what stops it */
  everyMinute(work: () => Promise<void>): () => void;
}

export const systemClock: AutoscaleClock = {
  now: () => Date.now(),
  everyMinute(work) {
    const timer = setInterval(() => void work(), 60_000);
    return () => {
      clearInterval(timer);
    };
  },
};

/** What is known of one deployment, over its revisions: for Azure Monitor it stays the same resource. */
interface Scaled {
  readonly history: Map<ScaleMetric, MetricValue[]>;
  /** Of the revision that runs. */
  counters?: { readonly of: Deployment; readonly values: Counters };
  lastAction?: ScaleState["lastAction"] & object;
  lastChange?: AutoscaleStatus["lastChange"];
  isScaling: boolean;
}

export class Autoscaler {
  private readonly scaled = new Map<string, Scaled>();
  readonly stop: () => void;

  constructor(private readonly options: AutoscalerOptions) {
    this.stop = options.clock.everyMinute(() => this.minute());
  }

  /** Undefined for a deployment that is not scaled. */
  status(name: string): AutoscaleStatus | undefined {
    const all = this.options.deployments();
    const autoscale = all.find(({ deployment }) => deployment.name === name)?.autoscale;
    if (autoscale === undefined) return undefined;
    const lastChange = this.scaled.get(name)?.lastChange;
    return {
      minimum: autoscale.minimum,
      maximum: autoscale.maximum,
      ...(lastChange === undefined ? {} : { lastChange }),
    };
  }

  /** Resolves when everything that this minute asks for is done. Never rejects. */
  private async minute(): Promise<void> {
    const { deployments, processorTimes, clock } = this.options;
    const all = deployments();
    const names = all.map(({ deployment }) => deployment.name);
    for (const name of this.scaled.keys()) if (!names.includes(name)) this.scaled.delete(name);
    if (all.length === 0) return;
    const [times, now] = [processorTimes(), clock.now()];
    await Promise.all(all.map((one) => this.observe(one, times, now)));
  }

  private async observe(
    { deployment, autoscale }: ScaledDeployment,
    times: ProcessorTimes,
    now: number,
  ): Promise<void> {
    const known: Scaled = this.scaled.get(deployment.name) ?? {
      history: new Map(),
      isScaling: false,
    };
    this.scaled.set(deployment.name, known);
    const values = countersOf(deployment, times);
    if (known.counters?.of === deployment) {
      remember(known.history, valuesBetween(known.counters.values, values, autoscale.cores), now);
    }
    known.counters = { of: deployment, values };
    forget(known.history, autoscale, now);
    // A minute can end while the change of an earlier one is under way.
    if (known.isScaling) return;
    const { lastAction } = known;
    const state = {
      count: deployment.instanceCount(),
      ...(lastAction === undefined ? {} : { lastAction }),
    };
    const decision = decide(autoscale, state, Object.fromEntries(known.history), now);
    if (decision.count !== state.count) await this.carryOut(deployment, known, decision, now);
  }

  private async carryOut(
    deployment: Deployment,
    known: Scaled,
    { count, reason, cooldownMs }: Decision,
    now: number,
  ): Promise<void> {
    const from = deployment.instanceCount();
    known.isScaling = true;
    if (cooldownMs > 0) known.lastAction = { at: now, cooldownMs };
    let hasFailed = false;
    try {
      await this.options.scale(deployment, count);
    } catch {
      // What an instance printed is in its log; the next minute tries again after the cooldown.
      hasFailed = true;
    } finally {
      known.isScaling = false;
    }
    known.lastChange = { at: new Date(now).toISOString(), from, to: count, reason, hasFailed };
  }
}

function countersOf(deployment: Deployment, times: ProcessorTimes): Counters {
  const pids = deployment.status(0, 0).instances.flatMap(({ pid }) => pid ?? []);
  return {
    processorSeconds: times && new Map(pids.map((pid) => [pid, times.get(pid) ?? 0])),
    requests: deployment.target.metrics.snapshot(),
    milliseconds: performance.now(),
  };
}

function remember(
  history: Map<ScaleMetric, MetricValue[]>,
  values: Partial<Record<ScaleMetric, number>>,
  at: number,
): void {
  for (const [name, value] of Object.entries(values)) {
    const metric = name as ScaleMetric;
    history.set(metric, [...(history.get(metric) ?? []), { at, value }]);
  }
}

/** What no window reaches back to any more. */
function forget(
  history: Map<ScaleMetric, MetricValue[]>,
  { rules }: AutoscaleSpec,
  now: number,
): void {
  const longest = Math.max(0, ...rules.map(({ windowMs }) => windowMs));
  for (const [metric, values] of history) {
    history.set(
      metric,
      values.filter(({ at }) => at > now - longest),
    );
  }
}
