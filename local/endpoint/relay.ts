/** Sends one request over one connection to the model's server and streams the answer back, with Azure's changes. */
import type { Socket } from "node:net";
import { performance } from "node:perf_hooks";

import type { Send } from "./connect";
import { injectedFault, modelBroke } from "./endpointResponses";
import {
  exchange,
  type AnswerHead,
  type ModelRequest,
  type Outcome,
  type Taker,
} from "./modelRequest";
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
  const answer = new RelayedAnswer(context, target, connection.socket, limit);
  const outcome = await exchange(connection, request, answer);
  if (outcome === "unsent") return outcome;
  if (outcome === "complete") {
    answered();
    await answer.end();
    return outcome;
  }
  if (limit.isOver()) limit.giveUp();
  // It has been answered already, for instance with 408.
  if (context.over()) return "cut";
  context.respond(modelBroke(target.name));
  return "broken";
}

/** The model's answer on its way to the caller. */
class RelayedAnswer implements Taker {
  private readonly fault: Fault | undefined;
  private readonly sentAt: number;
  /** What the caller gets of the answer; nothing of one that is replaced. */
  private parts: AnswerParts | undefined;
  private resume: () => void = nothing;

  constructor(
    private readonly context: RequestContext,
    private readonly target: RoutingTarget,
    private readonly socket: Socket,
    private readonly limit: TimeLimit,
  ) {
    this.fault = context.path === "/score" ? target.fault : undefined;
    this.sentAt = this.fault === undefined ? 0 : performance.now();
  }

  head(head: AnswerHead, resume: () => void): Promise<void> | undefined {
    this.resume = resume;
    if (this.fault !== undefined) {
      return held(this.context, holdMs(this.fault, performance.now() - this.sentAt)).then(() => {
        this.take(head);
      });
    }
    this.take(head);
    return undefined;
  }

  add(chunk: Buffer): boolean {
    const part = this.parts?.add(chunk);
    if (part === undefined || passOn(this.context, part)) return true;
    this.context.res.once("drain", this.resume);
    return false;
  }

  /** All of it is there. */
  async end(): Promise<void> {
    if (this.parts === undefined) return;
    const rest = this.parts.end();
    if (rest !== undefined) passOn(this.context, rest);
    await endAnswer(this.context);
  }

  private take(head: AnswerHead): void {
    const { context, fault, limit } = this;
    // The server keeps the same limit and counts from later on: what it says about that must not win over the caller's.
    if (limit.isOver()) limit.giveUp();
    if (context.over()) this.socket.destroy();
    else if (fault !== undefined && isFailing(fault)) replaceByFault(context, this.target);
    else this.parts = beginAnswer(context, head, fault);
  }
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

function nothing(): void {
  // Before an answer has begun there is nothing to go on with.
}
