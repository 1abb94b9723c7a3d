/** What waits on behalf of a request is told when that is over; an AbortSignal is one, too. */
export interface Ending {
  readonly aborted: boolean;
  /** What waiting is broken off with. */
  readonly reason: Error;
  addEventListener(type: "abort", listener: () => void): void;
  removeEventListener(type: "abort", listener: () => void): void;
}

/** Made once: one for each request would have a stack each. */
const OVER = new Error("the request is over");

/** The part of AbortController that a request needs, without an event and its dispatch for each request. */
export class RequestEnding implements Ending {
  aborted = false;
  readonly reason = OVER;
  private readonly listeners = new Set<() => void>();

  addEventListener(_type: "abort", listener: () => void): void {
    this.listeners.add(listener);
  }

  removeEventListener(_type: "abort", listener: () => void): void {
    this.listeners.delete(listener);
  }

  /** Tells everybody once. */
  abort(): void {
    if (this.aborted) return;
    this.aborted = true;
    for (const listener of this.listeners) listener();
    this.listeners.clear();
  }
}
