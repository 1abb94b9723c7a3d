/** Owns everything of one local endpoint: the router, the deployments, the state directory, the control socket. */
import { rmSync } from "node:fs";

import { UserError } from "../../errors";
import type { EndpointKeys } from "../../traffic/liveEndpoint";
import { createAccessLog } from "./accessLog";
import { Autoscaler, systemClock, type AutoscaleClock } from "./autoscale/autoscaler";
import { processorTimes } from "./autoscale/processorTime";
import { loadOrCreateCredentials, type Credentials } from "./auth";
import { createQueue, type ChangeQueue } from "./changeQueue";
import { createCaptures, type Captures } from "./capture/captures";
import { connectSupervisor } from "./controlClient";
import { createControlServer, type ControlServer } from "./controlServer";
import { EndpointDeployments } from "./endpointDeployments";
import { localEntra } from "./entra/entra";
import { tokenRequestOf } from "./entra/tokenRequest";
import { createRouter, type Router } from "./router";
import { checkRules } from "./specSchema";
import * as state from "./stateDirectory";
import { tokenFor } from "./issuedToken";
import type { EndpointStatus, Supervisor } from "./status";
import { createStatusServer, type StatusServer } from "./statusPage/server";
import { printBug } from "../../output";

export interface SupervisorOptions {
  /** Absolute; created when missing, readable by its owner only. */
  readonly stateDirectory: string;
  /** Absolute; Python environments are kept below it and shared by all endpoints of a machine. */
  readonly cacheDirectory: string;
  /** @default the one used last time if it is free, else any free one */
  readonly port?: number;
  /** File with the rollouts, for the status page. @default it shows none */
  readonly rolloutRecord?: string;
  /** When scaled deployments are observed. @default every minute of the system's clock */
  readonly autoscaleClock?: AutoscaleClock;
}

/** Milliseconds that requests under way get when the whole endpoint is closed. */
const CLOSE_DRAIN_MS = 2_000;
/** Milliseconds that servers get to end by themselves then; a person is waiting. */
const CLOSE_GRACE_MS = 1_000;

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
  const entra = localEntra(paths.entra);
  const captures = createCaptures(paths.captured, Object.values(keysOf(credentials)));
  const router = createRouter({ credentials, entra, accessLog, captures, onBug: reportBug });
  const former = state.readRecord(paths);
  const port = await listen(router, options.port, former?.port);
  const socketPath = state.socketPathOf(paths);
  state.makeSocketDirectory(paths, socketPath);

  const { cacheDirectory } = options;
  const closing = new AbortController();
  const place = { cacheDirectory, signal: closing.signal };
  const deployments = new EndpointDeployments({ router, paths, ...place });
  const changes = createQueue();
  const autoscaler = autoscale(deployments, changes, options.autoscaleClock ?? systemClock);
  let pendingApplies = 0;
  let sampleRequest = "{}";
  let closed: Promise<void> | undefined;
  let announceClosed: () => void = () => undefined;
  const whenClosed = new Promise<void>((resolve) => {
    announceClosed = resolve;
  });

  async function closeNow(): Promise<void> {
    closing.abort();
    autoscaler.stop();
    await changes.idle();
    await statusPage.close();
    await router.close(CLOSE_DRAIN_MS);
    await deployments.stop(CLOSE_GRACE_MS);
    await accessLog.close();
    await captures.close();
    state.writeRecord(paths, { port, statusPort });
    rmSync(paths.processes, { force: true });
    await control.close();
    state.removeSocket(paths, socketPath);
    announceClosed();
  }

  const supervisor: Supervisor = {
    async apply(spec, onEvent, applyOptions) {
      pendingApplies += 1;
      sampleRequest = spec.trial?.body ?? sampleRequest;
      try {
        await changes.add(() => deployments.apply(spec, onEvent, applyOptions));
      } finally {
        pendingApplies -= 1;
      }
    },
    ...amendments(changes, deployments, router, captures),
    status: () => ({
      ...deployments.status((name) => autoscaler.status(name)),
      scoringUri: `http://127.0.0.1:${port}/score`,
      swaggerUri: `http://127.0.0.1:${port}/swagger.json`,
      port,
      pid: process.pid,
      startedAt,
      applying: pendingApplies > 0,
      accessLogPath: paths.accessLog,
      ...captureOf(captures),
    }),
    statusLink: () => statusPage.link(),
    ...accessOf(router, { entra, credentials, port }),
    close: () => (closed ??= closeNow()),
    kill() {
      deployments.kill();
    },
    closed: whenClosed,
  };

  const statusPage = createStatusPage(supervisor, options, paths, () => sampleRequest);
  const statusPort = await statusPage.listen(former?.statusPort ?? 0);
  const control = createControlServer(supervisor);
  await listenForControl(control, socketPath, router);
  state.writeRecord(paths, { port, statusPort, pid: process.pid });
  return supervisor;
}

function createStatusPage(
  supervisor: Supervisor,
  { rolloutRecord }: SupervisorOptions,
  { statusPage: secretPath }: state.StatePaths,
  sampleRequest: () => string,
): StatusServer {
  const record = rolloutRecord === undefined ? {} : { rolloutRecord };
  return createStatusServer({
    supervisor,
    sampleRequest,
    secretPath,
    ...record,
    onBug: reportBug,
  });
}

/** Changes of what runs, each after the applies and changes before it. */
function amendments(
  changes: ChangeQueue,
  deployments: EndpointDeployments,
  router: Router,
  captures: Captures,
): Pick<Supervisor, "amend" | "compare" | "fault" | "capture" | "capturedBody"> {
  return {
    amend: (amendment) =>
      changes.add(() => {
        deployments.amend(amendment);
      }),
    compare: (rules) =>
      changes.add(() => {
        router.setComparison(checkRules(rules));
      }),
    fault: (request) =>
      changes.add(() => {
        deployments.fault(request);
      }),
    capture: (request) => changes.add(() => captures.change(request)),
    capturedBody: (number) => captures.bodyOf(number),
  };
}

function captureOf(captures: Captures): Pick<EndpointStatus, "capture"> {
  const capture = captures.status();
  return capture === undefined ? {} : { capture };
}

/** What callers get in with. */
function accessOf(
  router: Router,
  issuer: Parameters<typeof tokenFor>[2],
): Pick<Supervisor, "keys" | "token"> {
  return {
    keys: () => keysOf(issuer.credentials),
    token: async (request = {}) => tokenFor(router.table(), tokenRequestOf(request), issuer),
  };
}

function keysOf({ primaryKey, secondaryKey }: Credentials): EndpointKeys {
  return { primaryKey, secondaryKey };
}

/** A change of a number waits for applies and amendments before it, as others do. */
function autoscale(
  deployments: EndpointDeployments,
  changes: ChangeQueue,
  clock: AutoscaleClock,
): Autoscaler {
  return new Autoscaler({
    deployments: () => deployments.scaled(),
    scale: (deployment, count) => changes.add(() => deployments.scale(deployment, count)),
    clock,
    processorTimes,
  });
}

async function listenForControl(
  control: ControlServer,
  socketPath: string,
  router: Router,
): Promise<void> {
  rmSync(socketPath, { force: true });
  try {
    await control.listen(socketPath);
  } catch (error) {
    await router.close(0);
    throw error;
  }
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

/** A bug in the router: the caller got 500, the supervisor's own log gets the details. */
const reportBug = printBug;
