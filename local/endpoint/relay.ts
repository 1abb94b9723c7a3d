/** Sends one request over one connection to the model's server and streams the answer back, with Azure's changes. */
import { performance } from "node:perf_hooks";

import type { Send } from "./connect";
import { injectedFault, modelBroke } from "./endpointResponses";
import { exchange, type AnswerHead, type ModelRequest, type Outcome } from "./modelRequest";
import type { Fault } from "./fault";
import {
  changedAnswers,
  changesAnswer,
  FAULT_STATUS,
  holdMs,
  isFailing,
  UNCHANGED,
  type AnswerParts,
} from "./faultyAnswer";
import type { RequestContext } from "./requestContext";
import { headersToCaller, MODEL_REASON_HEADER, MODEL_STATUS_HEADER } from "./headers";
import { drainBody } from "./requestBody";
import type { RoutingTarget } from "./routingTarget";

/** The deployment's time limit for one request. */
export interface TimeLimit {
  isOver(): boolean;
  /** Answers that the time is over, and ends the request. */
  giveUp(): void;
}

/**
 * Resolves when the caller's answer is over: `broken` when the instance broke it off, of which the caller has then been
 * told; `cut` when the caller left or the time limit ended it.
 */
export async function relay(
  context: RequestContext,
  target: RoutingTarget,
  [connection, answered]: Parameters<Send>,
  request: ModelRequest,
  limit: TimeLimit,
): Promise<Outcome> {
  const { res } = context;
  const fault = context.path === "/score" ? target.fault : undefined;
  const sentAt = fault === undefined ? 0 : performance.now();
  // What the caller gets of the answer; nothing of one that is replaced.
  let parts: AnswerParts | undefined;
  let resume: () => void = () => undefined;
  const take = (head: AnswerHead) => {
    // The server keeps the same limit and counts from later on: what it says about that must not win over the caller's.
    if (limit.isOver()) limit.giveUp();
    if (context.over()) connection.socket.destroy();
    else if (fault !== undefined && isFailing(fault)) replaceByFault(context, target);
    else parts = beginAnswer(context, head, fault);
  };
  const outcome = await exchange(connection, request, {
    head(head, whenReady) {
      resume = whenReady;
      if (fault !== undefined) {
        return held(context, holdMs(fault, performance.now() - sentAt)).then(() => {
          take(head);
        });
      }
      take(head);
      return undefined;
    },
    add(chunk) {
      const part = parts?.add(chunk);
      if (part === undefined || passOn(context, part)) return true;
      res.once("drain", resume);
      return false;
    },
  });
  if (outcome === "unsent") return outcome;
  if (outcome === "complete") {
    answered();
    const rest = parts?.end();
    if (rest !== undefined) passOn(context, rest);
    if (parts !== undefined) await endAnswer(context);
    return outcome;
  }
  if (limit.isOver()) limit.giveUp();
  // It has been answered already, for instance with 408.
  if (context.over()) return "cut";
  context.respond(modelBroke(target.name));
  return "broken";
}

/**
 * Azure passes the answer of the model's server through, but turns every status other than 200 into 424 and puts the
 * status in a header (how-to-troubleshoot-online-endpoints, row 424: "returns a non-200 response"; the router that
 * Azure puts in front of the container does the same and keeps the body).
 */
function beginAnswer(
  context: RequestContext,
  head: AnswerHead,
  fault: Fault | undefined,
): AnswerParts {
  context.modelStatus = head.status;
  const failed = head.status !== 200;
  const isChanged = changesAnswer(fault, head);
  const headers = headersToCaller(head.headers);
  if (isChanged) delete headers["content-length"];
  if (failed) {
    headers[MODEL_STATUS_HEADER] = String(head.status);
    headers[MODEL_REASON_HEADER] = "model_error";
  }
  context.res.writeHead(failed ? 424 : 200, headers);
  context.answer?.watch(head);
  context.captured?.head(head);
  return isChanged ? changedAnswers() : UNCHANGED;
}

/** False when the caller is to be waited for. */
function passOn(context: RequestContext, part: Buffer): boolean {
  context.bytesOut += part.length;
  context.answer?.add(part);
  context.captured?.addAnswer(part);
  return context.res.write(part);
}

/** A model may answer before it has read the body: the caller's answer ends when the body is over. */
async function endAnswer({ req, res }: RequestContext): Promise<void> {
  if (!req.readableEnded) await drainBody(req);
  if (res.destroyed) return;
  await new Promise<void>((resolve) => {
    res.once("close", resolve).once("finish", resolve).end();
  });
}

/** The caller gets a failure, and the instance's answer is read away. */
function replaceByFault(context: RequestContext, target: RoutingTarget): void {
  context.modelStatus = FAULT_STATUS;
  context.respond(injectedFault(target.name));
}

/** Waits, but not past the end of the caller's answer. */
function held({ res }: RequestContext, ms: number): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      clearTimeout(timer);
      res.off("close", done);
      resolve();
    };
    const timer = setTimeout(done, ms);
    res.once("close", done);
    if (res.destroyed) done();
  });
}
