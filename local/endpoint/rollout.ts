/**
 * From what runs to the desired specification, in Azure's order: deployments up, traffic switched, removed deployments drained
 * and stopped. Until the switch everything that runs keeps serving with its old traffic; a failure undoes the rest.
 */
import { join } from "node:path";

import { UserError } from "../../errors";
import { startDeployment, type Deployment } from "./deployment";
import { prepareEnvironment } from "./environment";
import { condaFileOf } from "./failureText";
import { environmentLog } from "./logFiles";
import { MLFLOW_REQUIREMENTS } from "../../mlflow/host";
import { drainMs, orAborted, withScaledCounts } from "./scaling";
import type { DeploymentSpec, EndpointSpec } from "./spec";
import type { RoutingTable } from "./routingTarget";
import type { OnEvent } from "./status";
import { tryDeployments } from "./trial";

export type Running = ReadonlyMap<string, Deployment>;

export interface RolloutContext {
  readonly cacheDirectory: string;
  readonly logDirectory: string;
  readonly homeDirectory: string;
  readonly socketPathFor: (token: string) => string;
  readonly onProcess: (token: string, pid: number | undefined) => void;
  readonly setTable: (table: RoutingTable) => void;
  readonly onEvent: OnEvent;
  /** Aborted when the supervisor closes. */
  readonly signal: AbortSignal;
  /** As ApplyOptions.signal. */
  readonly abandoned?: AbortSignal;
  /** As ApplyOptions.starts. */
  readonly starts?: number;
  /** Told of every deployment that was started, so that it is ended whatever happens. */
  readonly onStarted: (deployment: Deployment) => void;
}

/** Milliseconds that servers get to end by themselves where a person has given them up and waits for the next ones. */
const HASTY_GRACE_MS = 500;

export async function rollOut(
  running: Running,
  declared: EndpointSpec,
  context: RolloutContext,
): Promise<Running> {
  const { onEvent, abandoned } = context;
  abandoned?.throwIfAborted();
  const spec = withScaledCounts(declared, running);
  const kept = spec.deployments.filter(({ name, revision }) => isRunning(running, name, revision));
  const changed = spec.deployments.filter((each) => !kept.includes(each));
  const grown = kept.filter(({ name, instanceCount }) => {
    const deployment = running.get(name);
    return deployment !== undefined && deployment.instanceCount() < instanceCount;
  });
  const formerCounts = new Map(grown.map(({ name }) => [name, running.get(name)?.instanceCount()]));

  const started: Deployment[] = [];
  // One failure ends the others' installing and waiting.
  const failure = new AbortController();
  const signal = AbortSignal.any([
    ...[context.signal, failure.signal],
    ...(abandoned === undefined ? [] : [abandoned]),
  ]);
  try {
    await allOrFirstFailure(failure, [
      ...changed.map((each) => bringUp(each, signal, context, started)),
      ...grown.map((each) => growTo(running.get(each.name), each.instanceCount, signal, onEvent)),
    ]);
    signal.throwIfAborted();
    await tryDeployments([...after(running, started, spec).values()], spec, onEvent, signal);
  } catch (error) {
    await undo(
      started,
      formerCounts,
      running,
      abandoned?.aborted === true ? HASTY_GRACE_MS : undefined,
    );
    if (context.signal.aborted) throw new UserError("the endpoint was stopped meanwhile");
    throw abandoned?.aborted === true ? new UserError("this update was given up") : error;
  }

  const next = after(running, started, spec);
  switchTraffic(next, spec, context);
  await retire(running, next, kept, context);
  return next;
}

/** What runs when the specification is reached, in its order. */
function after(running: Running, started: readonly Deployment[], spec: EndpointSpec): Running {
  return new Map(
    spec.deployments.flatMap(({ name }) => {
      const deployment = started.find((each) => each.name === name) ?? running.get(name);
      return deployment === undefined ? [] : [[name, deployment] as const];
    }),
  );
}

function isRunning(running: Running, name: string, revision: string): boolean {
  return running.get(name)?.revision === revision;
}

async function bringUp(
  spec: DeploymentSpec,
  signal: AbortSignal,
  context: RolloutContext,
  started: Deployment[],
): Promise<void> {
  const { onEvent, cacheDirectory } = context;
  const deployment = spec.name;
  try {
    const environment = await prepareEnvironment(spec.condaFile, {
      cacheDirectory,
      condaFileName: condaFileOf(deployment),
      logPath: join(context.logDirectory, environmentLog(deployment)),
      ...(spec.buildDirectory === undefined ? {} : { buildDirectory: spec.buildDirectory }),
      alsoRequired: [
        ...(spec.mlflowModel === undefined ? [] : MLFLOW_REQUIREMENTS),
        ...(spec.debugPort === undefined ? [] : ["debugpy"]),
      ],
      signal,
      onEvent: (event) => {
        onEvent({ deployment, ...event });
      },
    });
    if (signal.aborted) await environment.release();
    signal.throwIfAborted();
    const count = spec.instanceCount === 1 ? "1 instance" : `${spec.instanceCount} instances`;
    onEvent({ deployment, phase: "starting", message: `starting ${count}` });
    const up = startDeployment({ ...context, spec, environment });
    started.push(up);
    context.onStarted(up);
    await orAborted(up.ready(), signal);
    onEvent({ deployment, phase: "ready", message: `${count} ready` });
  } catch (error) {
    if (!signal.aborted) {
      onEvent({ deployment, phase: "failed", message: (error as Error).message });
    }
    throw error;
  }
}

async function growTo(
  deployment: Deployment | undefined,
  instanceCount: number,
  signal: AbortSignal,
  onEvent: OnEvent,
): Promise<void> {
  if (deployment === undefined) return;
  const name = deployment.name;
  const message = `from ${deployment.instanceCount()} to ${instanceCount} instances`;
  onEvent({ deployment: name, phase: "starting", message });
  deployment.grow(instanceCount);
  await orAborted(deployment.ready(), signal);
  onEvent({ deployment: name, phase: "ready", message: `${instanceCount} instances ready` });
}

async function undo(
  started: readonly Deployment[],
  formerCounts: ReadonlyMap<string, number | undefined>,
  running: Running,
  graceMs: number | undefined,
): Promise<void> {
  await Promise.all([
    ...started.map((deployment) => deployment.stop(0, graceMs)),
    ...[...formerCounts].map(([name, count]) => running.get(name)?.shrink(count ?? 1, 0)),
  ]);
}

function switchTraffic(next: Running, spec: EndpointSpec, context: RolloutContext): void {
  context.setTable({
    endpoint: spec.name,
    authMode: spec.authMode,
    callers: spec.callers ?? [],
    targets: new Map([...next].map(([name, { target }]) => [name, target])),
    traffic: spec.traffic,
    mirrorTraffic: spec.mirrorTraffic,
  });
  const shares = Object.entries(spec.traffic).map(([name, percent]) => `${name} ${percent} %`);
  const mirrors = Object.entries(spec.mirrorTraffic)
    .filter(([, percent]) => percent > 0)
    .map(([name, percent]) => `${name} a copy of ${percent} %`);
  const message = [...shares, ...mirrors].join(", ") || "no deployment takes traffic";
  context.onEvent({ phase: "traffic", message });
}

async function retire(
  running: Running,
  next: Running,
  kept: readonly DeploymentSpec[],
  { onEvent }: RolloutContext,
): Promise<void> {
  const removed = [...running.values()].filter((each) => next.get(each.name) !== each);
  await Promise.all([
    ...removed.map(async (deployment) => {
      const message = "finishing its requests, then stopping";
      onEvent({ deployment: deployment.name, phase: "stopping", message });
      await deployment.stop(drainMs(deployment));
    }),
    ...kept.map(async ({ name, instanceCount }) => {
      const deployment = next.get(name);
      if (deployment === undefined || deployment.instanceCount() <= instanceCount) return;
      const message = `from ${deployment.instanceCount()} to ${instanceCount} instances`;
      onEvent({ deployment: name, phase: "stopping", message });
      await deployment.shrink(instanceCount, drainMs(deployment));
    }),
  ]);
}

/** Waits for all, even after a failure, so that nothing goes on behind the caller's back. */
async function allOrFirstFailure(
  failure: AbortController,
  work: readonly Promise<void>[],
): Promise<void> {
  let first: { readonly error: unknown } | undefined;
  await Promise.all(
    work.map((each) =>
      each.catch((error: unknown) => {
        first ??= { error };
        failure.abort();
      }),
    ),
  );
  if (first !== undefined) throw first.error;
}
