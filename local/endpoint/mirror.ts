/**
 * Mirrored traffic: a copy of a live request for another deployment, whose answer no caller gets (how-to-safely-
 * rollout-online-endpoints, "Test the deployment with mirrored traffic"). Whatever happens to the copy, the caller of
 * the original never notices. During a rollout its answer is compared with that to the original, which Azure cannot do.
 */
import { performance } from "node:perf_hooks";
import { setTimeout as sleep } from "node:timers/promises";

import type { ComparisonRules } from "../../answers/differences";
import { createAnswerPair, type AnswerSide } from "./answerPair";
import { wholeBody } from "./bodyToModel";
import { sendToInstance } from "./connect";
import { exchange, type ModelRequest, type Outcome } from "./modelRequest";
import type { InstanceConnection } from "./instanceConnection";
import {
  changedAnswers,
  changesAnswer,
  FAULT_STATUS,
  holdMs,
  isFailing,
  UNCHANGED,
} from "./faultyAnswer";
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
  request: Omit<ModelRequest, "body">,
): Capture | undefined {
  const admission = target.pool.enter();
  if (admission === "too-many" || admission === "not-ready") {
    target.mirror.skip();
    return undefined;
  }
  context.mirrored = target.name;
  const pair = rules === undefined ? undefined : createAnswerPair(rules, target.mirror.comparison);
  context.answer = pair?.live;
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
      const headers = { ...request.headers, "content-length": String(body.length) };
      const copy = { ...request, headers, body: wholeBody(body) };
      void forwardCopy(target, admission, copy, pair?.mirrored).finally(() => {
        held.drop();
        admission.leave();
      });
    },
  };
}

async function forwardCopy(
  target: RoutingTarget,
  admission: Admission<Upstream>,
  copy: ModelRequest,
  answer: AnswerSide | undefined,
): Promise<void> {
  const startedAt = performance.now();
  const signal = AbortSignal.timeout(target.requestTimeoutMs);
  let status: number | undefined;
  const send = async (connection: InstanceConnection): Promise<Outcome> => {
    const sentAt = performance.now();
    const { outcome, seen } = await sendCopy(connection, copy, target, answer);
    if (outcome === "complete") {
      status = await afterFault(target, seen, performance.now() - sentAt, signal);
    }
    return outcome === "broken" && signal.aborted ? "cut" : outcome;
  };
  try {
    await sendToInstance(admission, signal, send);
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

/** The status that an answer is counted with; an answer that is held back keeps its place on the instance. */
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

async function sendCopy(
  connection: InstanceConnection,
  copy: ModelRequest,
  { fault }: RoutingTarget,
  answer: AnswerSide | undefined,
): Promise<{ outcome: Outcome; seen: number }> {
  let seen = 0;
  let parts = UNCHANGED;
  const pass = (chunk: Buffer | undefined) => {
    if (chunk !== undefined) answer?.add(chunk);
  };
  const outcome = await exchange(connection, copy, {
    head(head) {
      seen = head.status;
      if (changesAnswer(fault, head)) parts = changedAnswers();
      answer?.watch(head);
      return undefined;
    },
    add(chunk) {
      pass(parts.add(chunk));
      return true;
    },
  });
  if (outcome === "complete") pass(parts.end());
  return { outcome, seen };
}
