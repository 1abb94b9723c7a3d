import { createServer, type IncomingMessage, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "@jest/globals";
import { UserError } from "../../errors";
import { httpScoringClient, MAX_ANSWER_BYTES, NoAnswer } from "../../rollout/scoringClient";
import type { Arm } from "../../traffic/arm";
import { endpointId } from "../../traffic/liveEndpoint";
import { PLACE } from "../armHarness";

/** Scoring requests over this machine's loopback. Does not prove which tokens Azure takes. */

describe("a caller", () => {
  let server: Server;
  let port = 0;
  const seen: { headers: IncomingMessage["headers"]; body: string }[] = [];
  const posted: string[] = [];
  let authMode = "Key";
  let uri: string | null = "";

  beforeAll(async () => {
    server = createServer((req, res) => {
      let body = "";
      req.on("data", (chunk: Buffer) => (body += String(chunk)));
      req.on("end", () => {
        seen.push({ headers: req.headers, body });
        res.writeHead(body === "bad" ? 424 : 200).end(`{"echo": "${body}"}`);
      });
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    port = (server.address() as AddressInfo).port;
  });
  afterAll(() => new Promise((resolve) => server.close(resolve)));
  beforeEach(() => {
    seen.length = 0;
    posted.length = 0;
    authMode = "Key";
    uri = `http://127.0.0.1:${port}/score`;
  });

  const scoringClient = () => {
    const arm = {
      get: () =>
        Promise.resolve({
          body: { location: "x", properties: { authMode, scoringUri: uri } },
          etag: undefined,
        }),
      list: () => Promise.resolve([]),
      post: (path: string) => {
        posted.push(path);
        return Promise.resolve({ primaryKey: "the-key", accessToken: "the-token" });
      },
    } as unknown as Arm;
    return httpScoringClient(arm, PLACE, () => Promise.resolve("entra-token"));
  };

  it("names the deployment and sends the body as it is", async () => {
    expect(await scoringClient().ask("green", "ä")).toEqual({ status: 200, body: '{"echo": "ä"}' });
    expect(await scoringClient().ask("green", "bad")).toMatchObject({ status: 424 });
    expect(seen[0]).toMatchObject({
      body: "ä",
      headers: {
        "azureml-model-deployment": "green",
        "content-type": "application/json",
        authorization: "Bearer the-key",
      },
    });
  });

  it("asks for the credential once", async () => {
    const one = scoringClient();
    await one.ask("green", "1");
    await one.ask("blue", "2");
    expect(posted).toEqual([`${endpointId(PLACE)}/listKeys`]);
  });

  it.each([
    ["Key", "Bearer the-key", ["listKeys"]],
    ["AMLToken", "Bearer the-token", ["token"]],
    ["AADToken", "Bearer entra-token", []],
  ])("has the credential that %s wants", async (mode, authorization, actions) => {
    authMode = mode;
    await scoringClient().ask("green", "1");
    expect(seen[0]?.headers.authorization).toBe(authorization);
    expect(posted).toEqual(actions.map((action) => `${endpointId(PLACE)}/${action}`));
  });

  it("says when nobody answers", async () => {
    uri = "http://127.0.0.1:1/score";
    await expect(scoringClient().ask("green", "1")).rejects.toThrow(NoAnswer);
  });

  it("reads no more than it can hold of an answer", async () => {
    const length = '{"echo": ""}'.length;
    const whole = await scoringClient().ask("green", "x".repeat(MAX_ANSWER_BYTES - length));
    expect(whole.body).toHaveLength(MAX_ANSWER_BYTES);
    const tooLong = scoringClient().ask("green", "x".repeat(MAX_ANSWER_BYTES - length + 1));
    await expect(tooLong).rejects.toThrow(`an answer of more than ${MAX_ANSWER_BYTES} bytes`);
    await expect(tooLong).rejects.toThrow(NoAnswer);
  });

  it.each(["http://flood.example.org/score", "http://127.0.0.1.example.org/score"])(
    "sends no key over plain HTTP to %s",
    async (address) => {
      uri = address;
      await expect(scoringClient().ask("green", "1")).rejects.toThrow(UserError);
      expect(posted).toEqual([]);
    },
  );

  it("needs an endpoint that has a scoring URI", async () => {
    uri = null;
    await expect(scoringClient().ask("green", "1")).rejects.toThrow("has no scoring URI");
  });
});
