/** What every HTTP server of this project shares: listen, close, compare a secret. */
import { hash, timingSafeEqual } from "node:crypto";
import type { Server } from "node:http";
import type { Server as HttpsServer } from "node:https";
import type { ListenOptions } from "node:net";

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

/** Compares in a time that does not depend on where the texts differ, nor on their lengths. */
export function sameSecret(given: string, expected: string): boolean {
  return timingSafeEqual(hash("sha256", given, "buffer"), hash("sha256", expected, "buffer"));
}
