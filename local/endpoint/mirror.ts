/**
 * Mirrored traffic: a copy of a live request for another deployment, whose answer no caller gets (how-to-safely-
 * rollout-online-endpoints, "Test the deployment with mirrored traffic"). Whatever happens to the copy, the caller of
 * the original never notices. During a rollout its answer is compared with that to the original, which Azure cannot do.
 */
import { request, type IncomingHttpHeaders } from "node:http";
import { performance } from "node:perf_hooks";
import { setTimeout as sleep } from "node:timers/promises";

import type { ComparisonRules } from "../../answers/differences";
import { createAnswerPair, type AnswerSide } from "./answerPair";
import { closeConnection, connectToInstance, type Connection } from "./connect";
import type { Fault } from "./fault";
import { changedAnswers, changesAnswer, FAULT_STATUS, holdMs, isFailing } from "./faultyAnswer";
import { holdBody } from "./heldBody";
import type { RequestContext } from "./requestContext";
import type { Admission } from "./instancePool";
import type { RoutingTarget, Upstream } from "./routingTarget";

/** Bytes; a larger body is not mirrored. */
const MAX_COPY_BYTES = 4 * 1024 * 1024;

export interface Capture {
  add(chunk: Buffer): void;
  /** The body ended or the answer did; without the complete body there is nothing to mirror. */
  finish(complete: boolean): void;
}

/** The deployment that gets a copy of a request, and how the two answers are compared, where they are. */
export interface Mirror {
  readonly target: RoutingTarget;
  readonly rules: ComparisonRules | undefined;
}

/** Begins a copy of a request whose body is about to flow; nothing when the deployment has no room for it. */
export function captureForMirror(
  context: RequestContext,
  { target, rules }: Mirror,
): Capture | undefined {
  const admission = target.pool.enter();
  if (admission === "too-many" || admission === "not-ready") {
    target.mirror.skip();
    return undefined;
  }
  context.mirrored = target.name;
  const pair = rules === undefined ? undefined : createAnswerPair(rules, target.mirror.comparison);
  context.answer = pair?.live;
  const { method = "POST", url = "/score", headers } = context.req;
  const held = holdBody(MAX_COPY_BYTES);
  let finished = false;
  return {
    add(chunk) {
      held.add(chunk);
    },
    finish(complete) {
      if (finished) return;
      finished = true;
      const body = held.whole();
      if (body === undefined || !complete) {
        held.drop();
        target.mirror.skip();
        admission.leave();
        pair?.mirrored.finish(false);
        return;
      }
      const copy = { method, url, headers, body };
      void forwardCopy(target, admission, copy, pair?.mirrored).finally(() => {
        held.drop();
        admission.leave();
      });
    },
  };
}

interface Copy {
  readonly method: string;
  readonly url: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

async function forwardCopy(
  target: RoutingTarget,
  admission: Admission<Upstream>,
  copy: Copy,
  answer: AnswerSide | undefined,
): Promise<void> {
  const startedAt = performance.now();
  const signal = AbortSignal.timeout(target.requestTimeoutMs);
  let status: number | undefined;
  try {
    const connection = await connectToInstance(admission, signal);
    if (connection !== "not-ready") {
      try {
        const sentAt = performance.now();
        status = await sendCopy(connection, copy, signal, target.fault, answer);
        status = await afterFault(target, status, performance.now() - sentAt, signal);
      } finally {
        await closeConnection(connection, status === undefined && !signal.aborted);
      }
    }
  } catch {
    // Counted below by the absence of a model status.
  }
  const durationMs = performance.now() - startedAt;
  // The server keeps the same limit: its own answer about that may be read before this process's timer has run.
  const late = signal.aborted || durationMs >= target.requestTimeoutMs;
  const seen = late ? 408 : status === 200 ? 200 : 424;
  target.mirror.metrics.record(seen, status, durationMs);
  answer?.finish(seen === 200);
}

/** The status with which the answer is counted; an answer that is held back keeps its place on the instance. */
async function afterFault(
  { fault }: RoutingTarget,
  status: number,
  elapsedMs: number,
  signal: AbortSignal,
): Promise<number> {
  if (fault === undefined) return status;
  await sleep(holdMs(fault, elapsedMs), undefined, { signal });
  return isFailing(fault) ? FAULT_STATUS : status;
}

function sendCopy(
  connection: Connection,
  copy: Copy,
  signal: AbortSignal,
  fault: Fault | undefined,
  answer: AnswerSide | undefined,
): Promise<number> {
  // The copy is sent whole, whatever way the original came.
  const headers = { ...copy.headers };
  delete headers["transfer-encoding"];
  return new Promise((resolve, reject) => {
    let answered = false;
    const broken = () => {
      reject(new Error("the connection was closed"));
    };
    const req = request(
      {
        method: copy.method,
        path: copy.url,
        headers: { ...headers, "content-length": String(copy.body.length) },
        createConnection: () => connection.socket,
        signal,
      },
      (res) => {
        answered = true;
        const body = changesAnswer(fault, res) ? res.pipe(changedAnswers()) : res;
        res.on("error", reject);
        res.on("close", () => {
          // A changed answer ends after the one that it is made of.
          if (body === res || !res.complete) broken();
        });
        body.on("end", () => {
          resolve(res.statusCode ?? 502);
        });
        answer?.watch(res, body);
        body.resume();
      },
    );
    req.on("error", reject);
    // An answer that nobody listens for, such as 101, ends the request with neither answer nor error.
    req.on("close", () => {
      if (!answered) broken();
    });
    req.end(copy.body);
  });
}
