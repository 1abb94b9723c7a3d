/** One admitted request: waits for an instance, sends it, and keeps the deployment's time limit. */
import { performance } from "node:perf_hooks";

import {
  bodyTooLarge,
  internalError,
  modelNotReady,
  requestTimeout,
  tooManyRequests,
} from "./endpointResponses";
import { closeConnection, connectToInstance } from "./connect";
import type { RequestContext } from "./requestContext";
import { captureForMirror, type Mirror } from "./mirror";
import { relay } from "./relay";
import type { RoutingTarget } from "./routingTarget";

/**
 * The time limit runs from arrival to the last byte of the answer, waiting for an instance included: "increase
 * request_timeout_ms to account for any networking/queue delays" (OnlineRequestSettings, max_queue_wait deprecated).
 */
export async function forward(
  context: RequestContext,
  target: RoutingTarget,
  mirror: Mirror | undefined,
  maxBodyBytes: number,
): Promise<void> {
  const { pool, requestTimeoutMs } = target;
  context.target = target;
  const admission = pool.enter();
  if (admission === "not-ready") {
    context.respond(modelNotReady(target.name));
    return;
  }
  if (admission === "too-many") {
    context.respond(tooManyRequests(target.name, limitInWords(target)));
    return;
  }

  const abort = new AbortController();
  const stop = () => {
    abort.abort();
  };
  const deadline = performance.now() + requestTimeoutMs;
  const giveUp = () => {
    context.respond(requestTimeout(target.name, requestTimeoutMs));
    stop();
  };
  const timer = setTimeout(giveUp, requestTimeoutMs);
  context.res.once("close", stop);
  try {
    const connection = await connectToInstance(admission, abort.signal);
    if (connection === "not-ready") {
      context.respond(modelNotReady(target.name));
      return;
    }
    const { socket } = connection;
    const cut = () => {
      socket.destroy();
    };
    abort.signal.addEventListener("abort", cut, { once: true });
    if (abort.signal.aborted) cut();
    let brokenOff = false;
    try {
      // Both listen from the same moment, before the first byte flows.
      const isOver = () => performance.now() >= deadline;
      const relayed = relay(context, target, socket, { isOver, giveUp });
      watchBody(context, mirror, maxBodyBytes, stop);
      brokenOff = await relayed;
    } finally {
      // The answer does not wait for it.
      void closeConnection(connection, brokenOff);
    }
  } catch (error) {
    // Aborted: the answer was given, or there is nobody to give it to.
    if (!abort.signal.aborted) {
      context.respond(internalError());
      throw error;
    }
  } finally {
    clearTimeout(timer);
    context.res.off("close", stop);
    admission.leave();
  }
}

function watchBody(
  context: RequestContext,
  mirror: Mirror | undefined,
  maxBodyBytes: number,
  stop: () => void,
): void {
  const { req, res } = context;
  // After the end of the connection nothing below would be called.
  const wanted = mirror !== undefined && !res.destroyed && !req.destroyed;
  const capture = wanted ? captureForMirror(context, mirror) : undefined;
  req.on("data", (chunk: Buffer) => {
    context.bytesIn += chunk.length;
    capture?.add(chunk);
    if (context.bytesIn <= maxBodyBytes) return;
    context.respond(bodyTooLarge(maxBodyBytes));
    stop();
  });
  context.whenOver = () => {
    capture?.finish(req.readableEnded);
  };
  req.once("close", context.whenOver);
}

function limitInWords(target: RoutingTarget): string {
  return `2 × ${target.maxConcurrentRequestsPerInstance} per instance`;
}
