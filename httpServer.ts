/** What every HTTP server of this project shares: listen, close, find a port, compare a secret. */
import { hash, timingSafeEqual } from "node:crypto";
import { once } from "node:events";
import type { Server } from "node:http";
import type { Server as HttpsServer } from "node:https";
import { createServer, type AddressInfo, type ListenOptions } from "node:net";

/** Resolves when the server listens; rejects with the system's error when it cannot. */
export function listen(server: Server | HttpsServer, options: ListenOptions): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(options, () => {
      server.off("error", reject);
      resolve();
    });
  });
}

/** Accepts nothing more, gives open requests this long (milliseconds), then closes their connections. */
export async function close(server: Server | HttpsServer, drainMs: number): Promise<void> {
  const closed = new Promise<void>((resolve) => {
    server.close(() => {
      resolve();
    });
  });
  server.closeIdleConnections();
  const timer = setTimeout(() => {
    server.closeAllConnections();
  }, drainMs);
  await closed;
  clearTimeout(timer);
}

/** A port of 127.0.0.1 that nobody listens at now, for a program that cannot be given an open socket. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, "close");
  return port;
}

/** Compares in a time that does not depend on where the texts differ, nor on their lengths. */
export function sameSecret(given: string, expected: string): boolean {
  return timingSafeEqual(hash("sha256", given, "buffer"), hash("sha256", expected, "buffer"));
}
