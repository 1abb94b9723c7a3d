/** A connection to an instance of a deployment, made before anything of the request is sent. */
import { connect, type Socket } from "node:net";

import type { Admission, Lease } from "./instancePool";
import type { Upstream } from "./routingTarget";

/** A connection to a UNIX socket is a matter of microseconds; this long means that nobody accepts. */
const CONNECT_TIMEOUT_MS = 1000;

/** This process has run out of files; the instance is not to blame. */
const OURS = new Set(["EMFILE", "ENFILE"]);

export interface Connection {
  readonly socket: Socket;
  readonly lease: Lease<Upstream>;
}

/**
 * Connects to an instance with a free place. An instance that refuses is taken out of the pool and the next one is
 * tried. That is safe only here, because nothing has been sent: once a byte of the request is on its way it could
 * have reached a model, and a request is never sent twice.
 */
export async function connectToInstance(
  admission: Admission<Upstream>,
  signal: AbortSignal,
): Promise<Connection | "not-ready"> {
  const refused = new Set<Upstream>();
  for (;;) {
    const lease = await admission.lease(signal, refused);
    if (lease === "not-ready") return lease;
    try {
      return { socket: await open(lease.member.socketPath, signal), lease };
    } catch (error) {
      lease.release();
      signal.throwIfAborted();
      refused.add(lease.member);
      if (!OURS.has((error as NodeJS.ErrnoException).code ?? "")) lease.member.unreachable();
    }
  }
}

/**
 * Closes the connection and gives the place on the instance to the next request. After an answer that the instance broke
 * off, only when the instance is known to live: a process that is being killed accepts connections until its last thread
 * has gone, and a request on such a connection would be lost although no model ever saw it.
 */
export async function closeConnection(
  { socket, lease }: Connection,
  brokenOff: boolean,
): Promise<void> {
  socket.destroy();
  if (brokenOff) await lease.member.verify();
  lease.release();
}

function open(socketPath: string, signal: AbortSignal): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect({ path: socketPath });
    let settled = false;
    const settle = (error?: Error) => {
      if (settled) return;
      settled = true;
      clearTimeout(timer);
      signal.removeEventListener("abort", abort);
      socket.off("error", settle).off("connect", connected);
      if (error === undefined) {
        resolve(socket);
        return;
      }
      // A late error has nobody left to tell.
      socket.on("error", () => undefined).destroy();
      reject(error);
    };
    const connected = () => {
      settle();
    };
    const abort = () => {
      settle(signal.reason as Error);
    };
    const timer = setTimeout(() => {
      // Where it was this process that was busy, the connection is there and has only not been told of yet.
      setImmediate(settle, new Error("connecting took too long"));
    }, CONNECT_TIMEOUT_MS);
    socket.on("error", settle).on("connect", connected);
    signal.addEventListener("abort", abort, { once: true });
  });
}
