import { setTimeout as sleep } from "node:timers/promises";

/** Between two calls of a sender: without it, the load and not what it is about takes the processor. */
const PAUSE_MS = 10;

/** Calls one after another, from several senders, until told to stop. */
export interface SteadyLoad {
  /** Answers so far: tests wait for a number of them, not for a time. */
  answered(): number;
  /** What became of all calls: the status, or the error's text. */
  stop(): Promise<(number | string)[]>;
}

export function steadyLoad(
  call: () => Promise<{ readonly status: number }>,
  senders = 4,
): SteadyLoad {
  const outcomes: (number | string)[] = [];
  let going = true;
  const isGoing = () => going;
  const sender = async () => {
    while (isGoing()) {
      outcomes.push(
        await call().then(
          ({ status }) => status,
          (error: unknown) => String(error),
        ),
      );
      await sleep(PAUSE_MS);
    }
  };
  const all = Promise.all(Array.from({ length: senders }, sender));
  return {
    answered: () => outcomes.length,
    async stop() {
      going = false;
      await all;
      return outcomes;
    },
  };
}
