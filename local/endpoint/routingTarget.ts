/** What the router knows of one revision of a deployment, and of the endpoint at one moment. */
import { createComparisonCounters, type ComparisonCounters } from "./comparisonCounters";
import { createMetrics, type Metrics } from "./metrics";
import { InstancePool, type Member } from "./instancePool";
import type { AuthMode } from "./auth";
import type { Fault } from "./fault";
import type { Traffic } from "../../traffic/split";
import type { CallerSpec } from "./spec";
import type { MirrorSnapshot } from "./status";

/** A live instance. */
export interface Upstream extends Member {
  /** Told when no connection could be made: the instance leaves the pool until a probe finds it well. */
  unreachable(): void;
  /**
   * Probes an instance that broke off an answer. Resolves when it is healthy, or has left the pool. Never rejects.
   */
  verify(): Promise<void>;
}

export interface RoutingTargetSettings {
  readonly name: string;
  readonly instanceCount: number;
  readonly maxConcurrentRequestsPerInstance: number;
  readonly requestTimeoutMs: number;
}

export interface RoutingTarget {
  readonly name: string;
  readonly requestTimeoutMs: number;
  readonly maxConcurrentRequestsPerInstance: number;
  readonly pool: InstancePool<Upstream>;
  readonly metrics: Metrics;
  /** Mirrored requests, counted apart from live ones. */
  readonly mirror: MirrorCounters;
  /** What is done to its answers; undefined unless a user asked for it. */
  fault: Fault | undefined;
}

interface MirrorCounters {
  readonly metrics: Metrics;
  readonly comparison: ComparisonCounters;
  skip(): void;
  snapshot(): MirrorSnapshot;
}

/** Everything a request is routed by. It is replaced as a whole, so a request sees the old one or the new one. */
export interface RoutingTable {
  readonly endpoint: string;
  readonly authMode: AuthMode;
  readonly callers: readonly CallerSpec[];
  readonly targets: ReadonlyMap<string, RoutingTarget>;
  readonly traffic: Traffic;
  readonly mirrorTraffic: Traffic;
}

export const EMPTY_TABLE: RoutingTable = {
  endpoint: "",
  authMode: "Key",
  callers: [],
  targets: new Map(),
  traffic: {},
  mirrorTraffic: {},
};

export function createRoutingTarget(settings: RoutingTargetSettings): RoutingTarget {
  return {
    name: settings.name,
    requestTimeoutMs: settings.requestTimeoutMs,
    maxConcurrentRequestsPerInstance: settings.maxConcurrentRequestsPerInstance,
    pool: new InstancePool(settings.maxConcurrentRequestsPerInstance, settings.instanceCount),
    metrics: createMetrics(),
    mirror: createMirrorCounters(),
    fault: undefined,
  };
}

function createMirrorCounters(): MirrorCounters {
  const metrics = createMetrics();
  const comparison = createComparisonCounters();
  let skipped = 0;
  return {
    metrics,
    comparison,
    skip: () => {
      skipped += 1;
    },
    snapshot: () => ({
      ...metrics.snapshot(),
      skipped,
      comparison: comparison.snapshot(),
    }),
  };
}
