/** A router on a free port with everything it needs, and a caller for it. */
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { Agent, request, type IncomingHttpHeaders } from "node:http";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { createAccessLog, type AccessEntry } from "../../../../local/endpoint/accessLog";
import type { AuthMode, Credentials } from "../../../../local/endpoint/auth";
import { createRouter, type Router, type RouterOptions } from "../../../../local/endpoint/router";
import type { CallerSpec } from "../../../../local/endpoint/spec";
import type { RoutingTarget } from "../../../../local/endpoint/routingTarget";
import type { Traffic } from "../../../../traffic/split";

export const CREDENTIALS: Credentials = {
  primaryKey: "primary-key-0123456789-0123456789-01",
  secondaryKey: "secondary-key-0123456789-0123456789",
  tokenSecret: "token-secret-0123456789-0123456789-0",
};

export interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

export interface CallOptions {
  readonly method?: string;
  readonly path?: string;
  /** undefined takes a header away that would be there otherwise. */
  readonly headers?: Readonly<Record<string, string | undefined>>;
  readonly body?: string | Buffer;
  readonly agent?: Agent;
  readonly signal?: AbortSignal;
}

export interface TestRouter {
  readonly router: Router;
  readonly port: number;
  /** With the primary key, unless the headers say otherwise. */
  call(options?: CallOptions): Promise<Answer>;
  /** Bytes in, bytes out, until the other side closes. */
  raw(text: string): Promise<string>;
  route(targets: readonly RoutingTarget[], traffic?: Traffic, mirror?: Traffic): void;
  accessLog(): Promise<(AccessEntry & { readonly time: string })[]>;
  accessLogText(): Promise<string>;
  readonly bugs: unknown[];
  close(): Promise<void>;
}

export async function startRouter(
  options: Partial<RouterOptions> & {
    readonly authMode?: AuthMode;
    readonly callers?: readonly CallerSpec[];
  } = {},
): Promise<TestRouter> {
  const folder = mkdtempSync(join(tmpdir(), "router-"));
  const path = join(folder, "access.log");
  const log = createAccessLog(path);
  const bugs: unknown[] = [];
  const router = createRouter({
    credentials: CREDENTIALS,
    accessLog: log,
    onBug: (bug) => bugs.push(bug),
    ...options,
  });
  const port = await router.listen(0);
  const accessLogText = async () => {
    await log.flush();
    return readFileSync(path, "utf8");
  };
  return {
    router,
    port,
    bugs,
    call: (callOptions = {}) => callEndpoint(port, CREDENTIALS.primaryKey, callOptions),
    raw: (text) => sendRaw(port, text),
    route(targets, traffic = {}, mirrorTraffic = {}) {
      router.setTable({
        endpoint: "test-endpoint",
        authMode: options.authMode ?? "Key",
        callers: options.callers ?? [],
        targets: new Map(targets.map((target) => [target.name, target])),
        traffic,
        mirrorTraffic,
      });
    },
    accessLogText,
    async accessLog() {
      const lines = (await accessLogText()).trim().split("\n");
      return lines.map((line) => JSON.parse(line) as AccessEntry & { readonly time: string });
    },
    async close() {
      await router.close(0);
      await log.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

export function callEndpoint(port: number, key: string, options: CallOptions): Promise<Answer> {
  const { method = "POST", path = "/score", body, agent, signal } = options;
  const headers = {
    authorization: `Bearer ${key}`,
    ...(body !== undefined && { "content-length": String(Buffer.byteLength(body)) }),
    ...options.headers,
  };
  return new Promise((resolve, reject) => {
    const req = request(
      {
        ...{ port, host: "127.0.0.1", method, path },
        agent: agent ?? false,
        headers: Object.fromEntries(
          Object.entries<string | undefined>(headers).filter(([, value]) => value !== undefined),
        ),
        ...(signal !== undefined && { signal }),
      },
      (res) => {
        const chunks: Buffer[] = [];
        res.on("data", (chunk: Buffer) => chunks.push(chunk));
        res.on("error", reject);
        res.on("end", () => {
          const text = Buffer.concat(chunks).toString();
          resolve({ status: res.statusCode ?? 0, headers: res.headers, body: text });
        });
      },
    );
    req.on("error", reject);
    req.end(body);
  });
}

function sendRaw(port: number, text: string): Promise<string> {
  return new Promise((resolve, reject) => {
    let answer = "";
    const socket = connect(port, "127.0.0.1", () => socket.write(text));
    socket.setEncoding("utf8").on("data", (chunk: string) => (answer += chunk));
    socket.on("error", reject);
    socket.on("close", () => {
      resolve(answer);
    });
    // Only for a peer that never closes.
    socket.setTimeout(60_000, () => socket.destroy());
  });
}

/** The code of an error answer. */
export function errorCode(answer: Answer): string {
  return (JSON.parse(answer.body) as { error: { code: string } }).error.code;
}

/** Far longer than anything takes on a busy machine: only what will never happen is waited for so long. */
const NEVER_MS = 120_000;

/**
 * Waits until something holds.
 *
 * @param seen what the failure shows beside the condition
 * @throws Error with the condition's own text after two minutes
 */
export async function until(
  condition: () => boolean | Promise<boolean>,
  seen: () => unknown = () => "no further details",
): Promise<void> {
  const deadline = Date.now() + NEVER_MS;
  while (!(await condition())) {
    if (Date.now() > deadline) {
      const waited = `waited ${NEVER_MS / 1000} s for ${condition.toString()}`;
      throw new Error(`${waited}; at the end: ${JSON.stringify(seen())}`);
    }
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
