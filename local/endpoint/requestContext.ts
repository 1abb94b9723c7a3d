/** One request and its answer, from arrival to the line in the access log. */
import type { IncomingMessage, ServerResponse } from "node:http";
import type { Socket } from "node:net";
import { performance } from "node:perf_hooks";

import type { AnswerSide } from "./answerPair";
import { sendResponse, type EndpointResponse } from "./endpointResponses";
import type { AccessLog } from "./accessLog";
import type { CapturedRequest } from "./capture/captures";
import type { RoutingTarget } from "./routingTarget";

/** As nginx logs it: the caller closed the connection before the answer was complete. */
const CALLER_LEFT = 499;

export interface RequestContext {
  readonly req: IncomingMessage;
  readonly res: ServerResponse;
  readonly requestId: string;
  /** Without the query string. */
  readonly path: string;
  target?: RoutingTarget;
  mirrored?: string;
  /** Where the answer is to be compared with that to a copy of the request. */
  answer?: AnswerSide | undefined;
  /** Where a user asks for requests to be captured. */
  captured?: CapturedRequest | undefined;
  modelStatus?: number;
  bytesIn: number;
  bytesOut: number;
  /** Called when the answer is over, which can be before the request is. */
  whenOver?: () => void;
  /** Responds for the endpoint itself. Cuts the connection when the model's answer has already begun. */
  respond(response: EndpointResponse): void;
  /** The endpoint has responded, the answer is complete, or the connection is closed. */
  over(): boolean;
}

export function beginRequest(
  req: IncomingMessage,
  res: ServerResponse,
  requestId: string,
  log: AccessLog,
): RequestContext {
  const time = new Date();
  const startedAt = performance.now();
  let own: EndpointResponse | undefined;

  const context: RequestContext = {
    req,
    res,
    requestId,
    path: (req.url ?? "").split("?", 1)[0] ?? "",
    bytesIn: 0,
    bytesOut: 0,
    respond(response) {
      if (own !== undefined || res.writableEnded) return;
      own = response;
      if (res.headersSent) res.destroy();
      else context.bytesOut += sendResponse(res, response);
    },
    over() {
      return own !== undefined || res.destroyed || res.writableEnded;
    },
  };

  const over = closeWithConnection(req.socket, res);
  res.once("close", () => {
    over();
    context.whenOver?.();
    context.answer?.finish(own === undefined && res.writableFinished);
    const durationMs = performance.now() - startedAt;
    const status = own?.status ?? (res.writableFinished ? res.statusCode : CALLER_LEFT);
    context.captured?.finish(own === undefined && res.writableFinished, status, durationMs);
    const clientRequestId = res.getHeader("x-ms-client-request-id");
    context.target?.metrics.record(status, context.modelStatus, durationMs);
    log.write({
      time,
      requestId,
      ...(typeof clientRequestId === "string" && { clientRequestId }),
      method: req.method ?? "",
      path: context.path,
      status,
      ...(context.modelStatus !== undefined && { modelStatus: context.modelStatus }),
      ...(context.target !== undefined && { deployment: context.target.name }),
      ...(context.mirrored !== undefined && { mirrored: context.mirrored }),
      durationMs,
      bytesIn: context.bytesIn,
      bytesOut: context.bytesOut,
      ...(own !== undefined && { error: own.code }),
    });
  });
  return context;
}

/** Answers that are not over, by their connection. */
const unfinished = new WeakMap<Socket, Set<ServerResponse>>();

/**
 * Closes an answer at the end of its connection. Node does that for the one that has the connection alone, and forgets those
 * that wait behind it (_http_server.js, socketOnClose). One listener serves all of a connection, because a caller may send any
 * number of requests without a wait.
 *
 * @returns to be called when the answer is over
 */
function closeWithConnection(socket: Socket, res: ServerResponse): () => void {
  const known = unfinished.get(socket);
  const all = known ?? new Set<ServerResponse>();
  all.add(res);
  if (known === undefined) {
    unfinished.set(socket, all);
    socket.once("close", () => {
      for (const one of all) {
        if (one.socket === null && !one.writableFinished) one.destroy().emit("close");
      }
    });
  }
  return () => all.delete(res);
}
