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

/** The body of a caller's request, which is read when it begins for the first time and as fast as it is taken. */
export class CallerBody implements BodyToModel {
  private kept: Buffer[] | undefined = [];
  private whole: Buffer | undefined;
  private stream: Readable | undefined;

  /** @param seen is given each part once, when it is read; false when the request is over and the rest is only read away */
  constructor(
    private readonly req: IncomingMessage,
    private readonly seen: (chunk: Buffer) => boolean,
  ) {}

  begin(): Buffer | Readable | null {
    const { req } = this;
    if (!hasBody(req)) {
      req.resume();
      return null;
    }
    if (this.whole !== undefined) return this.whole;
    if (this.stream === undefined) {
      this.whole = readWhole(req);
      if (this.whole !== undefined) {
        this.seen(this.whole);
        return this.whole;
      }
      this.listen();
    }
    this.stream = this.beginStream();
    return this.stream;
  }

  commit(): void {
    this.kept = this.whole = undefined;
  }

  private isOpen(): boolean {
    return this.stream?.destroyed === false;
  }

  private listen(): void {
    const { req } = this;
    req.on("data", (chunk: Buffer) => {
      if (!this.seen(chunk)) return;
      this.kept?.push(chunk);
      // Between two attempts nothing is read; after the answer the rest is read away.
      const isFull = this.isOpen() ? this.stream?.push(chunk) === false : this.kept !== undefined;
      if (isFull) req.pause();
    });
    req.once("end", () => {
      if (this.isOpen()) this.stream?.push(null);
    });
  }

  private beginStream(): Readable {
    const { req } = this;
    const next = new Readable({
      read() {
        req.resume();
      },
    });
    next.once("close", () => {
      if (this.kept === undefined) req.resume();
    });
    for (const chunk of this.kept ?? []) next.push(chunk);
    if (req.readableEnded) next.push(null);
    return next;
  }
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
