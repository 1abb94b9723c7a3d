/** One admitted request: waits for an instance, sends it, and keeps the deployment's time limit. */
import type { IncomingMessage } from "node:http";
import { performance } from "node:perf_hooks";
import { setImmediate } from "node:timers/promises";

import {
  bodyTooLarge,
  internalError,
  modelNotReady,
  requestTimeout,
  tooManyRequests,
} from "./endpointResponses";
import { bodyOf } from "./bodyToModel";
import { sendToInstance } from "./connect";
import type { ModelRequest } from "./modelRequest";
import { headersToModel } from "./headers";
import type { RequestContext } from "./requestContext";
import { captureForMirror, type Capture, type Mirror } from "./mirror";
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
    abort.abort(OVER);
  };
  const deadline = performance.now() + requestTimeoutMs;
  const giveUp = () => {
    context.respond(requestTimeout(target.name, requestTimeoutMs));
    stop();
  };
  const timer = setTimeout(giveUp, requestTimeoutMs);
  context.res.once("close", stop);
  try {
    const isOver = () => performance.now() >= deadline;
    const request = requestToModel(context, mirror, maxBodyBytes, stop);
    if (mayBeOnItsWay(context.req)) await setImmediate();
    const outcome = await sendToInstance(admission, abort.signal, (...connection) =>
      relay(context, target, connection, request, { isOver, giveUp }),
    );
    if (outcome === "not-ready") context.respond(modelNotReady(target.name));
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

/** Bytes; a body up to this size has mostly come with its headers, and Node tells of it when it has told of those. */
const SMALL_BODY = 64 * 1024;

/** Whether a moment may show the whole body, which is then sent without a stream. */
function mayBeOnItsWay({ complete, headers }: IncomingMessage): boolean {
  const length = Number(headers["content-length"] ?? 0);
  return !complete && length > 0 && length <= SMALL_BODY;
}

/** The request as the model's server gets it. Its body is counted, and copied for the mirror, as it is read. */
function requestToModel(
  context: RequestContext,
  mirror: Mirror | undefined,
  maxBodyBytes: number,
  stop: () => void,
): ModelRequest {
  const { req, res, requestId } = context;
  const { method = "POST", url = "/score" } = req;
  const request = { method, path: url, headers: headersToModel(req, requestId) };
  let capture: Capture | undefined;
  const body = bodyOf(req, (chunk) => {
    context.bytesIn += chunk.length;
    capture?.add(chunk);
    context.captured?.addBody(chunk);
    if (context.bytesIn > maxBodyBytes) {
      context.respond(bodyTooLarge(maxBodyBytes));
      stop();
    }
    return !context.over();
  });
  let begun = false;
  return {
    ...request,
    body: {
      ...body,
      begin() {
        // After the end of the connection nothing below would be called.
        const isWanted = mirror !== undefined && !res.destroyed && !req.destroyed;
        if (!begun && isWanted) {
          capture = captureForMirror(context, mirror, request);
          context.whenOver = () => {
            capture?.finish(req.readableEnded);
          };
          req.once("close", context.whenOver);
        }
        begun = true;
        return body.begin();
      },
    },
  };
}

/** Why nothing more is done for a request. Made once: Node would make one with a stack for each request. */
const OVER = new Error("the request is over");

function limitInWords(target: RoutingTarget): string {
  return `2 × ${target.maxConcurrentRequestsPerInstance} per instance`;
}
