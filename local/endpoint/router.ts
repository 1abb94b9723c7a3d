/** The endpoint as callers see it: HTTP on the loopback address, with Azure's routes, order of checks and responses. */
import {
  createServer,
  type IncomingMessage,
  type Server,
  type ServerOptions,
  type ServerResponse,
} from "node:http";
import type { AddressInfo, Socket } from "node:net";
import { v4 as uuid } from "uuid";

import type { ComparisonRules } from "../../answers/differences";
import { UserError } from "../../errors";
import type { AccessLog } from "./accessLog";
import type { Captures } from "./capture/captures";
import { accessDenial, type Access, type Credentials } from "./auth";
import { NO_ENTRA, type Entra } from "./entra/entra";
import { publishes } from "./entra/publishes";
import * as responses from "./endpointResponses";
import type { EndpointResponse } from "./endpointResponses";
import { beginRequest, type RequestContext } from "./requestContext";
import { forward } from "./forward";
import {
  CLIENT_REQUEST_ID_HEADER,
  DEPLOYMENT_HEADER,
  REQUEST_ID_HEADER,
  requestProblem,
} from "./headers";
import { close, listen } from "../../httpServer";
import { EMPTY_TABLE, type RoutingTable, type RoutingTarget } from "./routingTarget";
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
const DEFAULT_MAX_BODY_BYTES = 256 * 1024 * 1024;

const SERVER_OPTIONS: ServerOptions = {
  // A slow or silent sender is cut off: headers within 10 s, the whole request within 5 minutes.
  headersTimeout: 10_000,
  requestTimeout: 300_000,
  connectionsCheckingInterval: 2_000,
  keepAliveTimeout: 60_000,
  maxHeaderSize: 16 * 1024,
  // Node would refuse it without a body; requestProblem() refuses it as everything else.
  requireHostHeader: false,
};

export interface RouterOptions {
  readonly credentials: Credentials;
  readonly accessLog: AccessLog;
  /** @default nothing is captured */
  readonly captures?: Pick<Captures, "begin">;
  /** @default no endpoint with AADToken lets anybody in */
  readonly entra?: Entra;
  /** Milliseconds since 1970, for the times in tokens. @default Date.now */
  readonly now?: () => number;
  /** @default Math.random */
  readonly random?: Random;
  /** @default DEFAULT_MAX_BODY_BYTES */
  readonly maxBodyBytes?: number;
  /** Told about bugs; the caller only sees 500. */
  readonly onBug?: (error: unknown) => void;
}

export interface Router {
  /** 0: any free port. Resolves with the port. Rejects with a UserError when the port is not available. */
  listen(port: number): Promise<number>;
  /** From the next request on; requests under way go on with what they began with. */
  setTable(table: RoutingTable): void;
  table(): RoutingTable;
  /** How the answers to a request and to its copy are compared, from the next request on; undefined: not at all. */
  setComparison(rules: ComparisonRules | undefined): void;
  comparison(): ComparisonRules | undefined;
  /** Takes no new connection, gives requests under way this long (milliseconds), then cuts the rest. */
  close(drainMs: number): Promise<void>;
}

export function createRouter(options: RouterOptions): Router {
  const { random = Math.random, now: clock = Date.now, entra = NO_ENTRA, credentials } = options;
  const maxBodyBytes = options.maxBodyBytes ?? DEFAULT_MAX_BODY_BYTES;
  let table = EMPTY_TABLE;
  let rules: ComparisonRules | undefined;
  let origin = "";

  async function handle(req: IncomingMessage, res: ServerResponse): Promise<void> {
    const context = beginRequest(req, res, uuid(), options.accessLog);
    // Read once: traffic and deployments belong together.
    const now = table;
    try {
      if (now.authMode === "AADToken" && (await publishes(entra, context, origin))) return;
      const access = { ...now, credentials, entra, origin };
      const refused = await requestRefusal(context, access, clock(), maxBodyBytes);
      if (refused !== undefined) {
        context.respond(refused);
        return;
      }
      // The caller may have left while its token was verified.
      if (context.over()) return;
      const route = routeOf(context, now, random);
      if ("code" in route) {
        context.respond(route);
        return;
      }
      res.setHeader(DEPLOYMENT_HEADER, route.target.name);
      if (context.path === "/score" && req.method === "POST") {
        context.captured = options.captures?.begin(context.path, route.target.name, req.headers);
      }
      const mirror = route.mirror === undefined ? undefined : { target: route.mirror, rules };
      await forward(context, route.target, mirror, maxBodyBytes);
    } catch (error) {
      context.respond(responses.internalError());
      options.onBug?.(error);
    }
  }

  const server = createServer(SERVER_OPTIONS, (req, res) => void handle(req, res));
  server.on("checkContinue", (req, res) => {
    whenFirst(res, () => {
      res.writeContinue();
      void handle(req, res);
    });
  });
  // Any expectation but 100-continue: Node would answer without a body.
  server.on("checkExpectation", (req, res) => void handle(req, res));
  // Azure's limit for an endpoint is 500 (how-to-manage-quotas); above it new connections are dropped.
  server.maxConnections = 1000;
  server.on("clientError", refuseMalformed);

  return {
    async listen(desired) {
      const port = await listenOnLoopback(server, desired);
      origin = `http://127.0.0.1:${port}`;
      return port;
    },
    setTable(next) {
      table = next;
    },
    table: () => table,
    setComparison(next) {
      rules = next;
    },
    comparison: () => rules,
    async close(drainMs) {
      if (server.listening) await close(server, drainMs);
    },
  };
}

/**
 * Waits until no earlier answer has the connection. Node would put the head of an answer that waits before the invitation
 * to send the body, and the body of the answer behind it (_http_outgoing.js, _send: `outputData.unshift`).
 */
function whenFirst(res: ServerResponse, then: () => void): void {
  if (res.socket === null) res.once("socket", then);
  else then();
}

/** The checks before a deployment is chosen, in Azure's order; undefined when all are passed. */
async function requestRefusal(
  { req, res, requestId, path }: RequestContext,
  access: Access,
  now: number,
  maxBodyBytes: number,
): Promise<EndpointResponse | undefined> {
  res.setHeader(REQUEST_ID_HEADER, requestId);
  const problem = requestProblem(req);
  if (problem !== undefined) return responses.badRequest(problem);
  const { expect = "100-continue" } = req.headers;
  if (expect.toLowerCase() !== "100-continue") return responses.expectationFailed(expect);
  const clientRequestId = req.headers[CLIENT_REQUEST_ID_HEADER];
  if (clientRequestId !== undefined) res.setHeader(CLIENT_REQUEST_ID_HEADER, clientRequestId);

  const authorization = req.headersDistinct["authorization"] ?? [];
  const denial = await accessDenial(access, authorization, now);
  if (denial !== undefined) return responses.unauthorized(denial.code, denial.message);
  const methods = METHODS[path];
  if (methods === undefined) return responses.unknownPath(path);
  if (!methods.includes(req.method ?? "")) return responses.methodNotAllowed(methods);
  const tooLarge = Number(req.headers["content-length"] ?? 0) > maxBodyBytes;
  return tooLarge ? responses.bodyTooLarge(maxBodyBytes) : undefined;
}

interface Route {
  readonly target: RoutingTarget;
  /** The deployment that also gets a mirrored request. */
  readonly mirror: RoutingTarget | undefined;
}

/** The deployment that the request names or, without a name, one chosen by its weight. */
function routeOf(
  { req, path }: RequestContext,
  { targets, traffic, mirrorTraffic }: RoutingTable,
  random: Random,
): Route | EndpointResponse {
  const desired = req.headers[DEPLOYMENT_HEADER];
  const name = typeof desired === "string" ? desired : chooseByWeight(traffic, random);
  if (name === undefined) return responses.noTraffic();
  const target = targets.get(name);
  if (target === undefined) return responses.unknownDeployment(name);
  const isMirrored = desired === undefined && path === "/score";
  const mirror = isMirrored ? chooseMirror(mirrorTraffic, random) : undefined;
  return { target, mirror: mirror === undefined ? undefined : targets.get(mirror) };
}

/** Answers a malformed request and closes its connection. */
function refuseMalformed(error: NodeJS.ErrnoException, socket: Socket): void {
  if (error.code === "ECONNRESET" || !socket.writable) {
    socket.destroy();
    return;
  }
  const { reason, response } = responses.malformed(error.code);
  const body = responses.responseBody(response);
  const head = [
    `HTTP/1.1 ${response.status} ${reason}`,
    "content-type: application/json",
    `content-length: ${Buffer.byteLength(body)}`,
    "connection: close",
  ];
  socket.end(`${head.join("\r\n")}\r\n\r\n${body}`);
}

async function listenOnLoopback(server: Server, port: number): Promise<number> {
  try {
    await listen(server, { port, host: "127.0.0.1", exclusive: true });
  } catch (error) {
    const { code = "" } = error as NodeJS.ErrnoException;
    const why = { EADDRINUSE: "is in use", EACCES: "needs more rights to open" }[code];
    if (why === undefined) throw error;
    throw new UserError(`port ${port} ${why}; choose another with --port`);
  }
  return (server.address() as AddressInfo).port;
}
