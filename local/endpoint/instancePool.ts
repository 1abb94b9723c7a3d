/**
 * How many requests a deployment takes, and which instance gets the next one.
 *
 * Azure's rule (how-to-troubleshoot-online-endpoints, "HTTP status codes"): at most
 * 2 × max_concurrent_requests_per_instance × instance_count requests at any time; more are answered 429. Below that
 * they wait, in order of arrival, so that an instance never has more than max_concurrent_requests_per_instance.
 */

import { setTimeout as sleep } from "node:timers/promises";
import type { Ending } from "./requestEnding";

const RETIRE_POLL_MS = 20;

/** A live instance, as far as sending it requests goes. */
export interface Member {
  /** The UNIX socket that its server listens on. */
  readonly socketPath: string;
}

export type Rejection = "too-many" | "not-ready";

export interface Lease<M extends Member> {
  readonly member: M;
  /** Gives the slot on the instance to the next request. Can be called more than once. */
  release(): void;
}

/** The right of one request to be served by the deployment, from admission to its last byte. */
export interface Admission<M extends Member> {
  /**
   * A slot on an instance, perhaps after waiting; `not-ready` when no live instance is left. Rejects with the
   * ending's reason when that comes first. Never returns a member that `avoid` holds.
   */
  lease(ending: Ending, avoid?: ReadonlySet<M>): Promise<Lease<M> | "not-ready">;
  /** The request is over. Can be called more than once. */
  leave(): void;
}

interface Slots {
  held: number;
}

interface Waiter<M extends Member> {
  readonly avoid: ReadonlySet<M>;
  readonly give: (lease: Lease<M> | "not-ready") => void;
}

/**
 * The live instances of a deployment and the requests that they serve:
 *
 *     const pool = new InstancePool<Member>(maxConcurrentPerInstance, instanceCount);
 *     pool.add(instance);
 *     const admission = pool.enter();              // or "too-many": answer 429
 *     const lease = await admission.lease(ending); // waits for a free slot on an instance
 *     lease.release();
 *     admission.leave();
 */
export class InstancePool<M extends Member> {
  /** Live instances, in the order in which they were last given a request. */
  private readonly live = new Map<M, Slots>();
  /** Outlives membership: an instance that comes back still holds what it held. */
  private readonly slots = new WeakMap<M, Slots>();
  private readonly waiting = new Set<Waiter<M>>();
  private readonly onIdle = new Set<() => void>();
  private admitted = 0;

  constructor(
    private readonly maxConcurrentPerInstance: number,
    private instanceCount: number,
  ) {}

  add(member: M): void {
    const slot = this.slots.get(member) ?? { held: 0 };
    this.slots.set(member, slot);
    this.live.set(member, slot);
    this.serveWaiting();
  }

  /** Takes an instance out at once; requests it already holds go on. */
  remove(member: M): void {
    this.live.delete(member);
    this.serveWaiting();
  }

  members(): readonly M[] {
    return [...this.live.keys()];
  }

  /** Takes instances out and lets the requests they hold end, at most this long (milliseconds). */
  async retire(members: readonly M[], timeoutMs: number): Promise<void> {
    const deadline = Date.now() + timeoutMs;
    for (const member of members) this.live.delete(member);
    this.serveWaiting();
    const holds = () => members.some((member) => (this.slots.get(member)?.held ?? 0) > 0);
    while (holds() && Date.now() < deadline) await sleep(RETIRE_POLL_MS);
  }

  /** The limit counts the desired instances, not the live ones. */
  resize(instanceCount: number): void {
    this.instanceCount = instanceCount;
  }

  enter(): Admission<M> | Rejection {
    if (this.admitted >= 2 * this.maxConcurrentPerInstance * this.instanceCount) return "too-many";
    if (this.live.size === 0) return "not-ready";
    this.admitted += 1;
    return {
      lease: this.lease.bind(this),
      leave: once(() => {
        this.admitted -= 1;
        if (this.admitted === 0) for (const idle of this.onIdle) idle();
      }),
    };
  }

  /** Requests admitted and not over, waiting ones among them. */
  inFlight(): number {
    return this.admitted;
  }

  /** Resolves when nothing is in flight or the time (milliseconds) is up; true when nothing is. */
  drained(timeoutMs: number): Promise<boolean> {
    if (this.admitted === 0) return Promise.resolve(true);
    return new Promise((resolve) => {
      const finish = () => {
        clearTimeout(timer);
        this.onIdle.delete(finish);
        resolve(this.admitted === 0);
      };
      const timer = setTimeout(finish, timeoutMs);
      this.onIdle.add(finish);
    });
  }

  private lease(
    ending: Ending,
    avoid: ReadonlySet<M> = new Set(),
  ): Promise<Lease<M> | "not-ready"> {
    if (ending.aborted) return Promise.reject(ending.reason);
    const atOnce = this.take(avoid) ?? (this.canServe(avoid) ? undefined : "not-ready");
    if (atOnce !== undefined) return Promise.resolve(atOnce);
    return new Promise((resolve, reject) => {
      const abort = () => {
        this.waiting.delete(waiter);
        reject(ending.reason);
      };
      const waiter: Waiter<M> = {
        avoid,
        give(given) {
          ending.removeEventListener("abort", abort);
          resolve(given);
        },
      };
      this.waiting.add(waiter);
      ending.addEventListener("abort", abort);
    });
  }

  /** A slot on the least busy instance; undefined when none is free. */
  private take(avoid: ReadonlySet<M>): Lease<M> | undefined {
    let best: readonly [M, Slots] | undefined;
    for (const [member, slots] of this.live) {
      if (slots.held >= (best?.[1].held ?? this.maxConcurrentPerInstance)) continue;
      if (!avoid.has(member)) best = [member, slots];
    }
    if (best === undefined) return undefined;
    const [member, slots] = best;
    slots.held += 1;
    // Re-inserting puts it last, so that equally busy instances take turns.
    this.live.delete(member);
    this.live.set(member, slots);
    return {
      member,
      release: once(() => {
        slots.held -= 1;
        this.serveWaiting();
      }),
    };
  }

  private canServe(avoid: ReadonlySet<M>): boolean {
    return [...this.live.keys()].some((member) => !avoid.has(member));
  }

  private serveWaiting(): void {
    for (const waiter of this.waiting) {
      const lease = this.take(waiter.avoid);
      if (lease === undefined && this.canServe(waiter.avoid)) continue;
      this.waiting.delete(waiter);
      waiter.give(lease ?? "not-ready");
    }
  }
}

/** Does it the first time, and nothing afterwards. */
function once(action: () => void): () => void {
  let isDone = false;
  return () => {
    if (isDone) return;
    isDone = true;
    action();
  };
}
