/** The status page: a server of its own on the loopback address, for the browser that opened its one-time link. */
import type { Server } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { createAdaptorServer } from "@hono/node-server";
import { Hono, type Context, type MiddlewareHandler } from "hono";
import { bodyLimit } from "hono/body-limit";
import { getCookie, setCookie } from "hono/cookie";
import { streamSSE } from "hono/streaming";

import { UserError } from "../../../errors";
import { close, listen } from "../../../httpServer";
import { MOST_BYTES, readTextIfThere } from "../../../input/userFile";
import { shown } from "../../../output";
import type { Supervisor } from "../status";
import { createStatusAccess } from "./access";
import { createFeed, type Update } from "./feed";
import { followLog, LEFT_OUT, type LogFollower } from "../followLog";
import { createRolloutPart } from "./rolloutPart";
import { sendRequest } from "./sendRequest";
import { shell, STYLE } from "./shell";

export interface StatusServerOptions {
  readonly supervisor: Pick<Supervisor, "status" | "keys" | "token" | "capturedBody">;
  /** What the form begins with. */
  readonly sampleRequest: () => string;
  /** File that keeps the cookie's secret. */
  readonly secretPath: string;
  /** @default the page shows none */
  readonly rolloutRecord?: string;
  readonly onBug: (error: unknown) => void;
}

export interface StatusServer {
  /** On this port if it is free, else on any. Resolves with the port. */
  listen(desired: number): Promise<number>;
  /** A link that lets in once. */
  link(): string;
  close(): Promise<void>;
}

/** Bytes of a request that the form sends. */
const MAX_BODY_BYTES = 8 * 1024 * 1024;

const HEADERS = {
  "content-security-policy":
    "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; img-src data:; " +
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  "x-content-type-options": "nosniff",
  "referrer-policy": "no-referrer",
  "cross-origin-resource-policy": "same-origin",
  "cache-control": "no-store",
};

export function createStatusServer(options: StatusServerOptions): StatusServer {
  const access = createStatusAccess(options.secretPath);
  const closing = new AbortController();
  let port = 0;
  const origin = () => `http://127.0.0.1:${port}`;
  // Cookies are not told apart by port.
  const cookieName = () => `mlscore-status-${port}`;

  const app = new Hono();
  app.onError((error, c) => {
    if (error instanceof UserError) return c.json({ message: error.message }, 400);
    options.onBug(error);
    return c.json({ message: "the status page failed; see the endpoint's log" }, 500);
  });
  app.use(async (c, next) => {
    await next();
    for (const [name, value] of Object.entries(HEADERS)) c.header(name, value);
  });
  // A name that leads here (DNS rebinding) is none of this page's.
  app.use(async (c, next) => {
    if (c.req.header("host") === new URL(origin()).host) return next();
    return c.text("This page is only at 127.0.0.1.", 421);
  });
  app.get("/_status/enter", (c) => {
    const secret = access.enter(c.req.query("code") ?? "");
    if (secret === undefined) return refused(c);
    const limits = { path: "/_status", httpOnly: true, sameSite: "Strict" } as const;
    setCookie(c, cookieName(), secret, limits);
    return c.redirect("/_status", 303);
  });
  app.use(async (c, next) => (access.isAllowed(getCookie(c, cookieName())) ? next() : refused(c)));
  addPages(app, options, closing.signal, sameOrigin(origin));

  const server = createAdaptorServer({ fetch: app.fetch }) as Server;
  return {
    async listen(desired) {
      const place = { host: "127.0.0.1", exclusive: true };
      await listen(server, { ...place, port: desired }).catch(() =>
        listen(server, { ...place, port: 0 }),
      );
      port = (server.address() as AddressInfo).port;
      return port;
    },
    link: () => `${origin()}/_status/enter?code=${access.newCode()}`,
    async close() {
      closing.abort();
      if (server.listening) await close(server, 0);
    },
  };
}

/** Another port of this machine is the same site for cookies, but another origin. */
function sameOrigin(origin: () => string): MiddlewareHandler {
  return async (c, next) => {
    if (c.req.header("origin") === origin()) return next();
    return c.json({ message: "requests come from the page itself alone" }, 403);
  };
}

function refused(c: Context): Response {
  return c.text(
    "This page opens by a link that works once. For a new one: npm run local -- page\n",
    401,
  );
}

function addPages(
  app: Hono,
  { supervisor, sampleRequest, rolloutRecord, onBug }: StatusServerOptions,
  closing: AbortSignal,
  fromPage: MiddlewareHandler,
): void {
  const feed = createFeed({
    status: () => supervisor.status(),
    rollout: createRolloutPart(rolloutRecord),
    now: Date.now,
    onBug,
  });
  app.get("/_status", async (c) => c.html(await shell(sampleRequest())));
  app.get("/_status/page.css", (c) => c.body(STYLE, 200, { "content-type": "text/css" }));
  app.get("/_status/page.js", (c) =>
    c.body(readTextIfThere(join(__dirname, "page.js"), MOST_BYTES.text) ?? "", 200, {
      "content-type": "text/javascript",
    }),
  );
  app.get("/_status/events", (c) => streamEvents(c, feed, closing));
  app.get("/_status/captured", (c) => {
    const body = supervisor.capturedBody(Number(c.req.query("number")));
    return body === undefined
      ? c.json({ message: "that request is not kept any more" }, 404)
      : c.json({ body });
  });
  app.use("/_status/request", bodyLimit({ maxSize: MAX_BODY_BYTES }), fromPage);
  app.post("/_status/request", async (c) =>
    c.json(await sendRequest(supervisor, await c.req.json())),
  );
}

function streamEvents(
  c: Context,
  feed: ReturnType<typeof createFeed>,
  closing: AbortSignal,
): Response {
  const wanted = c.req.query("log") ?? "";
  return streamSSE(c, async (stream) => {
    const sent = new Map<string, string>();
    const log = createLogTail();
    const send = (event: string, value: unknown) =>
      stream.writeSSE({ event, data: JSON.stringify(value), retry: 1000 });
    const onUpdate = ({ status, parts }: Update) => {
      const instances = status.deployments.flatMap(({ name, instances: all }) =>
        all.map(({ id, logPath }) => ({ name: `${name} ${id}`, logPath })),
      );
      const names = instances.map(({ name }) => name);
      const deployments = status.deployments.map(({ name }) => name);
      const choices = { deployments, instances: names, captured: capturedChoices(status) };
      const known = JSON.stringify(choices);
      if (sent.get(" choices") !== known) {
        sent.set(" choices", known);
        void send("choices", choices);
      }
      const changed = Object.entries(parts).filter(([name, text]) => sent.get(name) !== text);
      for (const [name, text] of changed) sent.set(name, text);
      if (changed.length > 0) void send("parts", Object.fromEntries(changed));
      const path = instances.find(({ name }) => name === wanted)?.logPath;
      const lines = path === undefined ? [] : lastOf(log(path));
      // Masked together: the detectors of secrets cost as much for a line as for a hundred.
      if (lines.length > 0) void send("log", { lines: shown(lines.join("\n")).split("\n") });
    };
    const end = feed.subscribe(onUpdate);
    await new Promise<void>((resolve) => {
      stream.onAbort(resolve);
      closing.addEventListener("abort", () => {
        resolve();
      });
    });
    end();
  });
}

/** What can be copied to the form: number and deployment of each request; missing while nothing is captured. */
function capturedChoices({ capture }: Update["status"]): (readonly [string, string])[] | undefined {
  if (capture?.isOn !== true) return undefined;
  return capture.last.map(({ number, deployment }) => [String(number), deployment]);
}

/** Lines of a log that the page gets at a time: once a second, more cannot be read. */
const MOST_LINES = 100;

function lastOf(lines: readonly string[]): readonly string[] {
  if (lines.length <= MOST_LINES) return lines;
  return [LEFT_OUT, ...lines.slice(-MOST_LINES)];
}

/** New lines of the log at a path; another path, as of another revision, is begun at its end. */
function createLogTail(): (path: string) => readonly string[] {
  let known: { readonly path: string; readonly follower: LogFollower } | undefined;
  return (path) => {
    if (known?.path !== path) known = { path, follower: followLog(path) };
    return known.follower.next();
  };
}
