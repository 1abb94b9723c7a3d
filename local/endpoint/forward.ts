/** One admitted request: waits for an instance, sends it, and keeps the deployment's time limit. */
import type { IncomingMessage } from "node:http";
import { performance } from "node:perf_hooks";

import {
  bodyTooLarge,
  internalError,
  modelNotReady,
  requestTimeout,
  tooManyRequests,
} from "./endpointResponses";
import { CallerBody, type BodyToModel } from "./bodyToModel";
import { sendToInstance } from "./connect";
import type { ModelRequest } from "./modelRequest";
import { headersToModel } from "./headers";
import type { RequestContext } from "./requestContext";
import { captureForMirror, type Capture, type Mirror } from "./mirror";
import { relay, type TimeLimit } from "./relay";
import { RequestEnding } from "./requestEnding";
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

  const ending = new RequestEnding();
  const stop = ending.abort.bind(ending);
  const limit = new RequestTimeout(context, target, ending);
  const timer = setTimeout(limit.giveUp.bind(limit), requestTimeoutMs);
  context.res.once("close", stop);
  try {
    const request = requestToModel(context, mirror, maxBodyBytes, stop);
    if (mayBeOnItsWay(context.req)) await new Promise(setImmediate);
    const outcome = await sendToInstance(admission, ending, (...connection) =>
      relay(context, target, connection, request, limit),
    );
    if (outcome === "not-ready") context.respond(modelNotReady(target.name));
  } catch (error) {
    // Aborted: the answer was given, or there is nobody to give it to.
    if (!ending.aborted) {
      context.respond(internalError());
      throw error;
    }
  } finally {
    clearTimeout(timer);
    context.res.off("close", stop);
    admission.leave();
  }
}

class RequestTimeout implements TimeLimit {
  private readonly deadline: number;

  constructor(
    private readonly context: RequestContext,
    private readonly target: RoutingTarget,
    private readonly ending: RequestEnding,
  ) {
    this.deadline = performance.now() + target.requestTimeoutMs;
  }

  isOver(): boolean {
    return performance.now() >= this.deadline;
  }

  giveUp(): void {
    const { name, requestTimeoutMs } = this.target;
    this.context.respond(requestTimeout(name, requestTimeoutMs));
    this.ending.abort();
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
  const body = new CallerBody(req, (chunk) => {
    context.bytesIn += chunk.length;
    capture?.add(chunk);
    context.captured?.addBody(chunk);
    if (context.bytesIn > maxBodyBytes) {
      context.respond(bodyTooLarge(maxBodyBytes));
      stop();
    }
    return !context.over();
  });
  if (mirror === undefined) return { ...request, body };
  let begun = false;
  const copied: BodyToModel = {
    begin() {
      // After the end of the connection nothing below would be called.
      if (!begun && !res.destroyed && !req.destroyed) {
        capture = captureForMirror(context, mirror, request);
        context.whenOver = () => {
          capture?.finish(req.readableEnded);
        };
        req.once("close", context.whenOver);
      }
      begun = true;
      return body.begin();
    },
    commit() {
      body.commit();
    },
  };
  return { ...request, body: copied };
}

function limitInWords(target: RoutingTarget): string {
  return `2 × ${target.maxConcurrentRequestsPerInstance} per instance`;
}
