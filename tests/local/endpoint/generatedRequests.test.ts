import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { cases } from "../../thorough";
import type { RoutingTarget } from "../../../local/endpoint/routingTarget";
import { exchange } from "./support/sendBytes";
import { generatedRequest, type GeneratedRequest } from "./support/generatedRequests";
import { seededRandom } from "./support/random";
import { callEndpoint, CREDENTIALS, startRouter, until, type TestRouter } from "./support/router";
import { startUpstream, targetOf, type FakeUpstream } from "./support/upstream";

/**
 * Generated requests to the router before a model that answers what it gets. With MLSCORE_SCORING_PORT and MLSCORE_SCORING_KEY they go to
 * a server that runs already: `npm start`, or the server of the scoring image. Does not prove what Azure answers to them.
 */

const RUNS = Number(process.env["MLSCORE_REQUESTS"] ?? cases(200, 2_000));
const SEED = Number(process.env["MLSCORE_SEED"] ?? 1);
const CALLERS = 4;
/** Statuses of docs/local-endpoint.md and of the server behind it: a caller's mistake, its limit, or the model's failure. */
const DOCUMENTED = [200, 400, 401, 404, 405, 408, 411, 413, 414, 415, 417, 424, 429, 431, 501, 505];

const SAMPLE = readFileSync(
  join(__dirname, "../../../scoring/flash-flood-predictor/sample-request.json"),
  "utf8",
);

let endpoint: TestRouter | undefined;
let blue: FakeUpstream | undefined;
let target: RoutingTarget | undefined;
let port = Number(process.env["MLSCORE_SCORING_PORT"]);
const key = process.env["MLSCORE_SCORING_KEY"] ?? CREDENTIALS.primaryKey;

beforeAll(async () => {
  if (!Number.isNaN(port)) return;
  blue = await startUpstream((received, res) => {
    res.setHeader("content-type", "application/json");
    res.end(JSON.stringify({ bytes: received.body.length }));
  });
  endpoint = await startRouter();
  target = targetOf("blue", { sockets: [blue.socketPath] });
  endpoint.route([target], { blue: 100 });
  port = endpoint.port;
});
afterAll(async () => {
  await Promise.all([endpoint?.close(), blue?.close()]);
});

/** What is wrong with what came back; undefined when nothing is. */
async function faultOf(
  request: GeneratedRequest,
  tally: Map<string, number>,
): Promise<string | undefined> {
  const { answers, rest, hangs } = await exchange(port, request);
  const statuses = answers.map(({ status }) => status).join();
  tally.set(statuses, (tally.get(statuses) ?? 0) + 1);
  if (hangs) return "hangs";
  for (const { status, head, body } of answers) {
    if (!DOCUMENTED.includes(status)) return `answers ${status}: ${body.slice(0, 200)}`;
    if (/Traceback|\.[tj]s:\d|\.py", line/.test(body)) return `shows a stack trace: ${body}`;
    // A 424 has the body of the model's server, which Azure passes on too; at / it says of its health that it is good.
    const isOfModel = status === 424 || body === "Healthy";
    if (body !== "" && !isOfModel && !isJson(body))
      return `answers no JSON: ${head}\n\n${body.slice(0, 200)}`;
  }
  return request.leaves || rest === "" ? undefined : `leaves half an answer: ${rest.slice(0, 200)}`;
}

function isJson(body: string): boolean {
  try {
    JSON.parse(body);
    return true;
  } catch {
    return false;
  }
}

describe("an endpoint that gets anything", () => {
  it(
    "answers JSON with a documented status or closes, and the next caller is served",
    async () => {
      const faults: string[] = [];
      const tally = new Map<string, number>();
      let sent = 0;
      const call = async (caller: number) => {
        const random = seededRandom(SEED * 1_000 + caller);
        while (sent < RUNS) {
          sent += 1;
          const request = generatedRequest(random, key, SAMPLE);
          const fault = await faultOf(request, tally);
          if (fault !== undefined) faults.push(`${request.parts.join(", ")}: ${fault}`);
          if (sent % 50 !== 0) continue;
          const headers = { "content-type": "application/json" };
          const { status, body } = await callEndpoint(port, key, { body: SAMPLE, headers });
          if (status !== 200) faults.push(`a sound request after ${sent}: ${status} ${body}`);
        }
      };
      await Promise.all(Array.from({ length: CALLERS }, (_, caller) => call(caller)));
      if (RUNS > 2_000) console.log(Object.fromEntries([...tally].sort((a, b) => b[1] - a[1])));
      expect(faults).toEqual([]);
      expect(endpoint?.bugs ?? []).toEqual([]);
      const held = () => target?.pool.inFlight() ?? 0;
      await until(() => held() === 0, held);
    },
    600_000 + RUNS * 100,
  );
});
