/** The deployments that an endpoint runs, and the specification that they were last brought to. */
import { readdirSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";

import { UserError } from "../../errors";
import { namesWithTraffic } from "../../traffic/split";
import type { ScaledDeployment } from "./autoscale/autoscaler";
import { followBringUps } from "./bringUps";
import type { Deployment } from "./deployment";
import type { FaultRequest } from "./fault";
import { rollOut, type Running } from "./rollout";
import type { Router } from "./router";
import { scaleTo } from "./scaling";
import type { EndpointAmendment, EndpointSpec } from "./spec";
import { checkAmendment, checkSpec } from "./specSchema";
import { instanceSocketPath, writeProcesses, type StatePaths } from "./stateDirectory";
import type { ApplyOptions, AutoscaleStatus, EndpointStatus, OnEvent } from "./status";

export interface EndpointDeploymentsOptions {
  readonly router: Router;
  readonly paths: StatePaths;
  readonly cacheDirectory: string;
  /** Aborted when the supervisor closes. */
  readonly signal: AbortSignal;
}

/** Log files of former revisions that are kept, so that a failure can be looked up. */
const KEPT_LOGS = 40;

/** Its changes must not overlap: the caller waits for one before it begins the next. */
export class EndpointDeployments {
  private readonly processes = new Map<string, number>();
  /** Everything that was started and may still have a process. */
  private readonly started = new Set<Deployment>();
  private running: Running = new Map();
  private applied: EndpointSpec | undefined;
  private bringUps = followBringUps(new Set());

  constructor(private readonly options: EndpointDeploymentsOptions) {}

  /** @throws UserError when the specification is not valid or does not come up; what ran before still runs */
  async apply(value: EndpointSpec, onEvent: OnEvent, options: ApplyOptions = {}): Promise<void> {
    this.assertOpen();
    const spec = checkSpec(value);
    pruneLogs(this.options.paths.logs);
    this.bringUps = followBringUps(new Set(this.running.keys()));
    try {
      await this.rollOut(spec, onEvent, options);
      this.bringUps.succeeded();
    } catch (error) {
      this.bringUps.failed(namesWithTraffic(this.options.router.table()));
      throw error;
    }
  }

  /** @throws UserError when a traffic rule is broken, and then nothing has changed */
  amend(value: EndpointAmendment): void {
    const { router } = this.options;
    this.assertOpen();
    if (this.applied === undefined) throw new UserError("nothing is deployed on the endpoint yet");
    const amendment = checkAmendment(value, [...this.running.keys()]);
    const { traffic, mirrorTraffic } = amendment;
    router.setTable({ ...router.table(), traffic, mirrorTraffic });
    this.applied = { ...this.applied, ...amendment };
  }

  /** @throws UserError when there is no such deployment, or it has no process that could crash */
  fault(request: FaultRequest): void {
    const { deployment: name } = request;
    const deployment = this.running.get(name);
    if (deployment === undefined) {
      const names = [...this.running.keys()].join(", ");
      throw new UserError(`no deployment ${name} runs; there is ${names}`);
    }
    if (request.kind !== "crash") {
      deployment.target.fault = request.kind === "set" ? request.fault : undefined;
    } else if (!deployment.crash()) {
      throw new UserError(`no instance of ${name} has a process that could crash`);
    }
  }

  /** Those with autoscale that run. */
  scaled(): ScaledDeployment[] {
    return (this.applied?.deployments ?? []).flatMap(({ name, autoscale }) => {
      const deployment = this.running.get(name);
      return deployment === undefined || autoscale === undefined ? [] : [{ deployment, autoscale }];
    });
  }

  /** @throws UserError when new instances do not start, and then the former ones run */
  async scale(deployment: Deployment, count: number): Promise<void> {
    const { signal } = this.options;
    // Another revision may have replaced it while this change waited for its turn.
    const isRunning = this.running.get(deployment.name) === deployment;
    if (isRunning && !signal.aborted) await scaleTo(deployment, count, signal);
  }

  status(scaling: (deployment: string) => AutoscaleStatus | undefined) {
    const { applied } = this;
    const { traffic, mirrorTraffic } = this.options.router.table();
    const comparison = this.options.router.comparison();
    return {
      ...(applied !== undefined && { name: applied.name, authMode: applied.authMode }),
      traffic,
      mirrorTraffic,
      tags: applied?.tags ?? {},
      ...(comparison !== undefined && { comparison }),
      deployments: [...this.running.values()].map((deployment) => {
        const { name, target } = deployment;
        const { fault } = target;
        const autoscale = scaling(name);
        return {
          ...deployment.status(traffic[name] ?? 0, mirrorTraffic[name] ?? 0),
          ...(autoscale === undefined ? {} : { autoscale }),
          ...(fault === undefined ? {} : { fault }),
        };
      }),
      bringUps: this.bringUps.states(),
    } satisfies Partial<EndpointStatus>;
  }

  /** Ends every process, each with this long from SIGTERM to SIGKILL (milliseconds). */
  async stop(graceMs: number): Promise<void> {
    await Promise.all([...this.started].map((deployment) => deployment.stop(0, graceMs)));
  }

  /** Ends every process at once. */
  kill(): void {
    for (const deployment of this.started) deployment.kill();
  }

  private async rollOut(
    spec: EndpointSpec,
    onEvent: OnEvent,
    { signal: abandoned, starts }: ApplyOptions,
  ): Promise<void> {
    const { router, paths, cacheDirectory, signal } = this.options;
    this.running = await rollOut(this.running, spec, {
      cacheDirectory,
      logDirectory: paths.logs,
      homeDirectory: paths.home,
      socketPathFor: (token) => instanceSocketPath(paths, token),
      setTable: (table) => {
        router.setTable(table);
      },
      onEvent: (event) => {
        this.bringUps.see(event);
        onEvent(event);
      },
      signal,
      ...(abandoned === undefined ? {} : { abandoned }),
      ...(starts === undefined ? {} : { starts }),
      onStarted: (deployment) => this.started.add(deployment),
      onProcess: (token, pid) => {
        if (pid === undefined) this.processes.delete(token);
        else this.processes.set(token, pid);
        writeProcesses(paths, this.processes);
      },
    });
    this.applied = spec;
    const serving = new Set(this.running.values());
    for (const deployment of this.started) {
      if (!serving.has(deployment)) this.started.delete(deployment);
    }
  }

  private assertOpen(): void {
    if (this.options.signal.aborted) throw new UserError("the endpoint is being stopped");
  }
}

function pruneLogs(folder: string): void {
  const byAge = readdirSync(folder)
    .map((name) => ({ path: join(folder, name), changed: statSync(join(folder, name)).mtimeMs }))
    .sort((a, b) => b.changed - a.changed);
  for (const { path } of byAge.slice(KEPT_LOGS)) rmSync(path, { force: true });
}
