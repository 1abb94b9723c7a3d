/** One request on a connection to a model's server, and its answer as it comes. */
import type { Socket } from "node:net";
import { Readable } from "node:stream";
import type { Dispatcher } from "undici";

import type { InstanceConnection } from "./instanceConnection";
import { headersOf, type AnswerHeaders } from "./answerHeaders";
import type { BodyToModel } from "./bodyToModel";

export interface ModelRequest {
  readonly method: string;
  /** With the query string. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: BodyToModel;
}

export interface AnswerHead {
  readonly status: number;
  readonly headers: AnswerHeaders;
}

/** Who takes an answer. Nothing is called after the connection was destroyed. */
export interface Taker {
  /**
   * @param resume goes on after `add` has returned false
   * @returns when there is something to wait for before the body may come
   */
  head(head: AnswerHead, resume: () => void): Promise<void> | undefined;
  /** False: no more, until `resume` is called. */
  add(chunk: Buffer): boolean;
}

/**
 * How it ended: the whole answer is there; the instance closed the connection; it did so before anything of the request
 * was taken; this side closed it.
 */
export type Outcome = "complete" | "broken" | "unsent" | "cut";

/** It cannot tell `cut` from `broken`: who cuts knows. Rejects when the request itself cannot be sent, which is a bug. */
export function exchange(
  { client, socket }: InstanceConnection,
  { method, path, headers, body }: ModelRequest,
  taker: Taker,
): Promise<Outcome> {
  return new Promise((resolve) => {
    const sent = body.begin();
    const handler = new Exchange(socket, body, taker, sent instanceof Readable, resolve);
    const options = { method: method as Dispatcher.HttpMethod, path, headers, body: sent };
    client.dispatch(options, handler);
  });
}

/** What the client tells of a request and its answer. A class: closures with names cost time where tsx keeps those. */
class Exchange implements Dispatcher.DispatchHandlers {
  private isTaken = false;
  private readonly closed: () => void;

  constructor(
    private readonly socket: Socket,
    private readonly body: BodyToModel,
    private readonly taker: Taker,
    private readonly isStream: boolean,
    private readonly resolve: (outcome: Outcome) => void,
  ) {
    // Should it be closed before the client listens, the client would wait without limit.
    this.closed = setImmediate.bind(undefined, this.onError.bind(this));
    socket.once("close", this.closed);
  }

  onConnect(): void {
    // Required by the client.
  }

  onBodySent(): void {
    if (this.isStream) this.onRequestSent();
  }

  onRequestSent(): void {
    // A write that the peer has closed the connection before fails at once, and nothing of it has arrived (write(2), EPIPE).
    if (this.socket.errored !== null) return;
    this.isTaken = true;
    this.body.commit();
  }

  onHeaders(status: number, raw: Buffer[], resume: () => void): boolean {
    // Information before the answer; the caller gets none.
    if (status < 200) return true;
    this.body.commit();
    const waits = this.taker.head({ status, headers: headersOf(raw) }, resume);
    void waits?.then(resume);
    return waits === undefined;
  }

  onData(chunk: Buffer): boolean {
    return this.taker.add(chunk);
  }

  onComplete(): void {
    // The client takes what came before a reset for the whole of an answer without a length.
    this.settle(this.socket.errored === null ? "complete" : "broken");
  }

  onError(): void {
    this.settle(this.isTaken ? "broken" : "unsent");
  }

  private settle(outcome: Outcome): void {
    this.socket.off("close", this.closed);
    this.resolve(outcome);
  }
}
