/**
 * Callers' requests with their answers, in a file of the machine's user alone, while a user asks for it. Kept in the endpoint's state
 * directory, so that `down` removes them; a new start of the endpoint captures nothing.
 */
import { isUtf8 } from "node:buffer";
import { rmSync } from "node:fs";
import type { IncomingHttpHeaders } from "node:http";

import { REPLAYED_HEADER } from "../headers";
import { holdBody } from "../heldBody";
import type { AnswerHead } from "../modelRequest";
import { createRotatingLog, type RotatingLog } from "../rotatingLog";
import { KEPT_HEADERS, without, type CapturedLine } from "./capturedLine";
import { checkCaptureRequest, type CaptureRequest, type CaptureSettings } from "./settings";
import type { CapturedSummary, CaptureStatus } from "./status";

/** One request under way. Nothing of it is kept until it is finished. */
export interface CapturedRequest {
  addBody(chunk: Buffer): void;
  head(head: AnswerHead): void;
  addAnswer(chunk: Buffer): void;
  /** Must be called in every ending. @param isComplete whether the caller got a deployment's whole answer */
  finish(isComplete: boolean, status: number, durationMs: number): void;
}

export interface Captures {
  /** @throws UserError when the request is not one */
  change(request: CaptureRequest): Promise<void>;
  /** Undefined while nothing is captured, and for requests that `replay` sends. */
  begin(
    path: string,
    deployment: string,
    headers: IncomingHttpHeaders,
  ): CapturedRequest | undefined;
  /** Undefined until something was captured. */
  status(): CaptureStatus | undefined;
  /** The body of one of the last requests, by its number. */
  bodyOf(number: number): string | undefined;
  close(): Promise<void>;
}

/** Requests that the status page shows. */
const SHOWN = 20;

interface Run {
  readonly settings: CaptureSettings;
  readonly log: RotatingLog;
  last: (CapturedSummary & { readonly body: string })[];
  isOn: boolean;
  isFull: boolean;
  captured: number;
  bytes: number;
  notKept: number;
}

/** @param secrets that are never kept, wherever they stand */
export function createCaptures(path: string, secrets: readonly string[]): Captures {
  let run: Run | undefined;

  function keep(to: Run, line: CapturedLine): void {
    const text = `${JSON.stringify(line)}\n`;
    if (secrets.some((secret) => text.includes(secret))) {
      to.notKept += 1;
      return;
    }
    const bytes = Buffer.byteLength(text);
    if (to.captured >= to.settings.requests || to.bytes + bytes > to.settings.totalBytes) {
      to.isFull = true;
      return;
    }
    to.captured += 1;
    to.bytes += bytes;
    to.log.write(text);
    const { time, deployment, status, body, path: asked } = line;
    const summary = { number: to.captured, time, path: asked, deployment, status, body };
    to.last = [summary, ...to.last].slice(0, SHOWN);
    if (to.captured === to.settings.requests) to.isFull = true;
  }

  return {
    async change(value) {
      const request = checkCaptureRequest(value);
      await run?.log.close();
      if (run !== undefined) run.isOn = false;
      if (request.kind === "off") return;
      rmSync(path, { force: true });
      // The file has limits of its own; nothing of it is moved away.
      const log = createRotatingLog(path, { maxBytes: Number.MAX_SAFE_INTEGER });
      const counters = { isOn: true, isFull: false, captured: 0, bytes: 0, notKept: 0 };
      run = { settings: request.settings, log, last: [], ...counters };
    },
    begin(asked, deployment, headers) {
      const to = run;
      if (to === undefined || !to.isOn || to.isFull) return undefined;
      if (headers[REPLAYED_HEADER] !== undefined) return undefined;
      return beginCapture(to, { path: asked, deployment, headers }, (line) => {
        if (line === undefined) to.notKept += 1;
        else if (to.isOn && !to.isFull) keep(to, line);
      });
    },
    status: () =>
      run && {
        ...{ isOn: run.isOn, path, settings: run.settings, captured: run.captured },
        ...{ bytes: run.bytes, notKept: run.notKept, isFull: run.isFull },
        last: run.isOn ? run.last.map(({ body: _body, ...summary }) => summary) : [],
      },
    bodyOf: (number) => run?.last.find((one) => one.number === number)?.body,
    async close() {
      await run?.log.close();
    },
  };
}

/** @param done gets the line; undefined when the request cannot be kept */
function beginCapture(
  { settings: { bodyBytes, leaveOut } }: Run,
  request: {
    readonly path: string;
    readonly deployment: string;
    readonly headers: IncomingHttpHeaders;
  },
  done: (line: CapturedLine | undefined) => void,
): CapturedRequest {
  const { path, deployment, headers } = request;
  const time = new Date().toISOString();
  const [body, answer] = [holdBody(bodyBytes), holdBody(bodyBytes)];
  let isText = headers["content-encoding"] === undefined;
  const textOf = (held: typeof body) => {
    const bytes = held.whole();
    return bytes !== undefined && isText && isUtf8(bytes)
      ? without(leaveOut, bytes.toString())
      : undefined;
  };
  return {
    addBody(chunk) {
      body.add(chunk);
    },
    head({ headers: { "content-encoding": encoding } }) {
      isText &&= encoding === undefined;
    },
    addAnswer(chunk) {
      answer.add(chunk);
    },
    finish(isComplete, status, durationMs) {
      const [asked, answered] = [textOf(body), textOf(answer)];
      body.drop();
      answer.drop();
      // What no deployment has answered, or not to the end, shows nothing when it is sent again.
      if (!isComplete) return;
      if (asked === undefined || answered === undefined) {
        done(undefined);
        return;
      }
      const kept = KEPT_HEADERS.filter((name) => typeof headers[name] === "string");
      done({
        ...{ time, path, deployment, status, body: asked, answer: answered },
        headers: Object.fromEntries(kept.map((name) => [name, String(headers[name])])),
        durationMs: Math.round(durationMs * 100) / 100,
        ...(leaveOut.length === 0 ? {} : { leftOut: leaveOut }),
      });
    },
  };
}
