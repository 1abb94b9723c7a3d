/** Connections to an instance, which are kept for the next request as long as the instance keeps them. */
import type { Socket } from "node:net";
import { Client } from "undici";

import type { Upstream } from "./routingTarget";

/**
 * Milliseconds that a connection is kept without a request. Below the limit of every server that is started here, so that
 * none closes one just when it is used: gunicorn's threads 2 s (its setting keepalive), uvicorn 5 s (timeout_keep_alive).
 * A server that announces a shorter one (Keep-Alive: timeout) is believed.
 */
const KEPT_MS = 1000;

/** One connection. Its client never makes another. */
export interface InstanceConnection {
  readonly client: Client;
  readonly socket: Socket;
  /** No request was sent on it before. */
  isFresh: boolean;
}

export function createConnection(socket: Socket): InstanceConnection {
  let isFirst = true;
  const client = new Client("http://localhost", {
    pipelining: 1,
    // The deployment's time limit ends a request.
    headersTimeout: 0,
    bodyTimeout: 0,
    keepAliveTimeout: KEPT_MS,
    keepAliveMaxTimeout: KEPT_MS,
    keepAliveTimeoutThreshold: KEPT_MS,
    connect(_options, connected) {
      if (isFirst && !socket.destroyed) connected(null, socket);
      else connected(new Error("the connection was closed"), null);
      isFirst = false;
    },
  });
  return { client, socket, isFresh: true };
}

const kept = new WeakMap<Upstream, InstanceConnection[]>();

/** The connection to the instance that was used last and is still open. */
export function takeKept(instance: Upstream): InstanceConnection | undefined {
  const connections = kept.get(instance) ?? [];
  for (;;) {
    const connection = connections.pop();
    if (connection?.socket.destroyed !== true) return connection;
  }
}

/** Keeps a connection whose answer is complete. The client closes it when the server wants that or nobody uses it. */
export function keep(instance: Upstream, connection: InstanceConnection): void {
  connection.isFresh = false;
  const connections = kept.get(instance) ?? [];
  connections.push(connection);
  kept.set(instance, connections);
}
