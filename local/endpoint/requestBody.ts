/** The rest of a request's body when its answer is already known. */
import type { IncomingMessage } from "node:http";

/**
 * Milliseconds that a caller may go on sending after its answer, altogether and without a byte. As nginx closes a
 * connection (ngx_http_core_module: lingering_time 30s, lingering_timeout 5s).
 */
const READ_AWAY_MS = 30_000;
const SILENCE_MS = 5_000;

/**
 * Reads what the caller is still sending and keeps none of it. Resolves when the body is over, the caller has left or the
 * time is up. Never rejects.
 *
 * A caller that writes its whole body before it reads needs this: a connection that is closed with bytes unread is reset
 * under it, and the answer is lost.
 */
export function drainBody(req: IncomingMessage): Promise<void> {
  if (req.readableEnded || req.destroyed) return Promise.resolve();
  return new Promise((resolve) => {
    const done = () => {
      clearTimeout(all);
      clearTimeout(silence);
      req.off("data", heard).off("close", done).off("end", done);
      // Whatever comes later is dropped until the server's limit for a request ends it.
      req.resume();
      resolve();
    };
    const all = setTimeout(done, READ_AWAY_MS);
    const silence = setTimeout(done, SILENCE_MS);
    const heard = () => {
      silence.refresh();
    };
    req.on("data", heard).once("close", done).once("end", done);
    // The model's connection may be full, or gone.
    req.unpipe();
    req.resume();
  });
}
