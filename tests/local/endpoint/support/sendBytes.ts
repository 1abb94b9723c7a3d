/** Sends a generated request byte for byte, and reads the answer as HTTP says it is to be read. */
import { connect } from "node:net";

import type { GeneratedRequest } from "./generatedRequests";

export interface Exchange {
  /** Whole answers, in their order. */
  readonly answers: readonly {
    readonly status: number;
    readonly head: string;
    readonly body: string;
  }[];
  /** Bytes after them that are no whole answer. */
  readonly rest: string;
  /** Nothing came for so long that nothing will. */
  readonly hangs: boolean;
}

/** Far longer than any answer takes: the endpoint ends a request of its own after a minute. */
const HANGS_MS = 120_000;

/** Resolves when the other side has closed, or when the caller has what it waits for. */
export function exchange(port: number, request: GeneratedRequest): Promise<Exchange> {
  return new Promise((resolve) => {
    const socket = connect(port, "127.0.0.1");
    let received = "";
    let hangs = false;
    const end = () => {
      socket.destroy();
    };
    socket.setEncoding("latin1").on("data", (more: string) => {
      received += more;
      // An answer that says more is to come on the connection ends the exchange too.
      if (answersIn(received, request).rest === "" && !/^connection: close/im.test(received)) end();
    });
    socket.setTimeout(HANGS_MS, () => {
      hangs = true;
      end();
    });
    socket.on("error", () => undefined);
    socket.on("close", () => {
      resolve({ ...answersIn(received, request), hangs });
    });
    const pieces = [...request.cuts, request.bytes.length].map((to, index) =>
      request.bytes.subarray(request.cuts[index - 1] ?? 0, to),
    );
    const send = ([piece, ...others]: readonly Buffer[]): void => {
      if (piece === undefined) {
        if (request.leaves) end();
      } else socket.write(piece, () => setImmediate(send, others));
    };
    send(pieces);
  });
}

function answersIn(
  received: string,
  { methods }: Pick<GeneratedRequest, "methods">,
): Pick<Exchange, "answers" | "rest"> {
  const answers: { status: number; head: string; body: string }[] = [];
  let rest = received;
  for (;;) {
    const end = rest.indexOf("\r\n\r\n");
    const status = Number(/^HTTP\/1\.[01] (\d{3})/.exec(rest)?.[1]);
    if (end === -1 || Number.isNaN(status)) return { answers, rest };
    const head = rest.slice(0, end);
    const after = rest.slice(end + 4);
    // An answer without a body, after which another one comes.
    if (status < 200) {
      rest = after;
      continue;
    }
    // Of HEAD the length is told, and no body comes (RFC 9110, 9.3.2), unless the server could not read the request.
    const isBare = methods[answers.length] === "HEAD" && !/^connection: close$/im.test(head);
    const body = isBare || after === "" ? { text: "", length: 0 } : bodyOf(head, after);
    if (body === undefined) return { answers, rest };
    answers.push({ status, head, body: Buffer.from(body.text, "latin1").toString() });
    rest = after.slice(body.length);
  }
}

/** The body that an answer's head announces; undefined while it is not all there. */
function bodyOf(head: string, after: string): { text: string; length: number } | undefined {
  const length = /^content-length: *(\d+)$/im.exec(head)?.[1];
  if (length !== undefined) {
    const size = Number(length);
    return after.length < size ? undefined : { text: after.slice(0, size), length: size };
  }
  if (!/^transfer-encoding: *chunked$/im.test(head)) return { text: after, length: after.length };
  let text = "";
  let at = 0;
  for (;;) {
    const line = after.indexOf("\r\n", at);
    if (line === -1) return undefined;
    const size = parseInt(after.slice(at, line), 16);
    const begin = line + 2;
    if (Number.isNaN(size) || after.length < begin + size + 2) return undefined;
    at = begin + size + 2;
    if (size === 0) return { text, length: at };
    text += after.slice(begin, begin + size);
  }
}
