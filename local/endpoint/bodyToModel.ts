/** The body of a request on its way to a model's server. It can begin again as long as nothing of it has arrived there. */
import type { IncomingMessage } from "node:http";
import { Readable } from "node:stream";

export interface BodyToModel {
  /** The whole body, or the body as it comes; null when there is none. */
  begin(): Buffer | Readable | null;
  /** It will not begin again: what was read is not kept any more. */
  commit(): void;
}

/** A body that is there. */
export function wholeBody(body: Buffer): BodyToModel {
  return { begin: () => body, commit: () => undefined };
}

/**
 * The body of a caller's request, which is read when it begins for the first time and as fast as it is taken.
 *
 * @param seen is given each part once, when it is read; false when the request is over and the rest is only read away
 */
export function bodyOf(req: IncomingMessage, seen: (chunk: Buffer) => boolean): BodyToModel {
  let kept: Buffer[] | undefined = [];
  let whole: Buffer | undefined;
  let stream: Readable | undefined;
  const isOpen = () => stream?.destroyed === false;
  const listen = () => {
    req.on("data", (chunk: Buffer) => {
      if (!seen(chunk)) return;
      kept?.push(chunk);
      // Between two attempts nothing is read; after the answer the rest is read away.
      if (isOpen() ? stream?.push(chunk) === false : kept !== undefined) req.pause();
    });
    req.once("end", () => {
      if (isOpen()) stream?.push(null);
    });
  };
  const beginStream = () => {
    const next = new Readable({
      read() {
        req.resume();
      },
    });
    next.once("close", () => {
      if (kept === undefined) req.resume();
    });
    for (const chunk of kept ?? []) next.push(chunk);
    if (req.readableEnded) next.push(null);
    return next;
  };
  return {
    begin() {
      if (!hasBody(req)) {
        req.resume();
        return null;
      }
      if (whole !== undefined) return whole;
      if (stream === undefined) {
        whole = readWhole(req);
        if (whole !== undefined) {
          seen(whole);
          return whole;
        }
        listen();
      }
      stream = beginStream();
      return stream;
    },
    commit() {
      kept = whole = undefined;
    },
  };
}

function hasBody({ headers }: IncomingMessage): boolean {
  const { "content-length": length, "transfer-encoding": encoding } = headers;
  return encoding !== undefined || Number(length ?? 0) > 0;
}

/** A small body has often come with its headers, and needs no stream. One of unknown length stays in chunks. */
function readWhole(req: IncomingMessage): Buffer | undefined {
  if (!req.complete || req.headers["transfer-encoding"] !== undefined) return undefined;
  return (req.read() as Buffer | null) ?? undefined;
}
