/** Which headers pass between caller and model, and which requests are malformed. */
import type { IncomingHttpHeaders, IncomingMessage, OutgoingHttpHeaders } from "node:http";

import type { AnswerHeaders } from "./answerHeaders";

export const DEPLOYMENT_HEADER = "azureml-model-deployment";
export const CLIENT_REQUEST_ID_HEADER = "x-ms-client-request-id";
export const REQUEST_ID_HEADER = "x-request-id";
/** Of requests that `replay` sends, so that they are not captured again. */
export const REPLAYED_HEADER = "x-mlscore-replayed";
/** Both named in how-to-troubleshoot-online-endpoints, row 424. */
export const MODEL_STATUS_HEADER = "ms-azureml-model-error-statuscode";
export const MODEL_REASON_HEADER = "ms-azureml-model-error-reason";

/** Azure's limit, in characters (Azure facts §3.1). */
const MAX_CLIENT_REQUEST_ID = 40;

/** RFC 9110 §7.6.1, and what belongs to one connection only. */
const HOP_BY_HOP = [
  "connection",
  "keep-alive",
  "proxy-authenticate",
  "proxy-authorization",
  "proxy-connection",
  "te",
  "trailer",
  "transfer-encoding",
  "upgrade",
  "expect",
];

/** Set by the endpoint alone; what a caller or a model puts there is dropped. */
const OURS = [REQUEST_ID_HEADER, DEPLOYMENT_HEADER, MODEL_STATUS_HEADER, MODEL_REASON_HEADER];

const NOT_TO_MODEL = new Set([...HOP_BY_HOP, ...OURS, "authorization", "cookie"]);
const NOT_TO_CALLER = new Set([...HOP_BY_HOP, ...OURS, CLIENT_REQUEST_ID_HEADER]);

/** What is wrong with the request as HTTP, in words, or nothing. */
export function requestProblem(req: IncomingMessage): string | undefined {
  const distinct = req.headersDistinct;
  for (const name of [DEPLOYMENT_HEADER, CLIENT_REQUEST_ID_HEADER, "host", "content-type"]) {
    if ((distinct[name]?.length ?? 0) > 1) return `the header ${name} is given more than once`;
  }
  // RFC 9112 §3.2.
  if (req.httpVersion === "1.1" && req.headers.host === undefined) {
    return "the header host is missing";
  }
  const encoding = req.headers["transfer-encoding"];
  if (encoding !== undefined && encoding.toLowerCase() !== "chunked") {
    return "the only transfer-encoding understood is chunked";
  }
  // Node refuses this already; a second lock, because it is what request smuggling is made of.
  if (encoding !== undefined && req.headers["content-length"] !== undefined) {
    return "transfer-encoding and content-length exclude each other";
  }
  const clientId = req.headers[CLIENT_REQUEST_ID_HEADER];
  if (typeof clientId === "string" && clientId.length > MAX_CLIENT_REQUEST_ID) {
    return `${CLIENT_REQUEST_ID_HEADER} has ${clientId.length} characters; at most ${MAX_CLIENT_REQUEST_ID} are allowed`;
  }
  if (!req.url?.startsWith("/")) return "the request target must be a path";
  return undefined;
}

/**
 * Headers for the model's server. The caller's Authorization stays here: the key opens the endpoint, and a scoring
 * script has no business with it.
 */
export function headersToModel(req: IncomingMessage, requestId: string): IncomingHttpHeaders {
  const headers = without(req.headers, NOT_TO_MODEL);
  headers[REQUEST_ID_HEADER] = requestId;
  return headers;
}

/** Headers of the model's answer for the caller. */
export function headersToCaller(headers: AnswerHeaders): OutgoingHttpHeaders {
  return without(headers, NOT_TO_CALLER);
}

/** A copy without the named headers and without those that the Connection header declares hop-by-hop. */
function without(
  headers: IncomingHttpHeaders | AnswerHeaders,
  names: ReadonlySet<string>,
): Record<string, string | string[] | undefined> {
  const { connection = "" } = headers;
  const declared = String(connection)
    .split(",")
    .map((name) => name.trim().toLowerCase());
  const copy: Record<string, string | string[] | undefined> = {};
  for (const [name, value] of Object.entries(headers)) {
    if (!names.has(name) && !declared.includes(name)) copy[name] = value;
  }
  return copy;
}
