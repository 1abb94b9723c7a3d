/** Keeps one instance of a deployment alive: starts it, restarts it when it ends, and stops it for good. */
import { randomUUID } from "node:crypto";

import { createRotatingLog, type RotatingLog } from "./rotatingLog";
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
  /** In the state directory; in the command line, so that a process can be found by it. */
  readonly homeDirectory: string;
  /** A path for the socket of a process, by its token. */
  readonly socketPathFor: (token: string) => string;
  readonly logPath: string;
  readonly onReady: (upstream: Upstream) => void;
  readonly onGone: (upstream: Upstream) => void;
  /** Called after its output has grown. */
  readonly onPrinted: () => void;
  /** Called with the token in the command line of a process; without a pid: the process has ended. */
  readonly onProcess: (token: string, pid: number | undefined) => void;
  /** Processes that end without ever being ready, until it gives up. @default 3 */
  readonly starts?: number;
}

/** A script that ends this often without ever being ready is not started again. */
const MAX_FAILED_STARTS = 3;
/** Seconds. Waits before the second, third … restart in a row: 1, 2, 4 … up to this. */
const MAX_BACKOFF_SECONDS = 30;
/** Milliseconds. A process that was up this long starts a new series of restarts. */
const STABLE_MS = 60_000;
/** Milliseconds. What a server gets to end by itself after it failed its liveness probe. */
const HANGING_GRACE_MS = 1_000;
/** Characters of output kept in memory, so that a full disk does not hide why a start failed. */
const TAIL_LENGTH = 16 * 1024;

/** It gave up before it was ever ready. */
export class StartFailure extends Error {
  constructor(
    /** In words, such as `exited with status 3`. */
    readonly why: string,
    /** The end of what its last process printed. */
    readonly output: string,
  ) {
    super(why);
  }
}

/** How one process of the instance ended. */
interface ProcessEnd {
  readonly why: string;
  readonly wasReady: boolean;
  /** Another attempt would fail in the same way. */
  readonly fatal: boolean;
}

export class Instance {
  readonly id: number;
  /** Resolves when it is ready for the first time. Rejects with a StartFailure when it gives up before that. */
  readonly firstReady: Promise<void>;
  private resolveFirst: () => void = () => undefined;
  private rejectFirst: (error: Error) => void = () => undefined;
  private readonly log: RotatingLog;
  private readonly stopping = new AbortController();
  private readonly ended: Promise<void>;
  private state: InstanceState = "starting";
  private current: ServerProcess | undefined;
  private socketPath: string | undefined;
  private restarts = 0;
  private tail = "";
  private printed = 0;

  /** Starts its first process at once. */
  constructor(private readonly options: InstanceOptions) {
    this.id = options.id;
    this.log = createRotatingLog(options.logPath);
    this.firstReady = new Promise<void>((resolve, reject) => {
      [this.resolveFirst, this.rejectFirst] = [resolve, reject];
    });
    // A failure that no caller waits for is not an unhandled rejection.
    this.firstReady.catch(() => undefined);
    this.ended = this.keepAlive();
  }

  status(): InstanceStatus {
    const { id, state, current, socketPath, restarts } = this;
    return {
      id,
      state,
      ...(current !== undefined && {
        pid: current.pid,
        uptimeSeconds: Math.round((Date.now() - current.startedAt) / 1000),
      }),
      ...(socketPath !== undefined && { socketPath }),
      restarts,
      logPath: this.options.logPath,
    };
  }

  /** From here on, what it prints is given by `outputSince`. */
  mark(): number {
    return this.printed;
  }

  /** At most the last 16 Ki characters. */
  outputSince(mark: number): string {
    const fresh = this.printed - mark;
    return fresh === 0 ? "" : this.tail.slice(-fresh);
  }

  /** For good: SIGTERM, and SIGKILL after the grace (milliseconds). Resolves when no process of it is left. */
  async stop(graceMs: number): Promise<void> {
    this.become("stopping");
    this.stopping.abort();
    await this.current?.stop(graceMs);
    await this.ended;
    this.state = "stopped";
    this.rejectFirst(new Error("was stopped"));
    await this.log.close();
  }

  /** At once, without waiting. */
  kill(): void {
    this.stopping.abort();
    this.current?.kill();
  }

  /** Ends its process as a crash would; another one is started. False when it has none. */
  crash(): boolean {
    this.current?.kill();
    return this.current !== undefined;
  }

  /** Starts processes one after another until it is stopped, or none of them becomes ready. */
  private async keepAlive(): Promise<void> {
    let inARow = 0;
    let everReady = false;
    while (!isAborted(this.stopping.signal)) {
      const startedAt = Date.now();
      const { why, wasReady, fatal } = await this.runProcess();
      if (isAborted(this.stopping.signal)) return;
      this.note(`process ${why}`);
      everReady ||= wasReady;
      inARow = Date.now() - startedAt > STABLE_MS ? 1 : inARow + 1;
      if (!everReady && (fatal || inARow >= (this.options.starts ?? MAX_FAILED_STARTS))) {
        this.become("stopped");
        const times = inARow > 1 ? `, ${inARow} times in a row` : "";
        this.rejectFirst(new StartFailure(`${why}${times}`, this.tail));
        return;
      }
      this.become("restarting");
      this.restarts += 1;
      // The first restart comes at once.
      const backoffSeconds = inARow < 2 ? 0 : Math.min(MAX_BACKOFF_SECONDS, 2 ** (inARow - 2));
      await pause(backoffSeconds * 1000, this.stopping.signal);
      this.become("starting");
    }
  }

  /** One process from its start to its end. */
  private async runProcess(): Promise<ProcessEnd> {
    const { options } = this;
    const token = randomUUID();
    const onOutput = (text: string) => {
      this.write(text);
    };
    const socketPath = options.socketPathFor(token);
    const server = startServerProcess({ ...options, token, socketPath, onOutput });
    this.current = server;
    options.onProcess(token, server.pid);
    this.note(`process ${server.pid} started`);
    const ended = new AbortController();
    const exited = server.exited.finally(() => {
      ended.abort();
    });
    let wasReady = false;
    const isListening = await server.listening.then(
      () => true,
      () => false,
    );
    this.socketPath = socketPath;
    const verdict = !isListening
      ? ({ kind: "ended" } as const)
      : await watch({
          probes: options.probes,
          socketPath,
          signal: AbortSignal.any([ended.signal, this.stopping.signal]),
          onReady: (upstream) => {
            wasReady = true;
            this.onReady(upstream);
          },
          onGone: (upstream) => {
            this.onGone(upstream);
          },
        });
    if (verdict.kind !== "ended") await server.stop(HANGING_GRACE_MS);
    const why = await exited;
    this.current = undefined;
    this.socketPath = undefined;
    options.onProcess(token, undefined);
    return {
      why: verdict.kind === "ended" ? why : verdict.why,
      wasReady,
      fatal: verdict.kind === "never-ready",
    };
  }

  private onReady(upstream: Upstream): void {
    this.become("ready");
    this.note("ready");
    this.options.onReady(upstream);
    this.resolveFirst();
  }

  private onGone(upstream: Upstream): void {
    this.become("unready");
    this.note("not ready");
    this.options.onGone(upstream);
  }

  private become(next: InstanceState): void {
    if (!this.stopping.signal.aborted) this.state = next;
  }

  private note(text: string): void {
    this.write(`${new Date().toISOString()} endpoint: ${text}\n`);
  }

  private write(text: string): void {
    this.tail = (this.tail + text).slice(-TAIL_LENGTH);
    this.printed += text.length;
    this.log.write(text);
    this.options.onPrinted();
  }
}
