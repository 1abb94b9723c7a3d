import { UserError } from "../errors";
import type { Arm } from "../traffic/arm";
import { endpointId, readEndpoint, type EndpointPlace } from "../traffic/liveEndpoint";

export interface ScoringAnswer {
  readonly status: number;
  readonly body: string;
}

/** Sends scoring requests to one deployment, whatever its share of the requests. */
export interface ScoringClient {
  /** @throws NoAnswer when there is no connection, or none in time */
  ask(deployment: string, body: string): Promise<ScoringAnswer>;
}

/** The scoring URI gave no answer at all. */
export class NoAnswer extends Error {}

/** Bytes of an answer that are read; both of a pair are held while they are compared. */
export const MAX_ANSWER_BYTES = 16 * 1024 * 1024;

/** Text of a whole answer. @throws Error when it is too long to be held */
export async function answerText(response: Response): Promise<string> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of (response.body ?? []) as AsyncIterable<Uint8Array>) {
    bytes += chunk.length;
    // Leaving the loop ends the connection.
    if (bytes > MAX_ANSWER_BYTES)
      throw new Error(`an answer of more than ${MAX_ANSWER_BYTES} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString();
}

/** Longer than any request to a managed endpoint can take (Microsoft Learn "Manage and increase quotas": 180 s). */
const TIMEOUT_MS = 190_000;

/**
 * @param entraToken for endpoints with `aad_token`, whose callers have an identity of their own
 */
export function httpScoringClient(
  arm: Arm,
  place: EndpointPlace,
  entraToken: () => Promise<string>,
): ScoringClient {
  let access: Promise<Access> | undefined;
  return {
    async ask(deployment, body) {
      const { uri, credential } = await (access ??= accessTo(arm, place, entraToken));
      try {
        const response = await fetch(uri, {
          method: "POST",
          body,
          redirect: "error",
          signal: AbortSignal.timeout(TIMEOUT_MS),
          headers: {
            authorization: `Bearer ${credential}`,
            "content-type": "application/json",
            "azureml-model-deployment": deployment,
          },
        });
        return { status: response.status, body: await answerText(response) };
      } catch (error) {
        const { cause, message } = error as Error;
        throw new NoAnswer(`${uri}: ${cause instanceof Error ? cause.message : message}`);
      }
    },
  };
}

interface Access {
  readonly uri: string;
  readonly credential: string;
}

async function accessTo(
  arm: Arm,
  place: EndpointPlace,
  entraToken: () => Promise<string>,
): Promise<Access> {
  const live = await readEndpoint(arm, place);
  const { scoringUri: uri, authMode } = live?.body.properties ?? {};
  if (uri == null) throw new UserError(`the endpoint ${place.endpointName} has no scoring URI`);
  if (!isSafe(uri)) throw new UserError(`${uri} is not HTTPS, so no key is sent there`);
  switch (authMode) {
    case "Key": {
      const { primaryKey } = await arm.post<{ primaryKey: string }>(
        `${endpointId(place)}/listKeys`,
      );
      return { uri, credential: primaryKey };
    }
    case "AMLToken": {
      const { accessToken } = await arm.post<{ accessToken: string }>(`${endpointId(place)}/token`);
      return { uri, credential: accessToken };
    }
    default:
      return { uri, credential: await entraToken() };
  }
}

function isSafe(uri: string): boolean {
  const { protocol, hostname } = new URL(uri);
  return protocol === "https:" || hostname === "127.0.0.1";
}
