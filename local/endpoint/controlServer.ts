/**
 * How other processes of the same user reach a supervisor: HTTP over a UNIX socket that only its owner may open.
 *
 *     GET  /hello   the process id
 *     GET  /status  GET /keys
 *     POST /token   a TokenRequest
 *     POST /status-link   a link to the status page that works once
 *     POST /endpoint   an EndpointAmendment
 *     POST /comparison   ComparisonRules, or null
 *     POST /fault   a FaultRequest
 *     POST /capture   a CaptureRequest
 *     POST /apply   an EndpointSpec; the answer is one JSON line per progress event and a last line with the result;
 *                   ?starts=N: see ApplyOptions, and a caller that disconnects has given the apply up
 *     GET  /closed  answered when everything is stopped
 *     POST /stop    answered when everything is stopped
 */
import { chmodSync } from "node:fs";
import type { Server } from "node:http";
import { createAdaptorServer } from "@hono/node-server";
import { Hono } from "hono";
import { bodyLimit } from "hono/body-limit";
import { stream } from "hono/streaming";

import type { ComparisonRules } from "../../answers/differences";
import { ConfigError, errorText, UserError } from "../../errors";
import { close, listen } from "../../httpServer";
import type { CaptureRequest } from "./capture/settings";
import type { TokenRequest } from "./entra/tokenRequest";
import { checkFaultRequest } from "./fault";
import type { EndpointAmendment, EndpointSpec } from "./spec";
import type { Supervisor } from "./status";
import { printBug } from "../../output";

export interface ControlServer {
  listen(socketPath: string): Promise<void>;
  close(): Promise<void>;
}

/** An error as JSON: a user error is one on the other side too. */
export interface WireError {
  readonly message: string;
  readonly isUserError: boolean;
}

/** Bytes. A specification is small; conda files are the largest thing in it. */
const MAX_BODY_BYTES = 16 * 1024 * 1024;
/** Milliseconds that callers get to read their last response. */
const CLOSE_DRAIN_MS = 1_000;

export function createControlServer(supervisor: Supervisor): ControlServer {
  let announceStopped: () => void = () => undefined;
  const stopped = new Promise<void>((resolve) => {
    announceStopped = resolve;
  });
  const { fetch } = controlApp(supervisor, stopped);
  const server = createAdaptorServer({ fetch }) as Server;
  server.keepAliveTimeout = 1;
  return {
    async listen(socketPath) {
      await listen(server, { path: socketPath });
      // The folder already keeps others out; the mode is a second lock.
      chmodSync(socketPath, 0o600);
    },
    async close() {
      announceStopped();
      await close(server, CLOSE_DRAIN_MS);
    },
  };
}

/** @param stopped resolves when the endpoint has stopped and only this server is left */
function controlApp(supervisor: Supervisor, stopped: Promise<void>): Hono {
  const app = new Hono();
  app.onError((error, c) => c.json(toWireError(error), 400));
  app.notFound((c) => c.json({ message: "no such operation", isUserError: false }, 404));
  app.use(
    bodyLimit({
      maxSize: MAX_BODY_BYTES,
      onError: () => {
        throw new UserError("the specification is too large");
      },
    }),
  );
  app.get("/hello", (c) => c.json({ pid: process.pid }));
  app.get("/status", (c) => c.json(supervisor.status()));
  app.post("/status-link", (c) => c.json({ link: supervisor.statusLink() }));
  app.get("/keys", (c) => c.json(supervisor.keys()));
  app.post("/token", async (c) => c.json(await supervisor.token(await c.req.json<TokenRequest>())));
  app.post("/endpoint", async (c) => {
    await supervisor.amend(await c.req.json<EndpointAmendment>());
    return c.json({ amended: true });
  });
  app.post("/comparison", async (c) => {
    await supervisor.compare((await c.req.json<ComparisonRules | null>()) ?? undefined);
    return c.json({ set: true });
  });
  app.post("/fault", async (c) => {
    await supervisor.fault(checkFaultRequest(await c.req.json()));
    return c.json({ done: true });
  });
  app.post("/capture", async (c) => {
    await supervisor.capture(await c.req.json<CaptureRequest>());
    return c.json({ done: true });
  });
  app.post("/apply", async (c) => {
    const spec = await c.req.json<EndpointSpec>();
    c.header("content-type", "application/x-ndjson");
    const starts = c.req.query("starts");
    return stream(c, async (lines) => {
      const left = new AbortController();
      lines.onAbort(() => {
        left.abort();
      });
      // Any other caller that disconnects does not stop an apply: half a deployment would be worse than a whole one.
      const options = starts === undefined ? {} : { signal: left.signal, starts: Number(starts) };
      const result = await supervisor
        .apply(spec, (event) => void lines.writeln(JSON.stringify({ event })), options)
        .then(
          () => ({ done: true }),
          (error: unknown) => ({ error: toWireError(error) }),
        );
      await lines.writeln(JSON.stringify(result));
    });
  });
  app.get("/closed", async (c) => {
    await stopped;
    return c.json({ stopped: true });
  });
  app.post("/stop", async (c) => {
    void supervisor.close();
    await stopped;
    return c.json({ stopped: true });
  });
  return app;
}

function toWireError(error: unknown): WireError {
  if (error instanceof UserError || error instanceof ConfigError) {
    return { message: errorText(error), isUserError: true };
  }
  printBug(error);
  return { message: error instanceof Error ? error.message : String(error), isUserError: false };
}
