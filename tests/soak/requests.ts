/** The requests of a soak: good and hostile ones of mixed sizes and content types, and what each has to get. */
import { connect } from "node:net";

import { callEndpoint, type CallOptions } from "../local/endpoint/support/router";
import type { Random } from "../../local/endpoint/chooseDeployment";
import type { Ready } from "./endpointProcess";

/** What became of a request; `left`: a caller that leaves has no answer to get. */
export interface Outcome {
  readonly kind: string;
  readonly result: number | "left" | "lost";
  /** Why it was lost, or what was wrong with the answer. */
  readonly fault?: string;
}

interface Kind {
  readonly name: string;
  readonly sizes: readonly number[];
  readonly options: (body: Buffer, id: string) => CallOptions;
  readonly expected: number;
}

const SMALL = [0, 10, 10_000, 100_000];
/** More than a socket buffers; the last is too large for a mirror. */
const ALL = [...SMALL, 900_000, 3_900_000, 5_000_000];
/** Far longer than any answer takes: a request without one after that hangs. */
const HANGS_MS = 600_000;

const typed =
  (type: string, more: Record<string, string | undefined> = {}) =>
  (body: Buffer, id: string): CallOptions => ({
    body,
    headers: { "content-type": type, "x-id": id, ...more },
  });
const chunked = { "content-length": undefined, "transfer-encoding": "chunked" };

/** The router answers 424 to what the script or its server refuses. */
const ANSWERED: readonly Kind[] = [
  { name: "JSON", sizes: ALL, options: typed("application/json"), expected: 200 },
  { name: "binary", sizes: ALL, options: typed("application/octet-stream"), expected: 200 },
  { name: "chunked", sizes: ALL, options: typed("application/json", chunked), expected: 200 },
  { name: "refused unread", sizes: ALL, options: typed("text/plain"), expected: 424 },
  {
    name: "raises",
    sizes: SMALL,
    options: typed("application/json", { "x-raise": "yes" }),
    expected: 424,
  },
  {
    name: "wrong key",
    sizes: ALL,
    options: typed("application/json", { authorization: "Bearer wrong" }),
    expected: 401,
  },
  {
    name: "wrong method",
    sizes: ALL,
    options: (body) => ({ method: "PUT", body }),
    expected: 405,
  },
  {
    name: "wrong path",
    sizes: ALL,
    options: (body) => ({ path: "/nowhere", body }),
    expected: 404,
  },
];

const MALFORMED = [
  "POST /score HTTP/1.1\r\nHost: h\r\nContent-Length: x\r\n\r\n",
  "POST /score HTTP/1.1\r\nHost: h\r\nContent-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n",
  "this is not HTTP\r\n\r\n",
];

const LEAVES = ["in the body", "with a reset in the body", "after the body"] as const;

/** Makes one request, chosen at random, and says what became of it. Never rejects. */
export async function oneRequest(server: Ready, random: Random, id: string): Promise<Outcome> {
  const pick = <T>(all: readonly T[]): T => {
    const chosen = all[Math.floor(random() * all.length)];
    if (chosen === undefined) throw new Error("nothing to choose from");
    return chosen;
  };
  const share = random();
  if (share < 0.1) return malformed(server.port, pick(MALFORMED));
  if (share < 0.3) return leaver(server, pick(LEAVES), pick(ALL));
  const kind = pick(ANSWERED);
  return answered(server, kind, pick(kind.sizes), id);
}

async function answered(server: Ready, kind: Kind, size: number, id: string): Promise<Outcome> {
  const body = Buffer.alloc(size, "x");
  const { name, expected } = kind;
  const what = `${name} of ${size} bytes`;
  try {
    const { status, body: text } = await callEndpoint(server.port, server.key, {
      ...kind.options(body, id),
      signal: AbortSignal.timeout(HANGS_MS),
    });
    const fault = status === expected ? wrongEcho(status, text, size, id) : `not ${expected}`;
    return {
      kind: name,
      result: status,
      ...(fault !== undefined && { fault: `${what}: ${status}, ${fault}: ${text.slice(0, 200)}` }),
    };
  } catch (error) {
    return { kind: name, result: "lost", fault: `${what}: ${String(error)}` };
  }
}

function wrongEcho(status: number, text: string, size: number, id: string): string | undefined {
  if (status !== 200) return undefined;
  const echo = JSON.parse(text) as Record<string, unknown>;
  const right = echo["label"] === "blue" && echo["id"] === id && echo["bytes"] === size;
  return right ? undefined : "the answer of another request";
}

function malformed(port: number, text: string): Promise<Outcome> {
  return new Promise((resolve) => {
    let answer = "";
    const socket = connect(port, "127.0.0.1", () => socket.write(text));
    socket.setEncoding("latin1").on("data", (more: string) => (answer += more));
    socket.setTimeout(HANGS_MS, () => socket.destroy());
    socket.on("error", () => undefined);
    socket.on("close", () => {
      const status = Number(/^HTTP\/1\.1 (\d+) /.exec(answer)?.[1]);
      const what = JSON.stringify(text);
      if (Number.isNaN(status)) {
        resolve({ kind: "malformed", result: "lost", fault: `${what}: no answer` });
      } else if (status === 400) resolve({ kind: "malformed", result: status });
      else resolve({ kind: "malformed", result: status, fault: `${what}: ${status}` });
    });
  });
}

/** Resolves when the connection is gone. */
function leaver(
  { port, key }: Ready,
  how: (typeof LEAVES)[number],
  size: number,
): Promise<Outcome> {
  const head = [
    "POST /score HTTP/1.1",
    "Host: h",
    `Authorization: Bearer ${key}`,
    "Content-Type: application/json",
    `Content-Length: ${size}`,
  ];
  const body = Buffer.alloc(size, "x");
  const part = how === "after the body" ? body : body.subarray(0, size >> 1);
  return new Promise((resolve) => {
    const socket = connect(port, "127.0.0.1");
    socket.on("error", () => undefined).resume();
    socket.on("close", () => {
      resolve({ kind: `leaves ${how}`, result: "left" });
    });
    socket.write(`${head.join("\r\n")}\r\n\r\n`);
    socket.write(part, () => {
      if (how === "with a reset in the body") socket.resetAndDestroy();
      else socket.destroy();
    });
  });
}
