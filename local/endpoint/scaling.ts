/** Numbers of instances: of a deployment that runs, and of the next specification's where they are not declared. */
import type { Deployment } from "./deployment";
import type { EndpointSpec } from "./spec";

/** Milliseconds on top of a deployment's request timeout, after which no request of it can be under way. */
const DRAIN_MARGIN_MS = 1_000;

/** The number of instances of a scaled deployment is not declared: it stays, within the limits, also in a new revision. */
export function withScaledCounts(
  spec: EndpointSpec,
  running: ReadonlyMap<string, Deployment>,
): EndpointSpec {
  return {
    ...spec,
    deployments: spec.deployments.map((deployment) => {
      const { name, autoscale } = deployment;
      const count = running.get(name)?.instanceCount();
      if (autoscale === undefined || count === undefined) return deployment;
      const { minimum, maximum } = autoscale;
      return { ...deployment, instanceCount: Math.min(Math.max(count, minimum), maximum) };
    }),
  };
}

/**
 * Gives a running deployment another number of instances: new ones take requests when they are ready, removed ones end what
 * they hold. @throws UserError when new ones do not start, and then the former ones run
 */
export async function scaleTo(
  deployment: Deployment,
  count: number,
  signal: AbortSignal,
): Promise<void> {
  const former = deployment.instanceCount();
  if (count < former) {
    await deployment.shrink(count, drainMs(deployment));
    return;
  }
  try {
    deployment.grow(count);
    await orAborted(deployment.ready(), signal);
  } catch (error) {
    await deployment.shrink(former, 0);
    throw error;
  }
}

/** How long requests of a deployment can be under way. */
export function drainMs({ target }: Deployment): number {
  return target.requestTimeoutMs + DRAIN_MARGIN_MS;
}

/** Rejects as soon as the signal is aborted, without waiting for the work. */
export function orAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  work.catch(() => undefined);
  return new Promise((resolve, reject) => {
    const abort = () => {
      reject(signal.reason as Error);
    };
    signal.addEventListener("abort", abort, { once: true });
    if (signal.aborted) abort();
    work.then(resolve, reject).finally(() => {
      signal.removeEventListener("abort", abort);
    });
  });
}
