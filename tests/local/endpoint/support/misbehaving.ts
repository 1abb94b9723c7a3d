/** Model servers and callers that end an exchange in every way there is. */
import { createServer, type IncomingMessage } from "node:http";
import { connect, type Socket } from "node:net";

import { CREDENTIALS } from "./router";
import { listenOnSocket } from "./upstream";

/** What a model server does with a request whose headers have arrived. The first two are the good ones. */
export const ENDINGS = [
  "answers",
  "answers until it closes",
  "answers early and reads on",
  "answers early and closes",
  "answers early and resets",
  "switches protocols",
  "sends information and closes",
  "resets",
  "closes",
  "resets in the body",
  "resets in its answer",
  "closes in its answer",
  "answers without end",
  "reads and is silent",
  "does not read",
  "talks nonsense",
] as const;
export type Ending = (typeof ENDINGS)[number];

/** What a caller does with its request. The first two are the good ones, and keep their connection open. */
export const CALLERS = [
  "sends a length",
  "sends chunks",
  "leaves in the body",
  "resets in the body",
  "stalls in the body",
  "leaves after the body",
  "leaves in the answer",
] as const;
export type Caller = (typeof CALLERS)[number];

const HEAD = "HTTP/1.1 200 OK\r\n";
const ANSWER = `${HEAD}Content-Length: 2\r\n\r\nok`;

export interface MisbehavingServer {
  readonly socketPath: string;
  /** Announced and received bytes of each request whose whole body was read. */
  readonly bodies: (readonly [announced: number, received: number])[];
  close(): Promise<void>;
}

/**
 * A server that does what the request's header `header` says. A UNIX socket resets when it is closed with bytes unread.
 */
export async function startMisbehaving(header: string): Promise<MisbehavingServer> {
  const bodies: (readonly [number, number])[] = [];
  const server = createServer((req) => {
    const { socket } = req;
    let received = 0;
    const whenRead = (then: () => void) => {
      req.on("data", (chunk: Buffer) => (received += chunk.length));
      req.once("end", () => {
        bodies.push([Number(req.headers["x-size"]), received]);
        then();
      });
    };
    act(req.headers[header] as Ending, req, socket, whenRead);
  });
  server.on("connection", (socket) => socket.on("error", () => undefined));
  const socketPath = await listenOnSocket(server);
  return {
    socketPath,
    bodies,
    close: () =>
      new Promise((resolve) => {
        server.close(() => {
          resolve();
        });
        server.closeAllConnections();
      }),
  };
}

function act(
  ending: Ending,
  req: IncomingMessage,
  socket: Socket,
  whenRead: (then: () => void) => void,
): void {
  const actions: Record<Ending, () => unknown> = {
    answers: () => {
      whenRead(() => socket.write(ANSWER));
    },
    "answers until it closes": () => {
      whenRead(() => socket.end(`${HEAD}Connection: close\r\n\r\nok`));
    },
    "answers early and reads on": () => {
      socket.write(ANSWER);
      req.resume();
    },
    "answers early and closes": () => socket.end(ANSWER),
    "answers early and resets": () => socket.write(ANSWER, () => socket.destroy()),
    "switches protocols": () =>
      socket.write("HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: x\r\n\r\n"),
    "sends information and closes": () =>
      socket.end("HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n"),
    resets: () => socket.destroy(),
    closes: () => socket.end(),
    "resets in the body": () => req.once("data", () => socket.destroy()).resume(),
    "resets in its answer": () =>
      socket.write(`${HEAD}Content-Length: 9\r\n\r\nhalf`, () => socket.destroy()),
    "closes in its answer": () => {
      whenRead(() => socket.end(`${HEAD}Content-Length: 9\r\n\r\nhalf`));
    },
    "answers without end": () => {
      const more = () => {
        if (!socket.destroyed) socket.write("1\r\nx\r\n", () => setImmediate(more));
      };
      socket.write(`${HEAD}Transfer-Encoding: chunked\r\n\r\n`, more);
    },
    "reads and is silent": () => req.resume(),
    "does not read": () => undefined,
    "talks nonsense": () => socket.end("this is not HTTP\r\n\r\n"),
  };
  actions[ending]();
}

export interface Exchange {
  readonly live: Ending;
  readonly mirrored: Ending;
  readonly caller: Caller;
  readonly bytes: number;
}

export interface OpenCall {
  /** What the caller received when it has its whole answer or lost the connection. */
  readonly received: Promise<string>;
  leave(): void;
}

/** Sends a request as the exchange says. Its connection stays open when the caller has no reason to leave. */
export function startCall(port: number, { live, mirrored, caller, bytes }: Exchange): OpenCall {
  const socket = connect(port, "127.0.0.1");
  const head = [
    "POST /score HTTP/1.1",
    "Host: h",
    `Authorization: Bearer ${CREDENTIALS.primaryKey}`,
    `x-live: ${live}`,
    `x-mirrored: ${mirrored}`,
    `x-size: ${bytes}`,
  ];
  const body = Buffer.alloc(bytes, "x");
  const chunked = caller === "sends chunks";
  const framing = chunked ? "Transfer-Encoding: chunked" : `Content-Length: ${bytes}`;
  socket.write(`${[...head, framing].join("\r\n")}\r\n\r\n`);
  const half = body.subarray(0, bytes >> 1);
  const endings: Record<Caller, () => unknown> = {
    "sends a length": () => socket.write(body),
    "sends chunks": () => {
      const chunk = bytes === 0 ? "" : `${bytes.toString(16)}\r\n${body.toString()}\r\n`;
      socket.write(`${chunk}0\r\n\r\n`);
    },
    "leaves in the body": () => socket.end(half),
    "resets in the body": () => socket.write(half, () => socket.resetAndDestroy()),
    "stalls in the body": () => socket.write(half),
    "leaves after the body": () => socket.write(body, () => socket.destroy()),
    "leaves in the answer": () => socket.write(body),
  };
  endings[caller]();
  const leavesAtAnswer = caller === "leaves in the answer" || caller === "stalls in the body";
  const received = new Promise<string>((resolve) => {
    let text = "";
    socket.setEncoding("latin1").on("data", (more: string) => {
      // Enough to tell the answer; one of them never ends.
      if (text.length < 1000) text += more;
      if (leavesAtAnswer) socket.destroy();
      if (isWhole(text)) resolve(text);
    });
    socket.on("error", () => undefined);
    socket.on("close", () => {
      resolve(text);
    });
  });
  return {
    received,
    leave() {
      socket.destroy();
    },
  };
}

function isWhole(text: string): boolean {
  if (text.endsWith("\r\n0\r\n\r\n")) return true;
  const [head = "", body] = text.split("\r\n\r\n", 2);
  const length = /^content-length: (\d+)$/im.exec(head)?.[1];
  return body !== undefined && length !== undefined && body.length >= Number(length);
}
