import type { TokenCredential } from "@azure/core-auth";
import { createHttpPoller, type OperationResponse, type OperationState } from "@azure/core-lro";
import { isRestError, type HttpClient, type PipelinePolicy } from "@azure/core-rest-pipeline";
import { getClient, type Client, type PathUncheckedResponse } from "@azure-rest/core-client";
import { azureCredential } from "../azure/credential";

/** API version of everything below a workspace; the one that azure-native 3.28 declares the same resources with. */
export const MACHINE_LEARNING_VERSION = "2025-12-01";

/**
 * Azure Resource Manager as this project needs it. Whole bodies go in and out: a typed client drops what its API
 * version does not know, and @azure/arm-machinelearning 2.1.1 (2022-10-01) does not know `mirrorTraffic`.
 */
export interface Arm {
  /** Undefined when there is no such resource. @throws ArmError */
  get<T>(path: string, query?: Query): Promise<Found<T> | undefined>;
  /** All pages. @throws ArmError */
  list<T>(path: string, query?: Query): Promise<T[]>;
  /** Resolves when the long-running operation has ended well. @throws ArmError */
  put(path: string, body: unknown, ifMatch?: string): Promise<void>;
  /** Changes the given parts only; resolves as `put` does. @throws ArmError */
  patch(path: string, body: unknown): Promise<void>;
  /** Resolves when it is gone; what is not there counts as gone. @throws ArmError */
  remove(path: string, query?: Query): Promise<void>;
  /** An action such as `listKeys`; one that takes long is followed to its end. @throws ArmError */
  post<T>(path: string, body?: unknown, query?: Query): Promise<T>;
}

export type Query = Readonly<Record<string, string>>;

interface Found<T> {
  readonly body: T;
  readonly etag: string | undefined;
}

/** ARM refused, or an operation that it had taken failed. */
export class ArmError extends Error {
  constructor(
    /** HTTP status; 0 for an operation that failed after it had been accepted. */
    readonly status: number,
    readonly code: string,
    message: string,
    /** The whole answer: what is wrong in detail, where it says so. */
    readonly body?: unknown,
  ) {
    super(`${code}: ${message}`);
    this.name = "ArmError";
  }
}

export interface ArmOptions {
  /** For example https://management.azure.com. The token goes over HTTPS only. */
  readonly url: string;
  readonly credential: TokenCredential;
  /** Sends the requests; tests give one that needs no network. */
  readonly httpClient?: HttpClient;
  /** First wait of the client's own retries (429, 5xx, lost connections), in milliseconds. @default 1000 */
  readonly retryDelayMs?: number;
  /** Between two polls of an operation that names no Retry-After, in milliseconds. @default 2000 */
  readonly pollDelayMs?: number;
}

/** Azure's public cloud, as the identity that azure-native has; loaded only when something is asked of it. */
export async function azure({ subscriptionId }: { readonly subscriptionId: string }): Promise<Arm> {
  const credential = await azureCredential(subscriptionId);
  return connect({ url: "https://management.azure.com", credential });
}

export function connect({
  url,
  credential,
  httpClient,
  retryDelayMs = 1000,
  pollDelayMs = 2000,
}: ArmOptions): Arm {
  const client = getClient(url, credential, {
    credentials: { scopes: [`https://management.azure.com/.default`] },
    retryOptions: { maxRetries: 4, retryDelayInMs: retryDelayMs, maxRetryDelayInMs: 30_000 },
    ...(httpClient === undefined ? {} : { httpClient }),
  });
  client.pipeline.addPolicy(onlyBelow(new URL(url)));
  const version = { "api-version": MACHINE_LEARNING_VERSION };

  return {
    async get<T>(path: string, query: Query = {}): Promise<Found<T> | undefined> {
      const response = await client
        .pathUnchecked(path)
        .get({ queryParameters: { ...version, ...query } });
      if (response.status === "404") return undefined;
      return { body: successful(response) as T, etag: response.headers["etag"] };
    },
    async list<T>(path: string, query: Query = {}) {
      const queryParameters = { ...version, ...query };
      const all: T[] = [];
      let next: string | undefined = path;
      while (next !== undefined) {
        const page: Page<T> | null = successful(
          await client.pathUnchecked(next).get(next === path ? { queryParameters } : undefined),
        ) as Page<T> | null;
        all.push(...(page?.value ?? []));
        next = page?.nextLink ?? undefined;
      }
      return all;
    },
    async put(path, body, ifMatch) {
      const response = await client.pathUnchecked(path).put({
        body,
        queryParameters: version,
        headers: ifMatch === undefined ? {} : { "if-match": ifMatch },
      });
      successful(response);
      await finished(client, response, pollDelayMs);
    },
    async patch(path, body) {
      const response = await client.pathUnchecked(path).patch({ body, queryParameters: version });
      successful(response);
      await finished(client, response, pollDelayMs);
    },
    async remove(path, query = {}) {
      const response = await client
        .pathUnchecked(path)
        .delete({ queryParameters: { ...version, ...query } });
      if (response.status === "404") return;
      successful(response);
      await finished(client, response, pollDelayMs);
    },
    async post<T>(path: string, body?: unknown, query: Query = {}): Promise<T> {
      const response = await client.pathUnchecked(path).post({
        queryParameters: { ...version, ...query },
        ...(body === undefined ? {} : { body }),
      });
      const answer = successful(response) as T;
      if (response.status !== "202") return answer;
      return (await finished(client, response, pollDelayMs)) as T;
    },
  };
}

/**
 * Keeps requests, and with them the token, on the host that was meant: addresses of operations and of next pages come out
 * of answers, and the client follows them wherever they lead.
 */
function onlyBelow({ origin, protocol, host }: URL): PipelinePolicy {
  return {
    name: "onlyBelow",
    sendRequest(request, next) {
      const address = new URL(request.url);
      const below = address.protocol === protocol && address.host.endsWith(`.${host}`);
      if (address.origin === origin || below) return next(request);
      throw new ArmError(
        0,
        "ForeignAddress",
        `${origin} refers to ${address.origin}, which is never called`,
      );
    },
  };
}

interface Page<T> {
  readonly value?: readonly T[] | null;
  readonly nextLink?: string | null;
}

interface ErrorBody {
  readonly error?: { readonly code?: string; readonly message?: string };
}

function successful(response: PathUncheckedResponse): unknown {
  if (response.status.startsWith("2")) return response.body as unknown;
  const { error } = (response.body ?? {}) as ErrorBody;
  throw new ArmError(
    Number(response.status),
    error?.code ?? `HTTP ${response.status}`,
    error?.message ?? "no further details",
    response.body,
  );
}

/**
 * Follows a long-running operation (Azure-AsyncOperation, Location or the provisioning state) to its end.
 *
 * @returns what the last answer says
 */
async function finished(
  client: Client,
  initial: PathUncheckedResponse,
  intervalInMs: number,
): Promise<unknown> {
  const poller = createHttpPoller<PathUncheckedResponse, OperationState<PathUncheckedResponse>>(
    {
      sendInitialRequest: () => Promise.resolve(asOperation(initial)),
      sendPollRequest: async (path, options) => {
        const response = await client.pathUnchecked(path).get(options ?? {});
        successful(response);
        return asOperation(response);
      },
    },
    { intervalInMs },
  );
  try {
    return (await poller.pollUntilDone()).body as unknown;
  } catch (error) {
    const ended = ENDED_BADLY[poller.operationState?.status ?? "running"];
    // After a lost connection the outcome is unknown, although the poller counts that as failed too.
    if (ended === undefined || isRestError(error)) throw error;
    throw new ArmError(0, ended, (error as Error).message);
  }
}

const ENDED_BADLY: Readonly<Record<string, string>> = {
  failed: "OperationFailed",
  canceled: "OperationCanceled",
};

function asOperation(response: PathUncheckedResponse): OperationResponse {
  const { method, url } = response.request;
  return {
    flatResponse: response,
    rawResponse: {
      statusCode: Number(response.status),
      headers: response.headers,
      body: response.body as unknown,
      request: { method, url },
    },
  };
}
