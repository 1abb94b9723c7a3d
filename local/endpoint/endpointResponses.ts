/** What the endpoint itself responds: always JSON with a code and a sentence, never a stack trace. */
import type { ServerResponse } from "node:http";

import { FAULT_STATUS } from "./faultyAnswer";
import { MODEL_REASON_HEADER, MODEL_STATUS_HEADER } from "./headers";
import { drainBody } from "./requestBody";

export interface EndpointResponse {
  readonly status: number;
  readonly code: string;
  readonly message: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/**
 * The model's server cannot be reached. Azure has no 503 for managed endpoints: the table of status codes lists 424
 * "with liveness or readiness probe failing" (how-to-troubleshoot-online-endpoints), and the router in front of
 * the model container calls the reason `model_not_ready` and an overload `too_many_pending_request`.
 */
export function modelNotReady(deployment: string): EndpointResponse {
  return {
    status: 424,
    code: "model_not_ready",
    message: `no instance of the deployment ${deployment} is ready; see its log`,
    headers: { [MODEL_STATUS_HEADER]: "503", [MODEL_REASON_HEADER]: "model_not_ready" },
  };
}

/** The model's server closed the connection before it answered. */
export function modelBroke(deployment: string): EndpointResponse {
  return {
    status: 424,
    code: "model_error",
    message: `the model server of the deployment ${deployment} closed the connection without an answer; see its log`,
    headers: { [MODEL_STATUS_HEADER]: "502", [MODEL_REASON_HEADER]: "model_error" },
  };
}

/** The answer of a scoring script that fails, as Azure passes it on; see headers.ts. */
export function injectedFault(deployment: string): EndpointResponse {
  return {
    status: 424,
    code: "injected_fault",
    message: `this answer of the deployment ${deployment} was replaced: npm run local -- fault ${deployment}`,
    headers: { [MODEL_STATUS_HEADER]: String(FAULT_STATUS), [MODEL_REASON_HEADER]: "model_error" },
  };
}

export function tooManyRequests(deployment: string, limit: string): EndpointResponse {
  return {
    status: 429,
    code: "too_many_pending_request",
    message: `the deployment ${deployment} already has its limit of requests under way (${limit})`,
    headers: { [MODEL_REASON_HEADER]: "too_many_pending_request" },
  };
}

export function requestTimeout(deployment: string, timeoutMs: number): EndpointResponse {
  return {
    status: 408,
    code: "request_timeout",
    message: `the deployment ${deployment} did not answer within request_timeout_ms (${timeoutMs})`,
  };
}

export function unknownDeployment(name: string): EndpointResponse {
  return { status: 404, code: "not_found", message: `there is no deployment ${name}` };
}

export function noTraffic(): EndpointResponse {
  return {
    status: 404,
    code: "not_found",
    message: "the endpoint has no deployment with positive weight",
  };
}

export function unknownPath(path: string): EndpointResponse {
  return {
    status: 404,
    code: "not_found",
    message: `there is nothing at ${path}; the endpoint answers at /score and /swagger.json`,
  };
}

export function methodNotAllowed(allowed: readonly string[]): EndpointResponse {
  const allow = allowed.join(", ");
  return {
    status: 405,
    code: "method_not_allowed",
    message: `the methods allowed here are ${allow}`,
    headers: { allow },
  };
}

export function bodyTooLarge(maxBytes: number): EndpointResponse {
  return {
    status: 413,
    code: "payload_too_large",
    message: `the body is larger than ${maxBytes} bytes`,
    headers: { connection: "close" },
  };
}

export function badRequest(message: string): EndpointResponse {
  return { status: 400, code: "bad_request", message, headers: { connection: "close" } };
}

/** RFC 9110 §10.1.1: the only expectation there is, is 100-continue. */
export function expectationFailed(expectation: string): EndpointResponse {
  const message = `the Expect header "${expectation.slice(0, 40)}" is not supported; only 100-continue is`;
  return { status: 417, code: "expectation_failed", message, headers: { connection: "close" } };
}

/** A request that Node's parser rejected, by its error code; `reason` is the phrase of the status line. */
export function malformed(errorCode: string | undefined): {
  reason: string;
  response: EndpointResponse;
} {
  if (errorCode === "HPE_HEADER_OVERFLOW") {
    const message = "the headers are larger than 16 KiB";
    return {
      reason: "Request Header Fields Too Large",
      response: { status: 431, code: "headers_too_large", message },
    };
  }
  if (errorCode === "ERR_HTTP_REQUEST_TIMEOUT") {
    const message = "the request took too long to arrive";
    return {
      reason: "Request Timeout",
      response: { status: 408, code: "request_timeout", message },
    };
  }
  return { reason: "Bad Request", response: badRequest("the request is not valid HTTP/1.1") };
}

/** RFC 6750 section 3; a token that is refused is named as the reason. */
export function unauthorized(code: string, message: string): EndpointResponse {
  const challenge = code.startsWith("token_")
    ? `Bearer error="invalid_token", error_description="${message}"`
    : "Bearer";
  return { status: 401, code, message, headers: { "www-authenticate": challenge } };
}

export function internalError(): EndpointResponse {
  return { status: 500, code: "internal_error", message: "the endpoint failed; see its log" };
}

/** The response's body; also used where there is no ServerResponse. */
export function responseBody({ code, message }: EndpointResponse): string {
  return `${JSON.stringify({ error: { code, message } })}\n`;
}

/**
 * Sends it unless another response has begun; returns the number of body bytes. The response ends when the request has
 * been read away.
 */
export function sendResponse(res: ServerResponse, response: EndpointResponse): number {
  if (res.headersSent || res.destroyed) return 0;
  const body = Buffer.from(responseBody(response));
  res.writeHead(response.status, {
    ...response.headers,
    "content-type": "application/json",
    "content-length": body.length,
  });
  res.write(body);
  void drainBody(res.req).then(() => res.end());
  return body.length;
}
