/** The endpoint as callers see it: HTTP on the loopback address, with Azure's routes, order of checks and answers. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo, Socket } from "node:net";
import { v4 as uuid } from "uuid";

import { UserError } from "../../errors";
import type { AccessLog } from "./accessLog";
import * as answers from "./answers";
import { refuse, type Credentials } from "./auth";
import { beginRequest } from "./requestContext";
import { forward } from "./forward";
import {
  CLIENT_REQUEST_ID_HEADER,
  DEPLOYMENT_HEADER,
  REQUEST_ID_HEADER,
  requestProblem,
} from "./headers";
import { EMPTY_TABLE, type RoutingTable, type Target } from "./routingTarget";
import { chooseByWeight, chooseMirror, type Random } from "./chooseDeployment";

/** What the inference server has at each path (its routes.py); everything else is refused here. */
const METHODS: Readonly<Record<string, readonly string[]>> = {
  "/score": ["POST", "GET", "OPTIONS"],
  "/swagger.json": ["GET"],
};

/**
 * Bytes. Azure's current documentation names no limit (an older table had 413 above 1.5 MB), and the inference server
 * has none; this one only protects the machine: a body takes the server about twenty times its size in memory.
 */
export const DEFAULT_MAX_BODY_BYTES = 256 * 1024 * 1024;

export interface RouterOptions {
  readonly credentials: Credentials;
  readonly accessLog: AccessLog;
  /** @default Math.random */
  readonly random?: Random;
  /** @default DEFAULT_MAX_BODY_BYTES */
  readonly maxBodyBytes?: number;
  /** Told about bugs; the caller only sees 500. */
  readonly onBug?: (error: unknown) => void;
}

export interface Router {
  /** 0: any free port. Resolves with the port. Rejects with a UserError when the port cannot be had. */
  listen(port: number): Promise<number>;
  /** From the next request on; requests under way go on with what they began with. */
  setTable(table: RoutingTable): void;
  table(): RoutingTable;
  /** Takes no new connection, gives requests under way this long (milliseconds), then cuts the rest. */
  close(drainMs: number): Promise<void>;
}

export function createRouter(options: RouterOptions): Router {
  const random = options.random ?? Math.random;
  const maxBodyBytes = options.maxBodyBytes ?? DEFAULT_MAX_BODY_BYTES;
  let table = EMPTY_TABLE;

  async function handle(req: IncomingMessage, res: ServerResponse): Promise<void> {
    const context = beginRequest(req, res, uuid(), options.accessLog);
    const { path } = context;
    // One look at the table: traffic and deployments belong together.
    const { endpoint, authMode, targets, traffic, mirrorTraffic } = table;
    try {
      res.setHeader(REQUEST_ID_HEADER, context.requestId);
      const problem = requestProblem(req);
      if (problem !== undefined) {
        context.answer(answers.badRequest(problem));
        return;
      }
      const clientRequestId = req.headers[CLIENT_REQUEST_ID_HEADER];
      if (clientRequestId !== undefined) res.setHeader(CLIENT_REQUEST_ID_HEADER, clientRequestId);

      const authorization = req.headersDistinct["authorization"] ?? [];
      const now = Date.now();
      const refusal = refuse(options.credentials, authMode, endpoint, authorization, now);
      if (refusal !== undefined) {
        context.answer(answers.unauthorized(refusal.code, refusal.message));
        return;
      }
      const methods = METHODS[path];
      if (methods === undefined) {
        context.answer(answers.unknownPath(path));
        return;
      }
      if (!methods.includes(req.method ?? "")) {
        context.answer(answers.methodNotAllowed(methods));
        return;
      }
      if (Number(req.headers["content-length"] ?? 0) > maxBodyBytes) {
        context.answer(answers.bodyTooLarge(maxBodyBytes));
        return;
      }

      const desired = req.headers[DEPLOYMENT_HEADER];
      const name = typeof desired === "string" ? desired : chooseByWeight(traffic, random);
      const target = name === undefined ? undefined : targets.get(name);
      if (target === undefined) {
        context.answer(name === undefined ? answers.noTraffic() : answers.unknownDeployment(name));
        return;
      }
      res.setHeader(DEPLOYMENT_HEADER, target.name);
      const mirrored = desired === undefined && path === "/score";
      const mirror = mirrored ? mirrorTarget(targets, mirrorTraffic) : undefined;
      await forward(context, target, mirror, maxBodyBytes);
    } catch (error) {
      context.answer(answers.internalError());
      options.onBug?.(error);
    }
  }

  function mirrorTarget(
    targets: ReadonlyMap<string, Target>,
    mirrorTraffic: RoutingTable["mirrorTraffic"],
  ): Target | undefined {
    const name = chooseMirror(mirrorTraffic, random);
    return name === undefined ? undefined : targets.get(name);
  }

  const server = createServer(
    {
      // A slow or silent sender is cut off: headers within 10 s, the whole request within 5 minutes.
      headersTimeout: 10_000,
      requestTimeout: 300_000,
      connectionsCheckingInterval: 2_000,
      keepAliveTimeout: 60_000,
      maxHeaderSize: 16 * 1024,
      requireHostHeader: true,
    },
    (req, res) => void handle(req, res),
  );
  // Azure's limit for an endpoint is 500 (how-to-manage-quotas); above it new connections are dropped.
  server.maxConnections = 1000;
  server.on("clientError", refuseMalformed);

  return {
    listen: (port) => listen(server, port),
    setTable(next) {
      table = next;
    },
    table: () => table,
    async close(drainMs) {
      if (!server.listening) return;
      const closed = new Promise<void>((resolve) =>
        server.close(() => {
          resolve();
        }),
      );
      server.closeIdleConnections();
      const timer = setTimeout(() => {
        server.closeAllConnections();
      }, drainMs);
      await closed;
      clearTimeout(timer);
    },
  };
}

/** What never became a request. The connection is of no more use. */
function refuseMalformed(error: NodeJS.ErrnoException, socket: Socket): void {
  if (error.code === "ECONNRESET" || !socket.writable) {
    socket.destroy();
    return;
  }
  const { reason, answer } = answers.malformed(error.code);
  const body = answers.answerBody(answer);
  const head = [
    `HTTP/1.1 ${answer.status} ${reason}`,
    "content-type: application/json",
    `content-length: ${Buffer.byteLength(body)}`,
    "connection: close",
  ];
  socket.end(`${head.join("\r\n")}\r\n\r\n${body}`);
}

function listen(server: Server, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once("error", (error: NodeJS.ErrnoException) => {
      const why = { EADDRINUSE: "is in use", EACCES: "may not be opened by you" }[error.code ?? ""];
      reject(
        why === undefined
          ? error
          : new UserError(`port ${port} ${why}; choose another with --port`),
      );
    });
    server.listen({ port, host: "127.0.0.1", exclusive: true }, () => {
      server.removeAllListeners("error");
      resolve((server.address() as AddressInfo).port);
    });
  });
}
