/** The instances of one revision of a deployment, as a target for the router. */
import { createHash } from "node:crypto";
import { join } from "node:path";

import { UserError } from "../../errors";
import type { Environment } from "./environment";
import { startInstance, type Instance } from "./instance";
import { instanceEnvironment } from "./instanceEnvironment";
import type { DeploymentSpec } from "./spec";
import { createTarget, type Target } from "./routingTarget";
import type { DeploymentStatus } from "./status";

export interface DeploymentOptions {
  readonly spec: DeploymentSpec;
  readonly environment: Environment;
  readonly logDirectory: string;
  /** The processes' HOME, so that nothing of the caller's is found there. */
  readonly homeDirectory: string;
  readonly onProcess: (token: string, pid: number | undefined) => void;
}

export interface Deployment {
  readonly name: string;
  readonly revision: string;
  readonly target: Target;
  instanceCount(): number;
  /** Resolves when every instance was ready once; rejects with a UserError that holds the log's tail. */
  ready(): Promise<void>;
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
}

/** Milliseconds that a server gets to end by itself, so that a script can put its things away. */
const STOP_GRACE_MS = 5_000;

export function startDeployment(options: DeploymentOptions): Deployment {
  const { spec, environment } = options;
  const target = createTarget(spec);
  const env = instanceEnvironment(spec, environment.directory, options.homeDirectory, process.env);
  // Two revisions of one deployment run side by side for a while.
  const logTag = createHash("sha256").update(spec.revision).digest("hex").slice(0, 8);
  let instances: Instance[] = [];
  let desired = 0;
  let stopping = false;

  function start(id: number): Instance {
    return startInstance({
      id,
      probes: spec,
      python: environment.python,
      cwd: env["AML_APP_ROOT"] ?? spec.codeDirectory,
      env,
      logPath: join(options.logDirectory, `${spec.name}-${logTag}-${id}.log`),
      onReady: (upstream) => {
        // One that is leaving may become well again while its last requests end.
        if (id < desired) target.pool.add(upstream);
      },
      onGone: (upstream) => {
        target.pool.remove(upstream);
      },
      onProcess: options.onProcess,
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
    instanceCount: () => desired,
    async ready() {
      await Promise.all(
        instances.map(({ id, firstReady }) =>
          firstReady.catch((error: unknown) => {
            throw new UserError(
              `the deployment ${spec.name} did not start: its server (instance ${id}) ${(error as Error).message}`,
            );
          }),
        ),
      );
    },
    grow,
    async shrink(instanceCount, drainMs) {
      const surplus = instances.slice(instanceCount);
      instances = instances.slice(0, instanceCount);
      desired = instanceCount;
      target.pool.resize(desired);
      const ports = new Set(surplus.map((instance) => instance.status().port));
      const leaving = target.pool.members().filter(({ port }) => ports.has(port));
      await target.pool.retire(leaving, drainMs);
      await Promise.all(surplus.map((instance) => instance.stop(STOP_GRACE_MS)));
    },
    status(traffic, mirrorTraffic) {
      const statuses = instances.map((instance) => instance.status());
      const ready = statuses.filter(({ state }) => state === "ready").length;
      const starting = statuses.every(({ state }) => state === "starting");
      const state = stopping
        ? "stopping"
        : ready === desired
          ? "ready"
          : ready > 0
            ? "degraded"
            : starting
              ? "starting"
              : "unavailable";
      return {
        name: spec.name,
        revision: spec.revision,
        state,
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
    },
    kill() {
      for (const instance of instances) instance.kill();
    },
  };
}
