/** A fake of a deployment's inference server: a Node HTTP server that remembers what it was sent. */
import { mkdtempSync, rmSync } from "node:fs";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { listen } from "../../../../httpServer";
import {
  createRoutingTarget,
  type RoutingTarget,
  type Upstream,
} from "../../../../local/endpoint/routingTarget";

interface Received {
  readonly method: string;
  readonly url: string;
  readonly headers: IncomingMessage["headers"];
  readonly body: string;
}

export interface FakeUpstream {
  readonly socketPath: string;
  readonly received: Received[];
  /** Connections that were ever opened. */
  connections(): number;
  /** Those that are open now, as its process would lose them. */
  readonly sockets: ReadonlySet<Socket>;
  /** The most requests that were under way at once. */
  mostAtOnce(): number;
  close(): Promise<void>;
}

type Answer = (received: Received, res: ServerResponse, req: IncomingMessage) => unknown;

/** Answers when the whole body has arrived, unless `early` is set. */
export async function startUpstream(
  answer: Answer = (_received, res) => res.end("ok"),
  { early = false } = {},
): Promise<FakeUpstream> {
  const received: Received[] = [];
  let connections = 0;
  let underWay = 0;
  let most = 0;
  const server: Server = createServer((req, res) => {
    most = Math.max(most, (underWay += 1));
    res.once("close", () => (underWay -= 1));
    const chunks: Buffer[] = [];
    const { method = "", url = "", headers } = req;
    const entry = () => ({ method, url, headers, body: Buffer.concat(chunks).toString() });
    if (early) {
      received.push(entry());
      answer(entry(), res, req);
      return;
    }
    req.on("data", (chunk: Buffer) => chunks.push(chunk));
    req.on("end", () => {
      received.push(entry());
      answer(entry(), res, req);
    });
  });
  const sockets = new Set<Socket>();
  server.on("connection", (socket) => {
    connections += 1;
    sockets.add(socket);
    socket.once("close", () => sockets.delete(socket));
  });
  const socketPath = await listenOnSocket(server);
  return {
    socketPath,
    received,
    sockets,
    connections: () => connections,
    mostAtOnce: () => most,
    close: () =>
      new Promise((resolve) => {
        server.close(() => {
          resolve();
        });
        server.closeAllConnections();
      }),
  };
}

export interface TargetOptions {
  readonly sockets?: readonly string[];
  readonly instanceCount?: number;
  readonly maxConcurrent?: number;
  readonly requestTimeoutMs?: number;
  /** @default every instance is healthy at once */
  readonly verify?: () => Promise<void>;
}

/** A deployment as the router sees it, with upstreams that leave the pool when they cannot be reached. */
export function targetOf(name: string, options: TargetOptions): RoutingTarget {
  const sockets = options.sockets ?? [];
  const target = createRoutingTarget({
    name,
    instanceCount: options.instanceCount ?? sockets.length,
    maxConcurrentRequestsPerInstance: options.maxConcurrent ?? 100,
    requestTimeoutMs: options.requestTimeoutMs ?? 5000,
  });
  for (const socketPath of sockets) {
    const upstream: Upstream = {
      socketPath,
      unreachable() {
        target.pool.remove(upstream);
      },
      verify: options.verify ?? (() => Promise.resolve()),
    };
    target.pool.add(upstream);
  }
  return target;
}

/** A socket on which nothing listens. */
export async function closedSocket(): Promise<string> {
  const upstream = await startUpstream();
  await upstream.close();
  return upstream.socketPath;
}

/** Makes a server listen on a socket in a folder of its own, as a scoring process does. */
export async function listenOnSocket(server: Server): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), "socket-"));
  server.once("close", () => {
    rmSync(folder, { recursive: true, force: true });
  });
  const socketPath = join(folder, "model.sock");
  await listen(server, { path: socketPath });
  return socketPath;
}
