/** Keeps one instance of a deployment alive: starts it, restarts it when it ends, and stops it for good. */
import { randomUUID } from "node:crypto";

import { createRotatingLog } from "./rotatingLog";
import { startServerProcess, type ServerProcess } from "./serverProcess";
import type { Upstream } from "./routingTarget";
import type { InstanceState, InstanceStatus } from "./status";
import { isAborted, pause, watch, type Probes } from "./watch";

export interface InstanceOptions {
  readonly id: number;
  readonly probes: Probes;
  readonly python: string;
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
  readonly logPath: string;
  readonly onReady: (upstream: Upstream) => void;
  readonly onGone: (upstream: Upstream) => void;
  /** Processes by the token in their command line; without a pid: it has ended. */
  readonly onProcess: (token: string, pid: number | undefined) => void;
}

export interface Instance {
  readonly id: number;
  /** Resolves when it is ready for the first time. Rejects, with the log's tail, when it will not become so. */
  readonly firstReady: Promise<void>;
  status(): InstanceStatus;
  /** For good: SIGTERM, and SIGKILL after the grace (milliseconds). Resolves when no process of it is left. */
  stop(graceMs: number): Promise<void>;
  /** At once, without waiting. */
  kill(): void;
}

/** A script that ends this often before it was ever ready will not get better by itself. */
const MAX_FAILED_STARTS = 3;
/** Seconds. Waits before the second, third … restart in a row: 1, 2, 4 … up to this. */
const MAX_BACKOFF_SECONDS = 30;
/** Milliseconds. A process that was up this long starts a new series of restarts. */
const STABLE_MS = 60_000;
/** Milliseconds. A server that fails its liveness probe hangs; it is not waited for long. */
const HANGING_GRACE_MS = 1_000;
/** Characters of output kept in memory, so that a full disk does not hide why a start failed. */
const TAIL_LENGTH = 16 * 1024;
const TAIL_LINES = 25;

interface Run {
  readonly why: string;
  readonly wasReady: boolean;
  /** No further attempt is worth it. */
  readonly fatal: boolean;
}

export function startInstance(options: InstanceOptions): Instance {
  const log = createRotatingLog(options.logPath);
  const stopping = new AbortController();
  let resolveFirst: () => void = () => undefined;
  let rejectFirst: (error: Error) => void = () => undefined;
  const firstReady = new Promise<void>((resolve, reject) => {
    [resolveFirst, rejectFirst] = [resolve, reject];
  });
  // Whoever asks learns of the failure; not everybody does.
  firstReady.catch(() => undefined);
  let state: InstanceState = "starting";
  let current: ServerProcess | undefined;
  let port: number | undefined;
  let restarts = 0;
  let tail = "";

  const write = (text: string) => {
    tail = (tail + text).slice(-TAIL_LENGTH);
    log.write(text);
  };
  const note = (text: string) => {
    write(`${new Date().toISOString()} endpoint: ${text}\n`);
  };
  const become = (next: InstanceState) => {
    if (!stopping.signal.aborted) state = next;
  };

  /** One process from its start to its end. */
  async function runOnce(): Promise<Run> {
    const token = randomUUID();
    const process = startServerProcess({ ...options, token, onOutput: write });
    current = process;
    options.onProcess(token, process.pid);
    note(`process ${process.pid} started`);
    const ended = new AbortController();
    const exited = process.exited.finally(() => {
      ended.abort();
    });
    let wasReady = false;
    port = await process.port.catch(() => undefined);
    const verdict =
      port === undefined
        ? ({ kind: "ended" } as const)
        : await watch({
            probes: options.probes,
            port,
            signal: AbortSignal.any([ended.signal, stopping.signal]),
            onReady(upstream) {
              wasReady = true;
              become("ready");
              note("ready");
              options.onReady(upstream);
              resolveFirst();
            },
            onGone(upstream) {
              become("unready");
              note("not ready");
              options.onGone(upstream);
            },
          });
    if (verdict.kind !== "ended") await process.stop(HANGING_GRACE_MS);
    const why = await exited;
    current = undefined;
    port = undefined;
    options.onProcess(token, undefined);
    return {
      why: verdict.kind === "ended" ? why : verdict.why,
      wasReady,
      fatal: verdict.kind === "never-ready",
    };
  }

  async function keepAlive(): Promise<void> {
    let inARow = 0;
    let everReady = false;
    while (!isAborted(stopping.signal)) {
      const startedAt = Date.now();
      const { why, wasReady, fatal } = await runOnce();
      if (isAborted(stopping.signal)) return;
      note(`process ${why}`);
      everReady ||= wasReady;
      inARow = Date.now() - startedAt > STABLE_MS ? 1 : inARow + 1;
      if (!everReady && (fatal || inARow >= MAX_FAILED_STARTS)) {
        become("stopped");
        const times = inARow > 1 ? `, ${inARow} times in a row` : "";
        rejectFirst(new Error(`${why}${times}\n${lastLines(tail)}`));
        return;
      }
      become("restarting");
      restarts += 1;
      // The first restart comes at once.
      const backoffSeconds = inARow < 2 ? 0 : Math.min(MAX_BACKOFF_SECONDS, 2 ** (inARow - 2));
      await pause(backoffSeconds * 1000, stopping.signal);
      become("starting");
    }
  }
  const ended = keepAlive();

  return {
    id: options.id,
    firstReady,
    status: () => ({
      id: options.id,
      state,
      ...(current !== undefined && {
        pid: current.pid,
        uptimeSeconds: Math.round((Date.now() - current.startedAt) / 1000),
      }),
      ...(port !== undefined && { port }),
      restarts,
      logPath: options.logPath,
    }),
    async stop(graceMs) {
      become("stopping");
      stopping.abort();
      await current?.stop(graceMs);
      await ended;
      state = "stopped";
      rejectFirst(new Error("was stopped"));
      await log.close();
    },
    kill() {
      stopping.abort();
      current?.kill();
    },
  };
}

function lastLines(text: string): string {
  return text.trimEnd().split("\n").slice(-TAIL_LINES).join("\n");
}
