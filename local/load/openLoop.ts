/**
 * Requests at a steady rate, each begun when it is due, whatever became of those before it: an open-loop load (Schroeder,
 * Wierman and Harchol-Balter, "Open Versus Closed: A Cautionary Tale", NSDI 2006). A latency counts from the moment at which
 * the request was due, so a request that had to wait its turn is as late as its caller would find it; a load that counts from
 * the moment of sending omits those waits ("coordinated omission", Gil Tene; README of wrk2).
 */
import { performance } from "node:perf_hooks";

import { isAborted, pause } from "../endpoint/watch";
import type { Answer, Results } from "./results";

export interface Rate {
  readonly perSecond: number;
  readonly seconds: number;
  /** Requests in flight at most; one that is due beyond that is not sent. */
  readonly maxInFlight: number;
}

/** Time, from outside, so that tests take none. Milliseconds. */
export interface LoadClock {
  now(): number;
  /** Ends early when the signal is aborted. Never rejects. */
  sleep(ms: number, signal: AbortSignal): Promise<void>;
}

const SYSTEM: LoadClock = {
  now: () => performance.now(),
  sleep: pause,
};

/** After so many requests without a wait, answers are read before the next one is sent. */
const YIELD_AFTER = 64;

/**
 * Resolves when the last request is over; with the signal aborted, at once, and what is in flight then is not counted as
 * answered.
 *
 * @param send sends the request of this number, from 0. Rejects when there is no answer
 */
export async function openLoop(
  { perSecond, seconds, maxInFlight }: Rate,
  send: (index: number) => Promise<Answer>,
  results: Results,
  signal: AbortSignal,
  clock: LoadClock = SYSTEM,
): Promise<void> {
  const inFlight = new Set<Promise<void>>();
  const begin = (index: number, dueAt: number) => {
    const done: Promise<void> = send(index)
      .then(
        (answer) => {
          if (!signal.aborted) results.answer(answer, clock.now() - dueAt);
        },
        (error: unknown) => {
          if (!signal.aborted) results.fail(reasonOf(error));
        },
      )
      .finally(() => inFlight.delete(done));
    inFlight.add(done);
  };
  const startedAt = clock.now();
  const total = Math.max(1, Math.round(perSecond * seconds));
  for (let index = 0; index < total; index += 1) {
    const dueAt = startedAt + (index * 1000) / perSecond;
    while (clock.now() < dueAt && !isAborted(signal)) {
      await clock.sleep(dueAt - clock.now(), signal);
    }
    if (index % YIELD_AFTER === 0) await clock.sleep(0, signal);
    if (isAborted(signal)) return;
    results.due();
    if (inFlight.size >= maxInFlight) results.skip();
    else begin(index, dueAt);
  }
  await Promise.race([Promise.all(inFlight), aborted(signal)]);
}

function reasonOf(error: unknown): string {
  const { code, message } = error as NodeJS.ErrnoException;
  return code ?? message;
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    signal.addEventListener("abort", () => {
      resolve();
    });
    if (signal.aborted) resolve();
  });
}
