import {
  createHttpHeaders,
  RestError,
  type HttpClient,
  type PipelineRequest,
} from "@azure/core-rest-pipeline";
import { DroppedConnection } from "./faults";

/** An HTTP client for Azure's SDKs that asks the API in this process: no network, no certificate, no token. */
export function inProcess(app: { fetch(request: Request): Promise<Response> }): HttpClient {
  return {
    async sendRequest(request) {
      if (request.abortSignal?.aborted === true) throw new AbortError("the request was aborted");
      try {
        const response = await app.fetch(asRequest(request));
        return {
          request,
          status: response.status,
          headers: createHttpHeaders(Object.fromEntries(response.headers)),
          bodyAsText: await response.text(),
        };
      } catch (error) {
        if (!(error instanceof DroppedConnection)) throw error;
        // As Node's own client reports a connection that was reset; Azure's pipelines send such a request again.
        throw new RestError(error.message, { code: "ECONNRESET", request });
      }
    },
  };
}

/** Azure's clients know it by its name. */
class AbortError extends Error {
  override readonly name = "AbortError";
}

function asRequest({ url, method, headers, body }: PipelineRequest): Request {
  if (body != null && typeof body !== "string") {
    throw new Error("only bodies of text can be sent within a process");
  }
  return new Request(url, { method, headers: headers.toJSON(), body: body ?? null });
}
