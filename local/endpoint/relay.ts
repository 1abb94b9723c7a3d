/** Sends one request over one connection to the model's server and streams the answer back, with Azure's changes. */
import { Agent, type IncomingMessage } from "node:http";
import type { Socket } from "node:net";
import { performance } from "node:perf_hooks";
import { pipeline, Transform } from "node:stream";
import { createProxyServer } from "http-proxy-3";

import { injectedFault, modelBroke } from "./endpointResponses";
import type { Fault } from "./fault";
import { changedAnswers, changesAnswer, FAULT_STATUS, holdMs, isFailing } from "./faultyAnswer";
import type { RequestContext } from "./requestContext";
import {
  headersToCaller,
  headersToModel,
  MODEL_REASON_HEADER,
  MODEL_STATUS_HEADER,
} from "./headers";
import { drainBody } from "./requestBody";
import type { RoutingTarget } from "./routingTarget";

/** The deployment's time limit for one request. */
export interface TimeLimit {
  isOver(): boolean;
  /** Answers that the time is over, and ends the request. */
  giveUp(): void;
}

/** How each request under way takes its answer. */
const takers = new WeakMap<IncomingMessage, (answer: IncomingMessage) => void>();

// selfHandleResponse: the library's own piping leaves a caller hanging when the upstream breaks off in mid-answer.
const proxy = createProxyServer({ selfHandleResponse: true, toProxy: true });
proxy.on("proxyRes", (answer, req) => takers.get(req)?.(answer));
// The proxy says here that the caller went away; the request context notices that by itself.
proxy.on("econnreset", () => undefined);

/**
 * Resolves when the answer is over, with whether the instance broke it off; the caller has then been told. False when the
 * answer is complete, the caller left or the time limit ended it. Never rejects.
 */
export function relay(
  context: RequestContext,
  target: RoutingTarget,
  socket: Socket,
  limit: TimeLimit,
): Promise<boolean> {
  const { req, res } = context;
  const fault = context.path === "/score" ? target.fault : undefined;
  const sentAt = fault === undefined ? 0 : performance.now();
  return new Promise((resolve) => {
    let brokenOff = false;
    // Does nothing when the request has already been answered, for instance with 408.
    const tell = () => {
      // The server keeps the same limit and counts from later on: what it does about that must not win over the caller's.
      if (limit.isOver()) limit.giveUp();
      if (context.over()) return;
      brokenOff = true;
      context.respond(modelBroke(target.name));
    };
    const broke = () => {
      takers.delete(req);
      tell();
      socket.destroy();
      resolve(brokenOff);
    };
    takers.set(req, (answer) => {
      takers.delete(req);
      socket.off("close", broke);
      // Before the pipeline below destroys the caller's side, when it is still known whose fault it is.
      answer.once("error", tell);
      const take = () => {
        if (limit.isOver()) limit.giveUp();
        if (context.over()) {
          broke();
          return;
        }
        if (fault !== undefined && isFailing(fault)) {
          answer.once("close", () => {
            resolve(false);
          });
          replaceByFault(context, target, answer);
          return;
        }
        passOn(context, answer, fault, (error) => {
          if (error === undefined) resolve(false);
          else broke();
        });
      };
      if (fault === undefined) take();
      else void held(context, holdMs(fault, performance.now() - sentAt)).then(take);
    });
    socket.once("close", broke);

    const headers = headersToModel(req, context.requestId);
    // The library starts from the request's own headers, so those are replaced, not added to.
    req.headers = headers;
    try {
      // Required by the library; the agent gives the connection.
      const upstream = { host: "localhost", port: 0, protocol: "http:" };
      proxy.web(req, res, { target: upstream, agent: agentFor(socket) }, () => {
        // The answer, once begun, reports its own end.
        if (takers.has(req)) broke();
      });
    } catch {
      broke();
    }
  });
}

/**
 * Azure passes the answer of the model's server through, but turns every status other than 200 into 424 and puts the
 * status in a header (how-to-troubleshoot-online-endpoints, row 424: "returns a non-200 response"; the router that
 * Azure puts in front of the container does the same and keeps the body).
 */
function passOn(
  context: RequestContext,
  answer: IncomingMessage,
  fault: Fault | undefined,
  done: (error?: Error) => void,
): void {
  const { res } = context;
  const modelStatus = answer.statusCode ?? 502;
  context.modelStatus = modelStatus;
  const failed = modelStatus !== 200;
  const isChanged = changesAnswer(fault, answer);
  const headers = headersToCaller(answer.headers);
  if (isChanged) delete headers["content-length"];
  res.writeHead(failed ? 424 : 200, {
    ...headers,
    ...(failed && {
      [MODEL_STATUS_HEADER]: String(modelStatus),
      [MODEL_REASON_HEADER]: "model_error",
    }),
  });
  // A model may answer before it has read the body: the caller's answer ends when the body is over.
  const last = new Transform({
    transform(chunk: Buffer, _encoding, passed) {
      context.bytesOut += chunk.length;
      passed(null, chunk);
    },
    flush(flushed) {
      void drainBody(context.req).then(() => {
        flushed();
      });
    },
  });
  context.answer?.watch(answer, last);
  const whenDone = (error: NodeJS.ErrnoException | null) => {
    done(error ?? undefined);
  };
  if (isChanged) pipeline(answer, changedAnswers(), last, res, whenDone);
  else pipeline(answer, last, res, whenDone);
}

/** The caller gets a failure, and the instance's answer is read away. */
function replaceByFault(
  context: RequestContext,
  target: RoutingTarget,
  answer: IncomingMessage,
): void {
  context.modelStatus = FAULT_STATUS;
  context.respond(injectedFault(target.name));
  answer.resume();
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

function agentFor(socket: Socket): Agent {
  const agent = new Agent({ keepAlive: false, maxSockets: 1 });
  agent.createConnection = () => socket;
  return agent;
}
