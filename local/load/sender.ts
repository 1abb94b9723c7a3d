/** Sends the requests of a load to the endpoint on this machine, over connections that stay open. */
import { Agent, request } from "node:http";
import { performance } from "node:perf_hooks";

import { credentialOf, type EndpointClient } from "../endpointClient";
import { DEPLOYMENT_HEADER } from "../endpoint/headers";
import type { Answer } from "./results";

export interface Sender {
  /** Sends a body to the split. Rejects when there is no answer. */
  send(body: Buffer): Promise<Answer>;
  /** Closes all connections; what is in flight then has no answer. */
  close(): void;
}

/** Milliseconds. Longer than any request to a managed endpoint can take (Microsoft Learn "Manage and increase quotas": 180 s). */
const TIMEOUT_MS = 190_000;
/** Milliseconds after which the credential is asked for again: a token expires. */
const CREDENTIAL_MS = 60_000;

export async function senderTo(endpoint: EndpointClient, maxInFlight: number): Promise<Sender> {
  const { scoringUri } = await endpoint.status();
  const { hostname, port, pathname } = new URL(scoringUri);
  if (hostname !== "127.0.0.1") throw new Error(`${scoringUri} is not on this machine`);
  const agent = new Agent({ keepAlive: true, maxSockets: maxInFlight });
  const credential = renewed(() => credentialOf(endpoint));
  return {
    async send(body) {
      const authorization = `Bearer ${await credential()}`;
      return new Promise((resolve, reject) => {
        const req = request(
          {
            ...{ hostname, port, path: pathname, agent },
            method: "POST",
            headers: {
              authorization,
              "content-type": "application/json",
              "content-length": body.length,
            },
          },
          (res) => {
            const deployment = res.headers[DEPLOYMENT_HEADER];
            res.on("error", reject);
            res.on("end", () => {
              resolve({
                status: res.statusCode ?? 0,
                ...(typeof deployment === "string" ? { deployment } : {}),
              });
            });
            res.resume();
          },
        );
        req.setTimeout(TIMEOUT_MS, () => {
          req.destroy(new Error(`no answer within ${TIMEOUT_MS / 1000} s`));
        });
        req.on("error", reject);
        req.end(body);
      });
    },
    close() {
      agent.destroy();
    },
  };
}

/** The same value for a while, asked for once however many want it. */
function renewed(ask: () => Promise<string>): () => Promise<string> {
  let until = Number.NEGATIVE_INFINITY;
  let value: Promise<string> = Promise.resolve("");
  return () => {
    const now = performance.now();
    if (now >= until) {
      until = now + CREDENTIAL_MS;
      value = ask();
    }
    return value;
  };
}
