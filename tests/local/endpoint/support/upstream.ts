/** A fake of a deployment's inference server: a Node HTTP server that remembers what it was sent. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

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
  readonly port: number;
  readonly received: Received[];
  /** Connections that were ever opened. */
  connections(): number;
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
  server.on("connection", () => (connections += 1));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    port: (server.address() as AddressInfo).port,
    received,
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
  readonly ports?: readonly number[];
  readonly instanceCount?: number;
  readonly maxConcurrent?: number;
  readonly requestTimeoutMs?: number;
  /** @default every instance is healthy at once */
  readonly verify?: () => Promise<void>;
}

/** A deployment as the router sees it, with upstreams that leave the pool when they cannot be reached. */
export function targetOf(name: string, options: TargetOptions): RoutingTarget {
  const ports = options.ports ?? [];
  const target = createRoutingTarget({
    name,
    instanceCount: options.instanceCount ?? ports.length,
    maxConcurrentRequestsPerInstance: options.maxConcurrent ?? 100,
    requestTimeoutMs: options.requestTimeoutMs ?? 5000,
  });
  for (const port of ports) {
    const upstream: Upstream = {
      port,
      unreachable() {
        target.pool.remove(upstream);
      },
      verify: options.verify ?? (() => Promise.resolve()),
    };
    target.pool.add(upstream);
  }
  return target;
}

/** A port on which nothing listens. */
export async function closedPort(): Promise<number> {
  const upstream = await startUpstream();
  await upstream.close();
  return upstream.port;
}
