/** The other side of controlServer.ts: a supervisor that runs in another process. */
import { request, type IncomingMessage } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import { createInterface } from "node:readline";

import type { ComparisonRules } from "../../answers/differences";
import { UserError } from "../../errors";
import type { EndpointKeys, EndpointToken } from "../../traffic/liveEndpoint";
import type { CaptureRequest } from "./capture/settings";
import type { WireError } from "./controlServer";
import type { TokenRequest } from "./entra/tokenRequest";
import type { FaultRequest } from "./fault";
import type { EndpointAmendment, EndpointSpec } from "./spec";
import {
  endOrphans,
  readRecord,
  removeSocket,
  socketPathOf,
  statePaths,
  withStateLock,
  writeRecord,
  type StatePaths,
} from "./stateDirectory";
import type { ApplyOptions, EndpointStatus, OnEvent, ProgressEvent } from "./status";

export interface SupervisorClient {
  readonly pid: number;
  /** As Supervisor.apply. Goes on without us when this process ends, unless the number of starts is given. */
  apply(
    spec: EndpointSpec,
    onEvent: OnEvent,
    options?: Pick<ApplyOptions, "starts">,
  ): Promise<void>;
  /** As Supervisor.amend. */
  amend(amendment: EndpointAmendment): Promise<void>;
  /** As Supervisor.compare. */
  compare(rules: ComparisonRules | undefined): Promise<void>;
  /** As Supervisor.fault. */
  fault(request: FaultRequest): Promise<void>;
  /** As Supervisor.capture. */
  capture(request: CaptureRequest): Promise<void>;
  status(): Promise<EndpointStatus>;
  /** As Supervisor.statusLink. */
  statusLink(): Promise<string>;
  keys(): Promise<EndpointKeys>;
  /** As Supervisor.token. */
  token(request?: TokenRequest): Promise<EndpointToken>;
  /** Resolves when the supervisor and everything it started are gone. */
  stop(): Promise<void>;
  /** Resolves when it was stopped, by whomever, or has ended. */
  whenClosed(): Promise<void>;
}

/** Milliseconds. A supervisor answers in well under one; a stopped or swapped-out one does not. */
const HELLO_TIMEOUT_MS = 5_000;
/** Milliseconds between its last answer and the end of its process. */
const EXIT_TIMEOUT_MS = 10_000;

/**
 * Finds the supervisor of a state directory; undefined when none runs. What a dead one has left (its socket, its
 * scoring processes) is cleared up first, unless the caller does that under the lock already.
 */
export async function connectSupervisor(
  stateDirectory: string,
  { clearUp = true }: { readonly clearUp?: boolean } = {},
): Promise<SupervisorClient | undefined> {
  const paths = statePaths(stateDirectory);
  const pid = await hello(paths);
  if (pid !== undefined) return createClient(paths, pid);
  if (clearUp && readRecord(paths)?.pid !== undefined) {
    await withStateLock(paths, async () => {
      // Somebody may have started one in the meantime.
      if ((await hello(paths)) === undefined) await clearUpAfterDead(paths);
    });
    const late = await hello(paths);
    if (late !== undefined) return createClient(paths, late);
  }
  return undefined;
}

const NOBODY_THERE = new Set(["ECONNREFUSED", "ENOENT", "ENOTDIR", "ECONNRESET"]);

async function clearUpAfterDead(paths: StatePaths): Promise<void> {
  const record = readRecord(paths);
  await endOrphans(paths);
  removeSocket(paths, socketPathOf(paths));
  if (record === undefined) return;
  const { pid: _pid, ...ports } = record;
  writeRecord(paths, ports);
}

/** The process id of the supervisor that answers. Throws a UserError when one listens but does not answer. */
async function hello(paths: StatePaths): Promise<number | undefined> {
  try {
    const res = await send(socketPathOf(paths), "GET", "/hello", undefined, HELLO_TIMEOUT_MS);
    return (await readJson<{ pid: number }>(res)).pid;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (NOBODY_THERE.has(code ?? "")) return undefined;
    throw new UserError(
      `the endpoint's supervisor (process ${readRecord(paths)?.pid ?? "unknown"}) does not answer: ${(error as Error).message}`,
    );
  }
}

function createClient(paths: StatePaths, pid: number): SupervisorClient {
  const socketPath = socketPathOf(paths);
  const call = <T>(method: string, path: string, body?: string): Promise<T> =>
    unlessGone(async () => readJson<T>(await send(socketPath, method, path, body)));
  return {
    pid,
    status: () => call<EndpointStatus>("GET", "/status"),
    statusLink: async () => (await call<{ link: string }>("POST", "/status-link")).link,
    keys: () => call<EndpointKeys>("GET", "/keys"),
    token: (request = {}) => call<EndpointToken>("POST", "/token", JSON.stringify(request)),
    async apply(spec, onEvent, { starts } = {}) {
      const path = starts === undefined ? "/apply" : `/apply?starts=${starts}`;
      await unlessGone(async () => {
        const res = await send(socketPath, "POST", path, JSON.stringify(spec));
        if (res.statusCode !== 200) await readJson(res);
        await followApply(res, onEvent);
      });
    },
    async amend(amendment) {
      await call("POST", "/endpoint", JSON.stringify(amendment));
    },
    async compare(rules) {
      await call("POST", "/comparison", JSON.stringify(rules ?? null));
    },
    async fault(request) {
      await call("POST", "/fault", JSON.stringify(request));
    },
    whenClosed: () =>
      call("GET", "/closed").then(
        () => undefined,
        () => undefined,
      ),
    async capture(request) {
      await call("POST", "/capture", JSON.stringify(request));
    },
    async stop() {
      try {
        await readJson(await send(socketPath, "POST", "/stop"));
      } catch (error) {
        // Somebody else has stopped it.
        if (!isGone(error)) throw error;
      }
      // In this very process there is nothing more to wait for.
      if (pid === process.pid) return;
      const deadline = Date.now() + EXIT_TIMEOUT_MS;
      while (isAlive(pid) && Date.now() < deadline) await sleep(20);
    },
  };
}

/** @throws UserError when the supervisor ends before it has answered, as when it is stopped by another command */
async function unlessGone<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw isGone(error) ? ended() : error;
  }
}

function isGone(error: unknown): boolean {
  const { code = "" } = error as NodeJS.ErrnoException;
  return code === "EPIPE" || NOBODY_THERE.has(code);
}

function ended(): UserError {
  return new UserError("the endpoint's supervisor ended before it was done");
}

async function followApply(res: IncomingMessage, onEvent: OnEvent): Promise<void> {
  let finished = false;
  for await (const text of createInterface({ input: res })) {
    const line = JSON.parse(text) as { event?: ProgressEvent; error?: WireError; done?: true };
    if (line.event !== undefined) onEvent(line.event);
    if (line.error !== undefined) throw fromWireError(line.error);
    if (line.done === true) finished = true;
  }
  if (!finished) throw ended();
}

function send(
  socketPath: string,
  method: string,
  path: string,
  body?: string,
  timeoutMs?: number,
): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    const req = request({ socketPath, method, path, agent: false }, resolve);
    if (timeoutMs !== undefined) {
      req.setTimeout(timeoutMs, () => {
        req.destroy(new Error(`no answer within ${timeoutMs / 1000} s`));
      });
    }
    req.on("error", reject);
    req.end(body);
  });
}

async function readJson<T>(res: IncomingMessage): Promise<T> {
  let text = "";
  for await (const chunk of res.setEncoding("utf8") as AsyncIterable<string>) text += chunk;
  const value: unknown = JSON.parse(text);
  if (res.statusCode === 404) throw otherVersion();
  if (res.statusCode !== 200) throw fromWireError(value as WireError);
  return value as T;
}

function otherVersion(): UserError {
  return new UserError(
    "the endpoint that runs was started by another version of this project and does not know this operation; " +
      "stop and start it: npm run local -- down, then npm run local -- up",
  );
}

function fromWireError({ message, isUserError }: WireError): Error {
  return isUserError ? new UserError(message) : new Error(message);
}

/** Whether there is a process with this number. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
