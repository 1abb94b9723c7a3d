/** The instances of one revision of a deployment, as a target for the router. */
import { EventEmitter, once } from "node:events";
import { join } from "node:path";

import { UserError } from "../../errors";
import type { Environment } from "./environment";
import { startFailureText } from "./failureText";
import { Instance, StartFailure } from "./instance";
import { instanceEnvironment } from "./instanceEnvironment";
import { instanceLog } from "./logFiles";
import type { DeploymentSpec } from "./spec";
import { createRoutingTarget, type RoutingTarget } from "./routingTarget";
import type { DeploymentStatus, InstanceStatus } from "./status";

export interface DeploymentOptions {
  readonly spec: DeploymentSpec;
  readonly environment: Environment;
  readonly logDirectory: string;
  /** HOME of the processes, so that they find nothing of the caller's there. */
  readonly homeDirectory: string;
  /** A path for the socket of a process, by its token. */
  readonly socketPathFor: (token: string) => string;
  readonly onProcess: (token: string, pid: number | undefined) => void;
  /** As ApplyOptions.starts. */
  readonly starts?: number;
}

export interface Deployment {
  readonly name: string;
  readonly revision: string;
  readonly target: RoutingTarget;
  instanceCount(): number;
  readonly spec: DeploymentSpec;
  /** Resolves when every instance was ready once; rejects with a UserError that says what in the script is wrong. */
  ready(): Promise<void>;
  /** From here on, what its instances print can be asked for. */
  watchOutput(): OutputWatch;
  /** Adds instances, side by side; `ready` then waits for them too. */
  grow(instanceCount: number): void;
  /** Ends the newest instances after the requests they hold, at most this long (milliseconds). */
  shrink(instanceCount: number, drainMs: number): Promise<void>;
  status(traffic: number, mirrorTraffic: number): DeploymentStatus;
  /**
   * Lets requests under way end, at most this long (milliseconds), then stops everything.
   * @default graceMs 5000: from SIGTERM to SIGKILL
   */
  stop(drainMs: number, graceMs?: number): Promise<void>;
  /** At once. */
  kill(): void;
  /** Ends the process of one instance, which is started again. False when none has a process. */
  crash(): boolean;
}

/** What the instances of a deployment have printed since a moment. */
export interface OutputWatch {
  /** Log of the first instance. */
  readonly firstLogPath: string;
  /** Each instance that has printed something. */
  printed(): readonly { readonly text: string; readonly logPath: string }[];
  /** Resolves when an instance prints something; rejects when the signal is aborted first. */
  more(signal: AbortSignal): Promise<unknown>;
}

type Output = EventEmitter<{ printed: [] }>;

/** Milliseconds that a server gets to end by itself, so that a script can clean up. */
const STOP_GRACE_MS = 5_000;

export function startDeployment(options: DeploymentOptions): Deployment {
  const { spec, environment } = options;
  const target = createRoutingTarget(spec);
  const env = instanceEnvironment(spec, environment.directory, options.homeDirectory, process.env);
  const instances: Instance[] = [];
  let [desired, stopping] = [0, false];
  const output: Output = new EventEmitter();
  function start(id: number): Instance {
    return new Instance({
      ...options,
      id,
      probes: spec,
      python: environment.python,
      cwd: env["AML_APP_ROOT"] ?? spec.codeDirectory,
      env,
      logPath: join(options.logDirectory, instanceLog(spec, id)),
      onReady: (upstream) => {
        // An instance that is being removed may become healthy again while its last requests end.
        if (id < desired) target.pool.add(upstream);
      },
      onGone: (upstream) => {
        target.pool.remove(upstream);
      },
      onPrinted: () => output.emit("printed"),
    });
  }

  function grow(instanceCount: number): void {
    for (let id = desired; id < instanceCount; id += 1) instances.push(start(id));
    desired = Math.max(desired, instanceCount);
    target.pool.resize(desired);
  }
  grow(spec.instanceCount);

  return {
    name: spec.name,
    revision: spec.revision,
    target,
    spec,
    instanceCount: () => desired,
    async ready() {
      await Promise.all(instances.map((instance) => firstReady(spec, instance)));
    },
    watchOutput: () => outputWatch(instances, options.logDirectory, output),
    grow,
    async shrink(instanceCount, drainMs) {
      const surplus = instances.splice(instanceCount);
      desired = instanceCount;
      target.pool.resize(desired);
      const paths = new Set(surplus.map((instance) => instance.status().socketPath));
      const leaving = target.pool.members().filter(({ socketPath }) => paths.has(socketPath));
      await target.pool.retire(leaving, drainMs);
      await Promise.all(surplus.map((instance) => instance.stop(STOP_GRACE_MS)));
    },
    status(traffic, mirrorTraffic) {
      const statuses = instances.map((instance) => instance.status());
      return {
        name: spec.name,
        revision: spec.revision,
        state: stopping ? "stopping" : stateOf(statuses, desired),
        traffic,
        mirrorTraffic,
        inFlight: target.pool.inFlight(),
        metrics: target.metrics.snapshot(),
        mirrored: target.mirror.snapshot(),
        instances: statuses,
      };
    },
    async stop(drainMs, graceMs = STOP_GRACE_MS) {
      stopping = true;
      await target.pool.drained(drainMs);
      await Promise.all(instances.map((instance) => instance.stop(graceMs)));
      await environment.release();
    },
    kill() {
      for (const instance of instances) instance.kill();
    },
    crash: () => instances.some((instance) => instance.crash()),
  };
}

function outputWatch(
  instances: readonly Instance[],
  logDirectory: string,
  output: Output,
): OutputWatch {
  const marks = instances.map((instance) => [instance, instance.mark()] as const);
  const logPath = (instance: Instance) => instance.status().logPath;
  return {
    firstLogPath: instances[0] === undefined ? logDirectory : logPath(instances[0]),
    printed: () =>
      marks
        .map(([instance, mark]) => ({
          text: instance.outputSince(mark),
          logPath: logPath(instance),
        }))
        .filter(({ text }) => text !== ""),
    more: (signal) => once(output, "printed", { signal }),
  };
}

async function firstReady(spec: DeploymentSpec, instance: Instance): Promise<void> {
  await instance.firstReady.catch((error: unknown) => {
    const { logPath } = instance.status();
    const { why, output } =
      error instanceof StartFailure ? error : new StartFailure((error as Error).message, "");
    throw new UserError(startFailureText({ spec, output, logPath }, why));
  });
}

function stateOf(instances: readonly InstanceStatus[], desired: number): DeploymentStatus["state"] {
  const ready = instances.filter(({ state }) => state === "ready").length;
  if (ready === desired) return "ready";
  if (ready > 0) return "degraded";
  return instances.every(({ state }) => state === "starting") ? "starting" : "unavailable";
}
