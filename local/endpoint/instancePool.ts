/**
 * How many requests a deployment takes, and which instance gets the next one.
 *
 * Azure's rule (how-to-troubleshoot-online-endpoints, "HTTP status codes"): at most
 * 2 × max_concurrent_requests_per_instance × instance_count requests at any time; more are answered 429. Below that
 * they wait, in order of arrival, so that an instance never has more than max_concurrent_requests_per_instance.
 */

import { setTimeout as sleep } from "node:timers/promises";

const RETIRE_POLL_MS = 20;

/** A live instance, as far as sending it requests goes. */
export interface Member {
  readonly port: number;
}

export type Refused = "too-many" | "not-ready";

export interface Lease<M extends Member> {
  readonly member: M;
  /** Gives the place on the instance to the next request. Harmless when repeated. */
  release(): void;
}

/** The right of one request to be served by the deployment, from admission to its last byte. */
export interface Admission<M extends Member> {
  /**
   * A place on an instance, perhaps after waiting; `not-ready` when no live instance is left. Rejects with the
   * signal's reason when it is aborted first. Never hands out a member that `avoid` holds.
   */
  lease(signal: AbortSignal, avoid?: ReadonlySet<M>): Promise<Lease<M> | "not-ready">;
  /** The request is over. Harmless when repeated. */
  leave(): void;
}

export interface Pool<M extends Member> {
  add(member: M): void;
  /** Takes an instance out at once; requests it already holds go on. */
  remove(member: M): void;
  members(): readonly M[];
  /** Takes instances out and lets the requests they hold end, at most this long (milliseconds). */
  retire(members: readonly M[], timeoutMs: number): Promise<void>;
  /** The instance count of the limit is the wished one, not the live one. */
  resize(instanceCount: number): void;
  enter(): Admission<M> | Refused;
  /** Requests admitted and not over, waiting ones among them. */
  inFlight(): number;
  /** Resolves when nothing is in flight or the time (milliseconds) is up; true when nothing is. */
  drained(timeoutMs: number): Promise<boolean>;
}

interface Slots {
  held: number;
}

interface Waiter<M extends Member> {
  readonly avoid: ReadonlySet<M>;
  readonly give: (lease: Lease<M> | "not-ready") => void;
}

export function createPool<M extends Member>(
  maxConcurrentPerInstance: number,
  instanceCount: number,
): Pool<M> {
  /** Live instances, in the order in which they were last given a request. */
  const live = new Map<M, Slots>();
  /** Outlives membership: an instance that comes back still holds what it held. */
  const slots = new WeakMap<M, Slots>();
  const waiting = new Set<Waiter<M>>();
  const onIdle = new Set<() => void>();
  let limit = 2 * maxConcurrentPerInstance * instanceCount;
  let inFlight = 0;

  function take(avoid: ReadonlySet<M>): Lease<M> | undefined {
    let best: M | undefined;
    let least = maxConcurrentPerInstance;
    for (const [member, { held }] of live) {
      if (held < least && !avoid.has(member)) [best, least] = [member, held];
    }
    const slot = best === undefined ? undefined : live.get(best);
    if (best === undefined || slot === undefined) return undefined;
    const member = best;
    slot.held += 1;
    // Re-inserting puts it last, so that equally busy instances take turns.
    live.delete(member);
    live.set(member, slot);
    let released = false;
    return {
      member,
      release() {
        if (released) return;
        released = true;
        slot.held -= 1;
        serveWaiting();
      },
    };
  }

  const canServe = (avoid: ReadonlySet<M>) => [...live.keys()].some((member) => !avoid.has(member));

  function serveWaiting(): void {
    for (const waiter of waiting) {
      const lease = take(waiter.avoid);
      if (lease === undefined && canServe(waiter.avoid)) continue;
      waiting.delete(waiter);
      waiter.give(lease ?? "not-ready");
    }
  }

  function lease(signal: AbortSignal, avoid: ReadonlySet<M>): Promise<Lease<M> | "not-ready"> {
    return new Promise((resolve, reject) => {
      signal.throwIfAborted();
      const atOnce = take(avoid) ?? (canServe(avoid) ? undefined : "not-ready");
      if (atOnce !== undefined) {
        resolve(atOnce);
        return;
      }
      const abort = () => {
        waiting.delete(waiter);
        reject(signal.reason as Error);
      };
      const waiter: Waiter<M> = {
        avoid,
        give(given) {
          signal.removeEventListener("abort", abort);
          resolve(given);
        },
      };
      waiting.add(waiter);
      signal.addEventListener("abort", abort, { once: true });
    });
  }

  return {
    add(member) {
      const slot = slots.get(member) ?? { held: 0 };
      slots.set(member, slot);
      live.set(member, slot);
      serveWaiting();
    },
    remove(member) {
      live.delete(member);
      serveWaiting();
    },
    members: () => [...live.keys()],
    async retire(members, timeoutMs) {
      const deadline = Date.now() + timeoutMs;
      for (const member of members) live.delete(member);
      serveWaiting();
      const holds = () => members.some((member) => (slots.get(member)?.held ?? 0) > 0);
      while (holds() && Date.now() < deadline) await sleep(RETIRE_POLL_MS);
    },
    resize(count) {
      limit = 2 * maxConcurrentPerInstance * count;
    },
    enter() {
      if (inFlight >= limit) return "too-many";
      if (live.size === 0) return "not-ready";
      inFlight += 1;
      let left = false;
      return {
        lease: (signal, avoid = new Set()) => lease(signal, avoid),
        leave() {
          if (left) return;
          left = true;
          inFlight -= 1;
          if (inFlight === 0) for (const idle of onIdle) idle();
        },
      };
    },
    inFlight: () => inFlight,
    drained(timeoutMs) {
      if (inFlight === 0) return Promise.resolve(true);
      return new Promise((resolve) => {
        const finish = () => {
          clearTimeout(timer);
          onIdle.delete(finish);
          resolve(inFlight === 0);
        };
        const timer = setTimeout(finish, timeoutMs);
        onIdle.add(finish);
      });
    },
  };
}
