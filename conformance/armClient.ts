import { AzureMachineLearningWorkspaces } from "@azure/arm-machinelearning";
import type { TokenCredential } from "@azure/core-auth";
import {
  createHttpHeaders,
  createPipelineRequest,
  type HttpClient,
  type PipelineResponse,
} from "@azure/core-rest-pipeline";
import { createHttpPoller, type OperationResponse } from "@azure/core-lro";

export interface ClientOptions {
  /** For example https://management.azure.com. */
  readonly url: string;
  readonly subscriptionId: string;
  readonly credential: TokenCredential;
  /** Certificate of the authority to trust besides the usual ones, as PEM. */
  readonly authority?: string;
  /** Sends the requests; tests give one that needs no network. */
  readonly httpClient?: HttpClient;
  /** Between two polls of an operation that names no Retry-After, in milliseconds. */
  readonly pollDelayMs: number;
}

export interface ArmRequest {
  readonly method: "GET" | "PUT" | "PATCH" | "POST" | "DELETE";
  /** From the host on, with its query. */
  readonly path: string;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal;
}

export interface ArmAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: unknown;
}

/** How the operation ended that an answer named. */
interface OperationEnd {
  readonly status: "Succeeded" | "Failed";
  readonly code?: string;
  readonly message?: string;
}

export interface ArmClient {
  /** Answers of any status are returned and not thrown. */
  send(request: ArmRequest): Promise<ArmAnswer>;
  /** Follows the operation that the answer names to its end; undefined where it names none. */
  followed(
    request: ArmRequest,
    answer: ArmAnswer,
    signal?: AbortSignal,
  ): Promise<OperationEnd | undefined>;
}

/**
 * Sends requests through the pipeline of Azure's own client for Machine Learning: its authentication, retries and headers.
 * Bodies are sent and read as they are, since the client's models drop what its API version does not know.
 */
export function armClient(options: ClientOptions): ArmClient {
  const { url, pollDelayMs, httpClient, authority } = options;
  const client = new AzureMachineLearningWorkspaces(options.credential, options.subscriptionId, {
    endpoint: url,
    credentialScopes: "https://management.azure.com/.default",
    ...(httpClient === undefined ? {} : { httpClient }),
    ...(authority === undefined ? {} : { tlsOptions: { ca: authority } }),
    retryOptions: { maxRetries: 3, retryDelayInMs: pollDelayMs, maxRetryDelayInMs: 30_000 },
  });
  const exchange = (address: string, { method, body, headers, signal }: ArmRequest) =>
    client.sendRequest(
      createPipelineRequest({
        url: address,
        method,
        headers: createHttpHeaders({
          accept: "application/json",
          ...headers,
          ...contentType(body),
        }),
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
        ...(signal === undefined ? {} : { abortSignal: signal }),
      }),
    );

  return {
    async send(request) {
      return answerOf(await exchange(`${url}${request.path}`, request));
    },
    async followed(request, answer, signal) {
      const named = answer.headers["azure-asyncoperation"] ?? answer.headers["location"];
      if (named === undefined || answer.status >= 300) return undefined;
      let last = answer;
      const poller = createHttpPoller(
        {
          sendInitialRequest: () =>
            Promise.resolve(asOperation(answer, request.method, `${url}${request.path}`)),
          sendPollRequest: async (address) => {
            const target = ownAddress(address, url);
            last = answerOf(
              await exchange(target, {
                method: "GET",
                path: "",
                ...(signal === undefined ? {} : { signal }),
              }),
            );
            return asOperation(last, "GET", target);
          },
        },
        { intervalInMs: pollDelayMs, resolveOnUnsuccessful: true },
      );
      await poller.pollUntilDone(signal === undefined ? {} : { abortSignal: signal });
      if (poller.operationState?.status === "succeeded") return { status: "Succeeded" };
      return { status: "Failed", ...errorOf(last.body) };
    },
  };
}

/** Keeps requests, and with them the token, on the host that was meant: addresses come out of answers. */
function ownAddress(address: string, url: string): string {
  const target = new URL(address, url);
  const { origin, host } = new URL(url);
  if (target.origin === origin) return target.href;
  if (target.protocol === "https:" && target.host.endsWith(`.${host}`)) return target.href;
  throw new Error(`${origin} refers to ${target.origin}, which is never called`);
}

/** Code and message of an error in ARM's form. */
export function errorOf(body: unknown): { readonly code?: string; readonly message?: string } {
  const { error } = (body ?? {}) as { error?: { code?: unknown; message?: unknown } };
  return {
    ...(typeof error?.code === "string" ? { code: error.code } : {}),
    ...(typeof error?.message === "string" ? { message: error.message } : {}),
  };
}

function contentType(body: unknown): Record<string, string> {
  return body === undefined ? {} : { "content-type": "application/json; charset=utf-8" };
}

function answerOf({ status, headers, bodyAsText }: PipelineResponse): ArmAnswer {
  const text = bodyAsText ?? "";
  return { status, headers: headers.toJSON(), body: text === "" ? undefined : parsed(text) };
}

/** A gateway's page is no JSON, and is shown as it is. */
function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return text;
  }
}

function asOperation(answer: ArmAnswer, method: string, url: string): OperationResponse {
  return {
    flatResponse: answer.body,
    rawResponse: {
      statusCode: answer.status,
      headers: { ...answer.headers },
      body: answer.body,
      request: { method, url },
    },
  };
}
