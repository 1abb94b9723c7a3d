import type { ServerResponse } from "node:http";
import { performance } from "node:perf_hooks";
import { afterEach, describe, expect, it, jest } from "@jest/globals";
import { cases } from "../../thorough";
import { issueToken } from "../../../local/endpoint/amlTokens";
import { seededRandom } from "./support/random";
import { CREDENTIALS, errorCode, startRouter, until, type TestRouter } from "./support/router";
import { closedSocket, startUpstream, targetOf, type FakeUpstream } from "./support/upstream";

const HOUR_MS = 3_600_000;
const UUID = /^[0-9a-f-]{36}$/;
const open: { close(): Promise<void> }[] = [];
afterEach(async () => {
  await Promise.all(open.splice(0).map((each) => each.close()));
});

async function router(options?: Parameters<typeof startRouter>[0]): Promise<TestRouter> {
  const started = await startRouter(options);
  open.push(started);
  return started;
}

async function upstream(...args: Parameters<typeof startUpstream>): Promise<FakeUpstream> {
  const started = await startUpstream(...args);
  open.push(started);
  return started;
}

describe("a good request", () => {
  it("reaches the model with its body and comes back with Azure's headers", async () => {
    const blue = await upstream((_received, res) => {
      res.writeHead(200, { "content-type": "application/json", "x-ms-run-fn-exec-ms": "0.5" });
      res.end('{"answer":42}');
    });
    const endpoint = await router();
    endpoint.route([targetOf("blue", { sockets: [blue.socketPath] })], { blue: 100 });
    const answer = await endpoint.call({
      body: '{"data":[1]}',
      headers: { "content-type": "application/json", "x-ms-client-request-id": "my-id" },
    });
    expect(answer.status).toBe(200);
    expect(answer.body).toBe('{"answer":42}');
    expect(answer.headers).toMatchObject({
      "azureml-model-deployment": "blue",
      "x-ms-client-request-id": "my-id",
      "x-request-id": expect.stringMatching(UUID),
      "content-type": "application/json",
      "x-ms-run-fn-exec-ms": "0.5",
    });
    expect(answer.headers).not.toHaveProperty("ms-azureml-model-error-statuscode");
    expect(blue.received).toHaveLength(1);
    expect(blue.received[0]).toMatchObject({ method: "POST", url: "/score", body: '{"data":[1]}' });
    expect(blue.received[0]!.headers["x-request-id"]).toBe(answer.headers["x-request-id"]);
  });

  it("leaves the caller's key, cookies and hop-by-hop headers at the endpoint", async () => {
    const blue = await upstream();
    const endpoint = await router();
    endpoint.route([targetOf("blue", { sockets: [blue.socketPath] })], { blue: 100 });
    const key = CREDENTIALS.primaryKey;
    await endpoint.raw(
      `POST /score HTTP/1.1\r\nHost: h\r\nAuthorization: Bearer ${key}\r\nCookie: a=b\r\n` +
        "Connection: close, X-Secret\r\nX-Secret: s\r\nProxy-Authorization: p\r\nTE: trailers\r\n" +
        "X-Request-Id: mine\r\nUpgrade: h2c\r\nX-Kept: k\r\nContent-Length: 2\r\n\r\n{}",
    );
    const { headers } = blue.received[0]!;
    for (const name of [
      "authorization",
      "cookie",
      "x-secret",
      "proxy-authorization",
      "te",
      "upgrade",
    ]) {
      expect(headers).not.toHaveProperty(name);
    }
    expect(headers).toMatchObject({
      "x-kept": "k",
      "x-request-id": expect.stringMatching(UUID),
    });
    expect(JSON.stringify(headers)).not.toContain(key);
  });

  it.each([
    ["GET", "/score?x=1", undefined],
    ["OPTIONS", "/score", undefined],
    ["GET", "/swagger.json?version=3", undefined],
    ["POST", "/score", ""],
  ])("%s %s arrives as it was sent", async (method, path, body) => {
    const blue = await upstream();
    const endpoint = await router();
    endpoint.route([targetOf("blue", { sockets: [blue.socketPath] })], { blue: 100 });
    const answer = await endpoint.call({ method, path, ...(body !== undefined && { body }) });
    expect(answer).toMatchObject({ status: 200, body: "ok" });
    expect(blue.received).toMatchObject([{ method, url: path, body: "" }]);
  });

  it("passes with either key, and keeps the connection for the next one", async () => {
    const blue = await upstream((_received, res) =>
      res.writeHead(200, { connection: "close" }).end(),
    );
    const endpoint = await router();
    endpoint.route([targetOf("blue", { sockets: [blue.socketPath] })], { blue: 100 });
    const answer = await endpoint.call({
      headers: { authorization: `Bearer ${CREDENTIALS.secondaryKey}`, connection: "keep-alive" },
    });
    expect(answer.status).toBe(200);
    expect(answer.headers.connection).toBe("keep-alive");
  });

  it("passes with a token where the endpoint wants tokens", async () => {
    const blue = await upstream();
    const endpoint = await router({ authMode: "AMLToken" });
    endpoint.route([targetOf("blue", { sockets: [blue.socketPath] })], { blue: 100 });
    const { accessToken } = issueToken(CREDENTIALS.tokenSecret, "test-endpoint", Date.now());
    const authorization = `Bearer ${accessToken}`;
    expect((await endpoint.call({ headers: { authorization } })).status).toBe(200);
    expect((await endpoint.call()).status).toBe(401);
  });
});

describe("the split of traffic", () => {
  it("gives each deployment exactly the requests that the random source chose for it", async () => {
    const [blue, green] = [await upstream(), await upstream()];
    const endpoint = await router({ random: seededRandom(7) });
    const targets = [
      targetOf("blue", { sockets: [blue.socketPath] }),
      targetOf("green", { sockets: [green.socketPath] }),
    ];
    endpoint.route(targets, { blue: 90, green: 10 });
    const sender = async (count: number) => {
      for (let i = 0; i < count; i += 1) {
        expect((await endpoint.call({ body: "{}" })).status).toBe(200);
      }
    };
    const each = cases(50, 500);
    await Promise.all(Array.from({ length: 20 }, () => sender(each)));
    // One number for each request, in whatever order they came.
    const random = seededRandom(7);
    const forBlue = Array.from({ length: 20 * each }, random).filter((drawn) => drawn < 0.9).length;
    expect([blue.received.length, green.received.length]).toEqual([forBlue, 20 * each - forBlue]);
    // Four standard deviations around 90 %.
    expect(Math.abs(forBlue / (20 * each) - 0.9)).toBeLessThan(4 * Math.sqrt(0.09 / (20 * each)));
    expect(targets[0]!.metrics.snapshot().byStatus).toEqual({ 200: blue.received.length });
  });

  it("is overruled by the header, even for a deployment without weight", async () => {
    const [blue, green] = [await upstream(), await upstream()];
    const endpoint = await router();
    endpoint.route(
      [
        targetOf("blue", { sockets: [blue.socketPath] }),
        targetOf("green", { sockets: [green.socketPath] }),
      ],
      { blue: 100, green: 0 },
    );
    const answer = await endpoint.call({ headers: { "azureml-model-deployment": "green" } });
    expect(answer.headers["azureml-model-deployment"]).toBe("green");
    expect([blue.received.length, green.received.length]).toEqual([0, 1]);
    expect(green.received[0]!.headers).not.toHaveProperty("azureml-model-deployment");
  });

  it("loses no request while it is changed under load", async () => {
    const [blue, green] = [await upstream(), await upstream()];
    const endpoint = await router();
    const targets = [
      targetOf("blue", { sockets: [blue.socketPath] }),
      targetOf("green", { sockets: [green.socketPath] }),
    ];
    endpoint.route(targets, { blue: 100 });
    let changing = true;
    const isChanging = () => changing;
    const changes = (async () => {
      for (let step = 0; isChanging(); step += 1) {
        const percent = (step * 10) % 110;
        endpoint.route(targets, { blue: 100 - percent, green: percent });
        await new Promise((resolve) => setTimeout(resolve, 2));
      }
    })();
    const sender = async () => {
      const statuses = [];
      for (let i = 0; i < 100; i += 1) statuses.push((await endpoint.call({ body: "{}" })).status);
      return statuses;
    };
    const statuses = (await Promise.all(Array.from({ length: 10 }, sender))).flat();
    changing = false;
    await changes;
    expect(statuses.filter((status) => status !== 200)).toEqual([]);
    expect(blue.received.length + green.received.length).toBe(1000);
  });
});

describe("what the endpoint refuses", () => {
  it.each([
    ["no key", {}, 401, "key_auth_bad_header_forbidden"],
    ["a wrong key", { authorization: "Bearer wrong" }, 401, "key_auth_access_denied"],
  ])("%s: %j", async (_what, headers, status, code) => {
    const endpoint = await router();
    const blue = await upstream();
    endpoint.route([targetOf("blue", { sockets: [blue.socketPath] })], { blue: 100 });
    for (const path of ["/score", "/swagger.json", "/nothing"]) {
      const call = { path, method: "GET", headers: { authorization: undefined, ...headers } };
      const answer = await endpoint.call(call);
      expect(answer.status).toBe(status);
      expect(answer.headers["www-authenticate"]).toBe("Bearer");
      expect(answer.headers["content-type"]).toBe("application/json");
      expect(errorCode(answer)).toBe(code);
    }
    expect(blue.connections()).toBe(0);
  });

  it.each([
    ["PUT", "/score", 405, "POST, GET, OPTIONS"],
    ["DELETE", "/score", 405, "POST, GET, OPTIONS"],
    ["POST", "/swagger.json", 405, "GET"],
    ["GET", "/", 404, undefined],
    ["GET", "/score/", 404, undefined],
    ["GET", "//score", 404, undefined],
    ["GET", "/%73core", 404, undefined],
  ])("%s %s with %i", async (method, path, status, allow) => {
    const blue = await upstream();
    const endpoint = await router();
    endpoint.route([targetOf("blue", { sockets: [blue.socketPath] })], { blue: 100 });
    const answer = await endpoint.call({ method, path });
    expect(answer.status).toBe(status);
    expect(answer.headers["allow"]).toBe(allow);
    expect(blue.connections()).toBe(0);
  });

  it.each([
    [
      "no deployment has weight",
      {},
      { blue: 0 },
      "the endpoint has no deployment with positive weight",
    ],
    [
      "the header names none of them",
      { "azureml-model-deployment": "red" },
      { blue: 100 },
      "there is no deployment red",
    ],
  ])("a request when %s, with 404", async (_what, headers, traffic, message) => {
    const blue = await upstream();
    const endpoint = await router();
    endpoint.route([targetOf("blue", { sockets: [blue.socketPath] })], traffic);
    const answer = await endpoint.call({ headers });
    expect(answer.status).toBe(404);
    expect(JSON.parse(answer.body)).toEqual({ error: { code: "not_found", message } });
    expect(answer.headers).not.toHaveProperty("azureml-model-deployment");
  });

  it("a client request id of more than 40 characters, with 400", async () => {
    const blue = await upstream();
    const endpoint = await router();
    endpoint.route([targetOf("blue", { sockets: [blue.socketPath] })], { blue: 100 });
    const call = (length: number) =>
      endpoint.call({ headers: { "x-ms-client-request-id": "x".repeat(length) } });
    expect((await call(40)).status).toBe(200);
    expect((await call(41)).status).toBe(400);
    expect(blue.received).toHaveLength(1);
  });

  it("a body above the limit, with 413, whether or not it says its length", async () => {
    const blue = await upstream();
    const endpoint = await router({ maxBodyBytes: 1000 });
    endpoint.route([targetOf("blue", { sockets: [blue.socketPath] })], { blue: 100 });
    const announced = await endpoint.call({ body: "x".repeat(1001) });
    expect(announced.status).toBe(413);
    const chunked = await endpoint.call({
      body: "x".repeat(1001),
      headers: { "content-length": undefined, "transfer-encoding": "chunked" },
    });
    expect(chunked.status).toBe(413);
    expect((await endpoint.call({ body: "x".repeat(1000) })).status).toBe(200);
    expect(blue.received).toHaveLength(1);
  });
});

describe("what the model answers", () => {
  it.each([201, 204, 302, 400, 404, 500, 503])("as %i becomes 424", async (modelStatus) => {
    const body = modelStatus === 204 ? "" : '{"message":"no"}';
    const blue = await upstream((_received, res) => {
      res.writeHead(modelStatus, { "x-own": "kept", "ms-azureml-model-error-reason": "forged" });
      res.end(body);
    });
    const endpoint = await router();
    const target = targetOf("blue", { sockets: [blue.socketPath] });
    endpoint.route([target], { blue: 100 });
    const answer = await endpoint.call();
    expect(answer.status).toBe(424);
    expect(answer.body).toBe(body);
    expect(answer.headers).toMatchObject({
      "ms-azureml-model-error-statuscode": String(modelStatus),
      "ms-azureml-model-error-reason": "model_error",
      "azureml-model-deployment": "blue",
      "x-own": "kept",
    });
    expect(target.metrics.snapshot()).toMatchObject({
      byStatus: { 424: 1 },
      byModelStatus: { [modelStatus]: 1 },
    });
  });

  it("with headers of the endpoint's own is not believed", async () => {
    const blue = await upstream((_received, res) => {
      res.writeHead(200, { "azureml-model-deployment": "green", "x-request-id": "forged" });
      res.end();
    });
    const endpoint = await router();
    endpoint.route([targetOf("blue", { sockets: [blue.socketPath] })], { blue: 100 });
    const { headers } = await endpoint.call();
    expect(headers["azureml-model-deployment"]).toBe("blue");
    expect(headers["x-request-id"]).toMatch(UUID);
  });

  it("too late becomes 408, and the model's server sees the connection end", async () => {
    let ended = false;
    const blue = await upstream((_received, res) => res.once("close", () => (ended = true)));
    const endpoint = await router();
    const target = targetOf("blue", { sockets: [blue.socketPath], requestTimeoutMs: 50 });
    endpoint.route([target], { blue: 100 });
    const answer = await endpoint.call({ body: "{}" });
    expect(answer.status).toBe(408);
    expect(errorCode(answer)).toBe("request_timeout");
    await until(() => ended && target.metrics.snapshot().requests === 1);
    expect(target.pool.inFlight()).toBe(0);
    expect(target.metrics.snapshot().byStatus).toEqual({ 408: 1 });
  });

  it.each([
    ["answers about it", (res: ServerResponse) => res.writeHead(500).end()],
    ["closes the connection", (res: ServerResponse) => res.destroy()],
  ])("too late becomes 408 although the model's server %s first", async (_what, react) => {
    const clock = jest.spyOn(performance, "now");
    const blue = await upstream((_received, res) => {
      const now = performance.now();
      // An hour later than the limit, of which the router's own timer has not heard.
      clock.mockReturnValue(now + 2 * HOUR_MS);
      react(res);
    });
    const endpoint = await router();
    const target = targetOf("blue", { sockets: [blue.socketPath], requestTimeoutMs: HOUR_MS });
    endpoint.route([target], { blue: 100 });
    const answer = await endpoint.call({ body: "{}" });
    clock.mockRestore();
    expect(answer.status).toBe(408);
    await until(() => target.metrics.snapshot().requests === 1);
    expect(target.metrics.snapshot().byStatus).toEqual({ 408: 1 });
  });

  it("never, because it closes the connection, becomes 424 and is not tried again", async () => {
    const blue = await upstream((_received, _res, req) => req.socket.destroy());
    const green = await upstream();
    const endpoint = await router();
    const target = targetOf("blue", {
      sockets: [blue.socketPath, green.socketPath],
      maxConcurrent: 1,
    });
    endpoint.route([target], { blue: 100 });
    const answer = await endpoint.call({ body: "{}" });
    expect(answer.status).toBe(424);
    expect(errorCode(answer)).toBe("model_error");
    expect(answer.headers["ms-azureml-model-error-statuscode"]).toBe("502");
    expect([blue.received.length, green.received.length]).toEqual([1, 0]);
  });
});

describe("instances that cannot be reached", () => {
  it("are skipped, without the caller noticing, and leave the pool", async () => {
    const dead = await closedSocket();
    const live = await upstream();
    const endpoint = await router();
    const target = targetOf("blue", { sockets: [dead, live.socketPath] });
    endpoint.route([target], { blue: 100 });
    for (let i = 0; i < 10; i += 1) {
      expect((await endpoint.call({ body: `body ${i}` })).status).toBe(200);
    }
    expect(live.received.map(({ body }) => body)).toEqual(
      Array.from({ length: 10 }, (_, i) => `body ${i}`),
    );
    expect(target.pool.members().map(({ socketPath }) => socketPath)).toEqual([live.socketPath]);
  });

  it("make 424 model_not_ready when there is no other", async () => {
    const endpoint = await router();
    const none = targetOf("none", { instanceCount: 1 });
    const dead = targetOf("dead", { sockets: [await closedSocket()] });
    endpoint.route([none, dead], { none: 100 });
    for (const name of ["none", "dead"]) {
      const answer = await endpoint.call({ headers: { "azureml-model-deployment": name } });
      expect(answer.status).toBe(424);
      expect(answer.headers).toMatchObject({
        "ms-azureml-model-error-reason": "model_not_ready",
        "ms-azureml-model-error-statuscode": "503",
      });
      expect(errorCode(answer)).toBe("model_not_ready");
    }
  });
});

describe("more requests than a deployment takes", () => {
  it("are answered 429 above 2 × max_concurrent × instances; the others wait their turn", async () => {
    const waiting: (() => void)[] = [];
    const blue = await upstream((_received, res) => {
      waiting.push(() => res.end("ok"));
    });
    const endpoint = await router();
    const target = targetOf("blue", { sockets: [blue.socketPath], maxConcurrent: 2 });
    endpoint.route([target], { blue: 100 });
    const calls = Array.from({ length: 4 }, () => endpoint.call());
    await until(() => target.pool.inFlight() === 4 && waiting.length === 2);
    const refused = await endpoint.call();
    expect(refused.status).toBe(429);
    expect(refused.headers["ms-azureml-model-error-reason"]).toBe("too_many_pending_request");
    for (let served = 0; served < 4; served += 1) {
      await until(() => waiting.length > 0);
      waiting.shift()!();
    }
    expect((await Promise.all(calls)).map(({ status }) => status)).toEqual([200, 200, 200, 200]);
    expect(blue.mostAtOnce()).toBe(2);
    expect(blue.received).toHaveLength(4);
    expect(target.metrics.snapshot().byStatus).toEqual({ 200: 4, 429: 1 });
  });

  it("that wait too long are answered 408 and never reach the model", async () => {
    const blue = await upstream(() => undefined);
    const endpoint = await router();
    const target = targetOf("blue", {
      sockets: [blue.socketPath],
      maxConcurrent: 1,
      requestTimeoutMs: 100,
    });
    endpoint.route([target], { blue: 100 });
    const answers = await Promise.all([endpoint.call(), endpoint.call()]);
    expect(answers.map(({ status }) => status)).toEqual([408, 408]);
    await until(() => target.pool.inFlight() === 0);
    expect(blue.received.length).toBeLessThanOrEqual(2);
  });
});

describe("an instance that breaks off an answer", () => {
  it("gets no other request until it was probed", async () => {
    let first = true;
    const blue = await upstream((_received, res) => {
      if (first) res.destroy();
      else res.end("ok");
      first = false;
    });
    let healthy: () => void = () => undefined;
    const verify = () => new Promise<void>((resolve) => (healthy = resolve));
    const endpoint = await router();
    const target = targetOf("blue", { sockets: [blue.socketPath], maxConcurrent: 1, verify });
    endpoint.route([target], { blue: 100 });
    expect((await endpoint.call()).status).toBe(424);
    const next = endpoint.call();
    await until(() => target.pool.inFlight() === 1);
    expect(blue.connections()).toBe(1);
    healthy();
    expect((await next).status).toBe(200);
    expect(blue.connections()).toBe(2);
  });
});

describe("the access log", () => {
  it("has one line a request with ids, statuses and sizes, and nothing that is secret", async () => {
    const blue = await upstream((_received, res) => res.writeHead(500).end("secret answer"));
    const endpoint = await router();
    endpoint.route([targetOf("blue", { sockets: [blue.socketPath] })], { blue: 100 });
    const answer = await endpoint.call({
      path: "/score?patient=secret",
      body: "secret body",
      headers: { "x-ms-client-request-id": "c-1" },
    });
    await endpoint.call({ headers: { authorization: "Bearer guess" } });
    const lines = await endpoint.accessLog();
    expect(lines).toHaveLength(2);
    expect(lines[0]).toEqual({
      time: expect.stringMatching(/^\d{4}-.*Z$/),
      requestId: answer.headers["x-request-id"],
      clientRequestId: "c-1",
      method: "POST",
      path: "/score",
      status: 424,
      modelStatus: 500,
      deployment: "blue",
      durationMs: expect.any(Number),
      bytesIn: 11,
      bytesOut: 13,
    });
    expect(lines[1]).toMatchObject({ status: 401, error: "key_auth_access_denied" });
    expect(lines[1]).not.toHaveProperty("deployment");
    const text = await endpoint.accessLogText();
    for (const secret of ["secret", CREDENTIALS.primaryKey, "guess", "Bearer"]) {
      expect(text).not.toContain(secret);
    }
  });
});
