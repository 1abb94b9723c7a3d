import { UserError } from "../errors";
import { MOST_BYTES, readUserFile } from "../input/userFile";
import type { EndpointKeys, EndpointToken } from "../traffic/liveEndpoint";
import type { EndpointStatus } from "./endpoint";

/** What is needed of a supervisor to ask its endpoint, be it in this process or in another. */
export interface EndpointClient {
  readonly status: () => EndpointStatus | Promise<EndpointStatus>;
  readonly keys: () => EndpointKeys | Promise<EndpointKeys>;
  readonly token: () => Promise<EndpointToken>;
}

export interface InvokeResult {
  readonly status: number;
  readonly body: string;
  /** Deployment that answered; undefined when none was asked. */
  readonly deployment: string | undefined;
}

/** The key, or for an endpoint without keys a fresh token. */
export async function credentialOf(endpoint: EndpointClient): Promise<string> {
  const { authMode } = await endpoint.status();
  return authMode === "Key"
    ? (await endpoint.keys()).primaryKey
    : (await endpoint.token()).accessToken;
}

/**
 * Sends the request in a file as `az ml online-endpoint invoke` does.
 * @param deployment asked directly, whatever its share of the traffic; missing, the split decides
 * @throws UserError when the file cannot be read
 */
export async function ask(
  endpoint: EndpointClient,
  file: string,
  deployment?: string,
): Promise<InvokeResult> {
  const body = readUserFile(file, MOST_BYTES.request);
  const { scoringUri } = await endpoint.status();
  const response = await fetchOrExplain(scoringUri, {
    method: "POST",
    body,
    headers: {
      authorization: `Bearer ${await credentialOf(endpoint)}`,
      "content-type": "application/json",
      ...(deployment === undefined ? {} : { "azureml-model-deployment": deployment }),
    },
  });
  return {
    status: response.status,
    body: await response.text(),
    deployment: response.headers.get("azureml-model-deployment") ?? undefined,
  };
}

/** @throws UserError with the address and the reason when there is no answer */
export async function fetchOrExplain(uri: string, request: RequestInit): Promise<Response> {
  try {
    return await fetch(uri, request);
  } catch (error) {
    const { cause, message } = error as Error;
    throw new UserError(
      `${uri} did not answer: ${cause instanceof Error ? cause.message : message}. See: npm run local -- status`,
    );
  }
}
