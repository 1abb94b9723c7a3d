/** What callers of the local endpoint see: progress, status, and what they can ask for. Times are ISO 8601 in UTC. */
import type { EndpointKeys, EndpointToken } from "../../traffic/liveEndpoint";
import type { ScaleReason } from "./autoscale/decide";
import type { Fault, FaultRequest } from "./fault";
import type { CaptureRequest } from "./capture/settings";
import type { CaptureStatus } from "./capture/status";
import type { TokenRequest } from "./entra/tokenRequest";
import type { ComparisonRules } from "../../answers/differences";
import type { EndpointAmendment, EndpointSpec } from "./spec";

type Phase =
  | "environment"
  | "starting"
  | "ready"
  /** It has answered the trial request. */
  | "tried"
  /** It has not, and goes on all the same. */
  | "unanswered"
  | "traffic"
  | "stopping"
  | "failed"
  | "warning";

export interface ProgressEvent {
  /** Missing when the event is about the endpoint as a whole. */
  readonly deployment?: string;
  readonly phase: Phase;
  readonly message: string;
}

export type OnEvent = (event: ProgressEvent) => void;

export interface ApplyOptions {
  /** Aborted: what does not serve yet is given up, and what ran before serves on. @default never */
  readonly signal?: AbortSignal;
  /** Processes that an instance is given to become ready for the first time. @default 3 */
  readonly starts?: number;
}

/**
 * Counters since the deployment's revision was started. Two snapshots can be subtracted, so that the analysis of a
 * canary can choose the time window.
 */
export interface MetricsSnapshot {
  readonly requests: number;
  /** Requests by the status the caller got; 499: the caller went away first. */
  readonly byStatus: Readonly<Record<string, number>>;
  /** Requests by the status the model's server answered with, where it answered. */
  readonly byModelStatus: Readonly<Record<string, number>>;
  /** Arrival to last byte, in milliseconds, for every counted request; at most 5 % above the true value. */
  readonly latencyMs: {
    readonly p50: number;
    readonly p90: number;
    readonly p95: number;
    readonly p99: number;
    readonly max: number;
    readonly mean: number;
  };
  /** Counts by upper bound in milliseconds; only bounds with a count are listed. */
  readonly latencyHistogram: readonly (readonly [upperBoundMs: number, count: number])[];
}

export interface MirrorSnapshot extends MetricsSnapshot {
  /** Not mirrored although chosen: body too large or too many mirrored requests under way. */
  readonly skipped: number;
  readonly comparison: ComparisonSnapshot;
}

/** Pairs of answers to the same live request: of the deployment that served it, and of the one that got the copy. */
export interface ComparisonSnapshot {
  readonly compared: number;
  readonly different: number;
  /** One of the two failed or was not complete, or an answer was too large or encoded. */
  readonly uncompared: number;
  /** Differing fields, each with the number of pairs. */
  readonly fields: readonly (readonly [field: string, pairs: number])[];
}

export type InstanceState =
  "starting" | "ready" | "unready" | "restarting" | "stopping" | "stopped";

export interface InstanceStatus {
  readonly id: number;
  readonly state: InstanceState;
  /** Leader of the instance's process group. */
  readonly pid?: number;
  /** Where its server listens. */
  readonly socketPath?: string;
  readonly restarts: number;
  /** Seconds since the running process was started. */
  readonly uptimeSeconds?: number;
  readonly logPath: string;
}

/** How a deployment is scaled; see autoscale/decide.ts. */
export interface AutoscaleStatus {
  readonly minimum: number;
  readonly maximum: number;
  /** Missing until something was scaled. */
  readonly lastChange?: {
    readonly at: string;
    readonly from: number;
    readonly to: number;
    readonly reason: ScaleReason;
    /** New instances did not start, and the number is as it was. */
    readonly hasFailed: boolean;
  };
}

export interface DeploymentStatus {
  readonly name: string;
  readonly revision: string;
  /** ready: every instance is; degraded: at least one is; unavailable: none is. */
  readonly state: "starting" | "ready" | "degraded" | "unavailable" | "stopping";
  /** Percent of requests. */
  readonly traffic: number;
  readonly mirrorTraffic: number;
  /** Requests under way, waiting ones among them. */
  readonly inFlight: number;
  readonly metrics: MetricsSnapshot;
  readonly mirrored: MirrorSnapshot;
  readonly instances: readonly InstanceStatus[];
  readonly autoscale?: AutoscaleStatus;
  /** What is done to its answers because a user asked for it. */
  readonly fault?: Fault;
}

export interface EndpointStatus {
  /** Missing until something was applied. */
  readonly name?: string;
  readonly authMode?: "Key" | "AMLToken" | "AADToken";
  readonly scoringUri: string;
  readonly swaggerUri: string;
  readonly port: number;
  readonly pid: number;
  readonly startedAt: string;
  /** True while an apply is under way. */
  readonly applying: boolean;
  readonly traffic: Readonly<Record<string, number>>;
  readonly mirrorTraffic: Readonly<Record<string, number>>;
  readonly tags: Readonly<Record<string, string>>;
  /** By which answers to mirrored requests are compared; missing while they are not. */
  readonly comparison?: ComparisonRules;
  readonly deployments: readonly DeploymentStatus[];
  /** By deployment name, for those that are not simply there. */
  readonly bringUps: Readonly<Record<string, BringUp>>;
  readonly accessLogPath: string;
  /** Of requests that were captured since the endpoint started; missing where none were to be. */
  readonly capture?: CaptureStatus;
}

/** What an apply is doing to a deployment; `Failed` stays until the next apply, for one that never came up. */
export type BringUp = "Creating" | "Updating" | "Failed";

/** An endpoint that runs, as its own process uses it; `SupervisorClient` is the same for others. */
export interface Supervisor {
  /** One after another: a second call waits for the first. Rejects with a UserError; what ran before still runs. */
  apply(spec: EndpointSpec, onEvent: OnEvent, options?: ApplyOptions): Promise<void>;
  /**
   * Changes the split and the tags between two requests, after the applies and amendments before it; no process starts
   * or ends. Rejects with a UserError when a traffic rule is broken, and then nothing has changed.
   */
  amend(amendment: EndpointAmendment): Promise<void>;
  /**
   * From the next request on, answers to mirrored requests are compared with those to the live ones by these rules; without
   * rules they are not. Kept until the endpoint ends. Rejects with a UserError when they are not valid.
   */
  compare(rules: ComparisonRules | undefined): Promise<void>;
  /** Rejects with a UserError when there is no such deployment, or it has no process that could crash. */
  fault(request: FaultRequest): Promise<void>;
  /** Begins or ends to capture requests. Rejects with a UserError when more is asked for than can be kept. */
  capture(request: CaptureRequest): Promise<void>;
  /** The body of one of the captured requests that the status names. */
  capturedBody(number: number): string | undefined;
  status(): EndpointStatus;
  /** To the status page. It works once; the one before it no longer does. */
  statusLink(): string;
  keys(): EndpointKeys;
  /** Rejects with a UserError when the endpoint uses keys, or nobody can have such a token. */
  token(request?: TokenRequest): Promise<EndpointToken>;
  /** Ends everything within seconds: no process, port, socket or lock is left. */
  close(): Promise<void>;
  /** Ends the scoring processes at once, without waiting for close(). */
  kill(): void;
  /** Resolves when it was closed, here or by another process. */
  readonly closed: Promise<void>;
}
