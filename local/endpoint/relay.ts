/** Sends one request over one connection to the model's server and streams the answer back, with Azure's changes. */
import { Agent, type IncomingMessage } from "node:http";
import type { Socket } from "node:net";
import { pipeline, Transform } from "node:stream";
import { createProxyServer } from "http-proxy-3";

import { modelBroke } from "./endpointResponses";
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
      if (limit.isOver()) limit.giveUp();
      if (context.over()) {
        broke();
        return;
      }
      // Before the pipeline below destroys the caller's side, when it is still known whose fault it is.
      answer.once("error", tell);
      passOn(context, answer, (error) => {
        if (error === undefined) resolve(false);
        else broke();
      });
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
  done: (error?: Error) => void,
): void {
  const { res } = context;
  const modelStatus = answer.statusCode ?? 502;
  context.modelStatus = modelStatus;
  const failed = modelStatus !== 200;
  res.writeHead(failed ? 424 : 200, {
    ...headersToCaller(answer.headers),
    ...(failed && {
      [MODEL_STATUS_HEADER]: String(modelStatus),
      [MODEL_REASON_HEADER]: "model_error",
    }),
  });
  answer.on("data", (chunk: Buffer) => {
    context.bytesOut += chunk.length;
  });
  context.answer?.watch(answer);
  // A model may answer before it has read the body: the caller's answer ends when the body is over.
  const last = new Transform({
    transform(chunk, _encoding, passed) {
      passed(null, chunk);
    },
    flush(flushed) {
      void drainBody(context.req).then(() => {
        flushed();
      });
    },
  });
  pipeline(answer, last, res, (error) => {
    done(error ?? undefined);
  });
}

function agentFor(socket: Socket): Agent {
  const agent = new Agent({ keepAlive: false, maxSockets: 1 });
  agent.createConnection = () => socket;
  return agent;
}
