/** One request on a connection to a model's server, and its answer as it comes. */
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
    const settle = (outcome: Outcome) => {
      socket.off("close", closed);
      resolve(outcome);
    };
    const sent = body.begin();
    const isStream = sent instanceof Readable;
    let isTaken = false;
    // A write that the peer has closed the connection before fails at once, and nothing of it has arrived (write(2), EPIPE).
    const wrote = () => {
      if (socket.errored !== null) return;
      isTaken = true;
      body.commit();
    };
    const failed = () => {
      settle(isTaken ? "broken" : "unsent");
    };
    const handler: Dispatcher.DispatchHandlers & { onRequestSent(): void } = {
      onConnect: () => undefined,
      ...(isStream && { onBodySent: wrote }),
      onRequestSent: wrote,
      onHeaders(status, raw, resume) {
        // Information before the answer; the caller gets none.
        if (status < 200) return true;
        body.commit();
        const waits = taker.head({ status, headers: headersOf(raw) }, resume);
        void waits?.then(resume);
        return waits === undefined;
      },
      onData: (chunk) => taker.add(chunk),
      onComplete() {
        // The client takes what came before a reset for the whole of an answer without a length.
        settle(socket.errored === null ? "complete" : "broken");
      },
      onError: failed,
    };
    // Should it be closed before the client listens, the client would wait without limit.
    const closed = () => {
      setImmediate(failed);
    };
    socket.once("close", closed);
    const options = { method: method as Dispatcher.HttpMethod, path, headers, body: sent };
    client.dispatch(options, handler);
  });
}
