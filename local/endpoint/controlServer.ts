/**
 * How other processes of the same user reach a supervisor: HTTP over a UNIX socket that only its owner may open.
 *
 *     GET  /hello   who is there
 *     GET  /status  GET /keys  POST /token
 *     POST /endpoint   an EndpointAmendment
 *     POST /apply   an EndpointSpec; the answer is one JSON line per progress event and a last line with the result
 *     POST /stop    answered when everything is stopped
 */
import { chmodSync } from "node:fs";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";

import { ConfigError, UserError } from "../../errors";
import type { EndpointAmendment, EndpointSpec } from "./spec";
import type { Supervisor } from "./supervisor";

export interface ControlServer {
  listen(socketPath: string): Promise<void>;
  close(): Promise<void>;
}

/** How an error travels: a user's mistake stays one on the other side. */
export interface WireError {
  readonly message: string;
  readonly isUserError: boolean;
}

/** Bytes. A specification is small; conda files are the largest thing in it. */
const MAX_BODY_BYTES = 16 * 1024 * 1024;

export function createControlServer(supervisor: Supervisor): ControlServer {
  const waitingForStop = new Set<ServerResponse>();

  async function handle(req: IncomingMessage, res: ServerResponse): Promise<void> {
    switch (`${req.method ?? ""} ${req.url ?? ""}`) {
      case "GET /hello":
        sendJson(res, 200, { pid: process.pid });
        return;
      case "GET /status":
        sendJson(res, 200, supervisor.status());
        return;
      case "GET /keys":
        sendJson(res, 200, supervisor.keys());
        return;
      case "POST /token":
        sendJson(res, 200, supervisor.token());
        return;
      case "POST /endpoint":
        await supervisor.amend(JSON.parse(await readBody(req)) as EndpointAmendment);
        sendJson(res, 200, { amended: true });
        return;
      case "POST /apply":
        await apply(req, res);
        return;
      case "POST /stop":
        waitingForStop.add(res);
        void supervisor.close();
        return;
      default:
        sendJson(res, 404, { message: "no such operation", isUserError: false });
    }
  }

  async function apply(req: IncomingMessage, res: ServerResponse): Promise<void> {
    const spec = JSON.parse(await readBody(req)) as EndpointSpec;
    res.writeHead(200, { "content-type": "application/x-ndjson" });
    // A caller that goes away does not stop an apply: half a deployment would be worse than a whole one.
    const send = (line: object) => {
      if (!res.destroyed) res.write(`${JSON.stringify(line)}\n`);
    };
    try {
      await supervisor.apply(spec, (event) => {
        send({ event });
      });
      send({ done: true });
    } catch (error) {
      send({ error: toWireError(error) });
    }
    res.end();
  }

  const server = createServer((req, res) => {
    handle(req, res).catch((error: unknown) => {
      if (!res.headersSent) sendJson(res, 400, toWireError(error));
      else res.destroy();
    });
  });
  server.keepAliveTimeout = 1;

  return {
    listen: (socketPath) =>
      new Promise((resolve, reject) => {
        server.once("error", reject);
        // The folder already keeps others out; the mode is a second lock.
        server.listen(socketPath, () => {
          chmodSync(socketPath, 0o600);
          resolve();
        });
      }),
    async close() {
      for (const res of waitingForStop) sendJson(res, 200, { stopped: true });
      const closed = new Promise<void>((resolve) => {
        server.close(() => {
          resolve();
        });
      });
      const timer = setTimeout(() => {
        server.closeAllConnections();
      }, 1000);
      await closed;
      clearTimeout(timer);
    },
  };
}

function sendJson(res: ServerResponse, status: number, value: unknown): void {
  res.writeHead(status, { "content-type": "application/json", connection: "close" });
  res.end(JSON.stringify(value));
}

function toWireError(error: unknown): WireError {
  if (error instanceof UserError || error instanceof ConfigError) {
    return { message: error.message, isUserError: true };
  }
  console.error(error);
  return { message: error instanceof Error ? error.message : String(error), isUserError: false };
}

async function readBody(req: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of req as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > MAX_BODY_BYTES) throw new UserError("the specification is too large");
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString("utf8");
}
