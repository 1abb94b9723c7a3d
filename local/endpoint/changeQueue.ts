export interface ChangeQueue {
  add(work: () => void | Promise<void>): Promise<void>;
  /** Resolves when everything added so far is over. */
  idle(): Promise<void>;
}

/** Runs work strictly one after another; a failure does not stop what waits behind it. */
export function createQueue(): ChangeQueue {
  let last: Promise<void> = Promise.resolve();
  return {
    add(work) {
      const done = last.then(work);
      last = done.catch(() => undefined);
      return done;
    },
    idle: () => last,
  };
}
