/** Sends a request to an instance of a deployment, and to another one as long as nothing of it has arrived. */
import { connect, type Socket } from "node:net";

import type { Outcome } from "./modelRequest";
import { createConnection, keep, takeKept, type InstanceConnection } from "./instanceConnection";
import type { Admission, Lease } from "./instancePool";
import type { Ending } from "./requestEnding";
import type { Upstream } from "./routingTarget";

/** A connection to a UNIX socket is a matter of microseconds; this long means that nobody accepts. */
const CONNECT_TIMEOUT_MS = 1000;

/** This process has run out of files; the instance is not to blame. */
const OURS = new Set(["EMFILE", "ENFILE"]);

export interface Connection extends InstanceConnection {
  readonly lease: Lease<Upstream>;
}

/**
 * Sends the request on the connection, which is closed when the request ends.
 *
 * @param answered to be called when the answer is complete: from then on the connection stays open
 */
export type Send = (connection: Connection, answered: () => void) => Promise<Outcome>;

/**
 * Sends a request to an instance with a free place. When the connection ends before anything of the request was taken,
 * the request is sent again: on a new connection where the instance had kept the old one, to another instance where the
 * connection was new. It is never sent twice: a byte on its way may have reached a model.
 */
export async function sendToInstance(
  admission: Admission<Upstream>,
  ending: Ending,
  send: Send,
): Promise<Outcome | "not-ready"> {
  const avoid = new Set<Upstream>();
  for (let mayReuse = true; ; mayReuse = false) {
    const connection = await connectToInstance(admission, ending, avoid, mayReuse);
    if (connection === "not-ready") return connection;
    const cut = connection.socket.destroy.bind(connection.socket, undefined);
    const answered = ending.removeEventListener.bind(ending, "abort", cut);
    ending.addEventListener("abort", cut);
    if (ending.aborted) cut();
    let outcome: Outcome = "cut";
    try {
      outcome = await send(connection, answered);
    } finally {
      answered();
      // The answer does not wait for it.
      void leaveConnection(connection, outcome);
    }
    if (outcome !== "unsent" || ending.aborted) return outcome;
    if (connection.isFresh) avoid.add(connection.lease.member);
  }
}

/** Connects to an instance with a free place. An instance that refuses is taken out of the pool and the next one tried. */
export async function connectToInstance(
  admission: Admission<Upstream>,
  ending: Ending,
  avoid = new Set<Upstream>(),
  mayReuse = true,
): Promise<Connection | "not-ready"> {
  for (;;) {
    const lease = await admission.lease(ending, avoid);
    if (lease === "not-ready") return lease;
    const { member } = lease;
    const kept = mayReuse ? takeKept(member) : undefined;
    if (kept !== undefined) return { ...kept, lease };
    try {
      return { ...createConnection(await open(member.socketPath, ending)), lease };
    } catch (error) {
      lease.release();
      if (ending.aborted) throw ending.reason;
      avoid.add(member);
      if (!OURS.has((error as NodeJS.ErrnoException).code ?? "")) member.unreachable();
    }
  }
}

/**
 * Gives the place on the instance to the next request, and keeps the connection after a complete answer. After an answer
 * that the instance broke off, or a new connection that it closed, only when the instance is known to live: a process that
 * is being killed accepts connections until its last thread has gone, and a request on such a connection would be lost
 * although no model ever saw it.
 */
async function leaveConnection(
  { client, socket, isFresh, lease }: Connection,
  outcome: Outcome,
): Promise<void> {
  if (outcome === "complete") keep(lease.member, { client, socket, isFresh });
  else socket.destroy();
  if (outcome === "broken" || (outcome === "unsent" && isFresh)) await lease.member.verify();
  lease.release();
}

function open(socketPath: string, ending: Ending): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect({ path: socketPath });
    let settled = false;
    const settle = (error?: Error) => {
      if (settled) return;
      settled = true;
      clearTimeout(timer);
      ending.removeEventListener("abort", abort);
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
      settle(ending.reason);
    };
    const timer = setTimeout(() => {
      // Where it was this process that was busy, the connection is there and has only not been told of yet.
      setImmediate(settle, new Error("connecting took too long"));
    }, CONNECT_TIMEOUT_MS);
    socket.on("error", settle).on("connect", connected);
    ending.addEventListener("abort", abort);
  });
}
