/** Owns everything of one local endpoint: the router, the deployments, the state directory, the control socket. */
import { readdirSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";

import { UserError } from "../../errors";
import { namesWithTraffic } from "../../traffic/split";
import { createAccessLog } from "./accessLog";
import { followBringUps } from "./bringUps";
import { loadOrCreateCredentials } from "./auth";
import { connectSupervisor } from "./controlClient";
import { createControlServer } from "./controlServer";
import type { Deployment } from "./deployment";
import { rollOut, type Running } from "./rollout";
import { createRouter, type Router } from "./router";
import type { EndpointAmendment, EndpointSpec } from "./spec";
import { checkAmendment, checkSpec } from "./specSchema";
import * as state from "./stateDirectory";
import { issueToken } from "./tokens";
import type { EndpointKeys, EndpointStatus, EndpointToken, OnEvent } from "./status";

export interface SupervisorOptions {
  /** Absolute; made when missing, readable by its owner only. */
  readonly stateDirectory: string;
  /** Absolute; Python environments are kept below it and shared by all endpoints of a machine. */
  readonly cacheDirectory: string;
  /** @default the one used last time if it is free, else any free one */
  readonly port?: number;
}

export interface Supervisor {
  /** One after another: a second call waits for the first. Rejects with a UserError; what ran before still runs. */
  apply(spec: EndpointSpec, onEvent: OnEvent): Promise<void>;
  /**
   * Changes the split and the tags between two requests, after the applies and amendments before it; no process starts
   * or ends. Rejects with a UserError when a rule of traffic is broken, and then nothing has changed.
   */
  amend(amendment: EndpointAmendment): Promise<void>;
  status(): EndpointStatus;
  keys(): EndpointKeys;
  /** Throws a UserError when the endpoint uses keys. */
  token(): EndpointToken;
  /** Ends everything within seconds: no process, port, socket or lock is left. */
  close(): Promise<void>;
  /** Ends the scoring processes at once, for somebody who will not wait for close(). */
  kill(): void;
  /** Resolves when it was closed, by whomever. */
  readonly closed: Promise<void>;
}

/** Milliseconds that requests under way get when the whole endpoint is closed. */
const CLOSE_DRAIN_MS = 2_000;
/** Milliseconds that servers get to end by themselves then; a person is waiting. */
const CLOSE_GRACE_MS = 1_000;
/** Logs of former revisions that are kept for whoever wants to know why one failed. */
const KEPT_LOGS = 40;

export async function startSupervisor(options: SupervisorOptions): Promise<Supervisor> {
  const paths = state.statePaths(options.stateDirectory);
  state.makeStateDirectory(paths);
  const other = await connectSupervisor(options.stateDirectory);
  if (other !== undefined) throw alreadyRunning(paths, other.pid);
  return state.withStateLock(paths, async () => {
    // Asked again: another one may have started while this one waited for the lock.
    const winner = await connectSupervisor(options.stateDirectory, { clearUp: false });
    if (winner !== undefined) throw alreadyRunning(paths, winner.pid);
    await state.endOrphans(paths);
    return start(options, paths);
  });
}

async function start(options: SupervisorOptions, paths: state.StatePaths): Promise<Supervisor> {
  const startedAt = new Date().toISOString();
  const credentials = loadOrCreateCredentials(paths.credentials);
  const accessLog = createAccessLog(paths.accessLog);
  const router = createRouter({ credentials, accessLog, onBug: reportBug });
  const port = await listen(router, options.port, state.readRecord(paths)?.port);

  const closing = new AbortController();
  const processes = new Map<string, number>();
  /** Everything that was started and may still have a process. */
  const started = new Set<Deployment>();
  let running: Running = new Map();
  let applied: EndpointSpec | undefined;
  let bringUps = followBringUps(new Set());
  let pendingApplies = 0;
  let lastChange: Promise<void> = Promise.resolve();
  let closed: Promise<void> | undefined;
  let announceClosed: () => void = () => undefined;
  const whenClosed = new Promise<void>((resolve) => {
    announceClosed = resolve;
  });

  async function applyNow(value: EndpointSpec, onEvent: OnEvent): Promise<void> {
    if (closing.signal.aborted) throw new UserError("the endpoint is being stopped");
    const spec = checkSpec(value);
    pruneLogs(paths.logs);
    bringUps = followBringUps(new Set(running.keys()));
    try {
      await rollOutNow(spec, onEvent);
      bringUps.succeeded();
    } catch (error) {
      bringUps.failed(namesWithTraffic(router.table()));
      throw error;
    }
  }

  async function rollOutNow(spec: EndpointSpec, onEvent: OnEvent): Promise<void> {
    running = await rollOut(running, spec, {
      cacheDirectory: options.cacheDirectory,
      logDirectory: paths.logs,
      homeDirectory: paths.home,
      setTable(table) {
        router.setTable(table);
      },
      onEvent(event) {
        bringUps.see(event);
        onEvent(event);
      },
      signal: closing.signal,
      onStarted: (deployment) => started.add(deployment),
      onProcess(token, pid) {
        if (pid === undefined) processes.delete(token);
        else processes.set(token, pid);
        state.writeProcesses(paths, processes);
      },
    });
    applied = spec;
    const serving = new Set(running.values());
    for (const deployment of started) if (!serving.has(deployment)) started.delete(deployment);
  }

  function amendNow(value: EndpointAmendment): void {
    if (closing.signal.aborted) throw new UserError("the endpoint is being stopped");
    if (applied === undefined) throw new UserError("nothing is deployed on the endpoint yet");
    const amendment = checkAmendment(value, [...running.keys()]);
    const { traffic, mirrorTraffic } = amendment;
    router.setTable({ ...router.table(), traffic, mirrorTraffic });
    applied = { ...applied, ...amendment };
  }

  async function closeNow(): Promise<void> {
    closing.abort();
    await lastChange;
    await router.close(CLOSE_DRAIN_MS);
    await Promise.all([...started].map((deployment) => deployment.stop(0, CLOSE_GRACE_MS)));
    await accessLog.close();
    state.writeRecord(paths, { port });
    rmSync(paths.processes, { force: true });
    await control.close();
    state.removeSocket(paths, socketPath);
    announceClosed();
  }

  const supervisor: Supervisor = {
    apply(spec, onEvent) {
      pendingApplies += 1;
      const apply = lastChange
        .then(() => applyNow(spec, onEvent))
        .finally(() => {
          pendingApplies -= 1;
        });
      lastChange = apply.catch(() => undefined);
      return apply;
    },
    amend(amendment) {
      const change = lastChange.then(() => {
        amendNow(amendment);
      });
      lastChange = change.catch(() => undefined);
      return change;
    },
    status() {
      const { traffic, mirrorTraffic } = router.table();
      const uri = `http://127.0.0.1:${port}`;
      return {
        ...(applied !== undefined && { name: applied.name, authMode: applied.authMode }),
        scoringUri: `${uri}/score`,
        swaggerUri: `${uri}/swagger.json`,
        port,
        pid: process.pid,
        startedAt,
        applying: pendingApplies > 0,
        traffic,
        mirrorTraffic,
        tags: applied?.tags ?? {},
        deployments: [...running.values()].map((deployment) =>
          deployment.status(traffic[deployment.name] ?? 0, mirrorTraffic[deployment.name] ?? 0),
        ),
        bringUps: bringUps.states(),
        accessLogPath: paths.accessLog,
      };
    },
    keys: () => ({
      primaryKey: credentials.primaryKey,
      secondaryKey: credentials.secondaryKey,
    }),
    token() {
      const { endpoint, authMode } = router.table();
      if (authMode === "Key") {
        throw new UserError("the endpoint is called with a key, not with a token");
      }
      return issueToken(credentials.tokenSecret, endpoint, Date.now());
    },
    close: () => (closed ??= closeNow()),
    kill() {
      for (const deployment of started) deployment.kill();
    },
    closed: whenClosed,
  };

  const socketPath = state.chooseSocketPath(paths);
  rmSync(socketPath, { force: true });
  const control = createControlServer(supervisor);
  try {
    await control.listen(socketPath);
  } catch (error) {
    await router.close(0);
    throw error;
  }
  state.writeRecord(paths, { port, pid: process.pid, socketPath });
  return supervisor;
}

async function listen(
  router: Router,
  desired: number | undefined,
  previous: number | undefined,
): Promise<number> {
  if (desired !== undefined) return router.listen(desired);
  if (previous === undefined) return router.listen(0);
  try {
    return await router.listen(previous);
  } catch (error) {
    if (error instanceof UserError) return router.listen(0);
    throw error;
  }
}

function alreadyRunning({ directory }: state.StatePaths, pid: number): UserError {
  return new UserError(
    `an endpoint already runs with the state folder ${directory} (process ${pid})`,
  );
}

function pruneLogs(folder: string): void {
  const byAge = readdirSync(folder)
    .map((name) => ({ path: join(folder, name), changed: statSync(join(folder, name)).mtimeMs }))
    .sort((a, b) => b.changed - a.changed);
  for (const { path } of byAge.slice(KEPT_LOGS)) rmSync(path, { force: true });
}

/** A bug in the router: the caller saw 500, the supervisor's own log gets the rest. */
function reportBug(error: unknown): void {
  console.error(error);
}
