/** Watches one server process by its probes: when it takes requests, and when it has to be ended. */
import { setTimeout as sleep } from "node:timers/promises";

import { createProbeCounter, probe } from "./probe";
import type { DeploymentSpec, ProbeSpec } from "./spec";
import type { Upstream } from "./routingTarget";

export type Probes = Pick<DeploymentSpec, "livenessProbe" | "readinessProbe" | "startupProbe">;

export interface WatchOptions {
  readonly probes: Probes;
  /** Where its server listens. */
  readonly socketPath: string;
  /** Aborted when the process has ended or is to end; the watch then ends too. */
  readonly signal: AbortSignal;
  /** It takes requests from now on. */
  readonly onReady: (upstream: Upstream) => void;
  /** It does not any more. Also called at the end, whatever the reason. */
  readonly onGone: (upstream: Upstream) => void;
}

export type Verdict =
  | { readonly kind: "ended" }
  | { readonly kind: "never-ready"; readonly why: string }
  | { readonly kind: "unhealthy"; readonly why: string };

/** Milliseconds. How often an instance that is not ready is asked; the probe's period only limits the total wait. */
const EAGER_PERIOD_MS = 250;

/** Ends with the reason to end the process, or with `ended` when that happened by itself. */
export async function watch(options: WatchOptions): Promise<Verdict> {
  const { probes, socketPath, signal } = options;
  const timeoutSeconds = startTimeoutSeconds(probes);
  const deadline = Date.now() + timeoutSeconds * 1000;
  while (!(await healthy(socketPath, probes.readinessProbe))) {
    if (signal.aborted) return { kind: "ended" };
    if (Date.now() > deadline) {
      return { kind: "never-ready", why: `was not ready within ${timeoutSeconds} s` };
    }
    await pause(EAGER_PERIOD_MS, signal);
  }
  // It may have ended since it answered.
  if (signal.aborted) return { kind: "ended" };

  const gate = createGate(options);
  gate.set(true);
  try {
    return await Promise.race([
      watchReadiness(options, gate),
      watchLiveness(probes.livenessProbe, socketPath, signal),
    ]);
  } finally {
    gate.set(false);
  }
}

/** Where requests get in. Says so only when that changes. */
interface Gate {
  set(open: boolean): void;
  isOpen(): boolean;
  /** Resolves when somebody could not connect. */
  nextComplaint(): Promise<void>;
}

function createGate({ probes, socketPath, signal, onReady, onGone }: WatchOptions): Gate {
  let open = false;
  let complain: () => void = () => undefined;
  const gate: Gate = {
    set(desired) {
      if (desired === open || (desired && signal.aborted)) return;
      open = desired;
      if (open) onReady(upstream);
      else onGone(upstream);
    },
    isOpen: () => open,
    nextComplaint: () =>
      new Promise((resolve) => {
        complain = resolve;
      }),
  };
  const unreachable = () => {
    gate.set(false);
    complain();
  };
  const upstream: Upstream = {
    socketPath,
    unreachable,
    async verify() {
      if (!(await healthy(socketPath, probes.readinessProbe))) unreachable();
    },
  };
  // At once, not when the watch gets round to it.
  signal.addEventListener("abort", () => {
    gate.set(false);
  });
  return gate;
}

async function watchReadiness(options: WatchOptions, gate: Gate): Promise<Verdict> {
  const { probes, socketPath, signal } = options;
  const counter = createProbeCounter(probes.readinessProbe);
  while (!isAborted(signal)) {
    const period = gate.isOpen() ? probes.readinessProbe.periodSeconds * 1000 : EAGER_PERIOD_MS;
    await Promise.race([pause(period, signal), gate.isOpen() ? gate.nextComplaint() : never]);
    const well = !isAborted(signal) && (await healthy(socketPath, probes.readinessProbe));
    const verdict = counter.count(well);
    if (verdict === "failed") gate.set(false);
    else if (verdict === "passed" && well) gate.set(true);
  }
  return { kind: "ended" };
}

async function watchLiveness(
  liveness: ProbeSpec,
  socketPath: string,
  signal: AbortSignal,
): Promise<Verdict> {
  const counter = createProbeCounter(liveness);
  while (!isAborted(signal)) {
    await pause(liveness.periodSeconds * 1000, signal);
    if (isAborted(signal)) break;
    if (counter.count(await healthy(socketPath, liveness)) === "failed") {
      const why = `failed its liveness probe ${liveness.failureThreshold} times in a row`;
      return { kind: "unhealthy", why };
    }
  }
  return { kind: "ended" };
}

/**
 * Seconds from start to being ready: as long as Azure waits. On this machine the initial delay is no reason to look
 * later, only to wait longer.
 */
function startTimeoutSeconds({ startupProbe, readinessProbe }: Probes): number {
  const { initialDelaySeconds, periodSeconds, failureThreshold } = startupProbe ?? readinessProbe;
  return initialDelaySeconds + periodSeconds * failureThreshold;
}

function healthy(socketPath: string, { timeoutSeconds }: ProbeSpec): Promise<boolean> {
  return probe(socketPath, timeoutSeconds * 1000);
}

const never = new Promise<never>(() => undefined);

/** Asked again after every wait; the compiler would take the first answer for good. */
export function isAborted(signal: AbortSignal): boolean {
  return signal.aborted;
}

/** Sleeps, but not past the end of the signal. */
export async function pause(ms: number, signal: AbortSignal): Promise<void> {
  await sleep(ms, undefined, { signal }).catch(() => undefined);
}
