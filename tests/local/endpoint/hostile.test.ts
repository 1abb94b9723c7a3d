/** What a careless or hostile caller, or a broken model server, can do to the router: nothing much. */
import { afterEach, describe, expect, it } from "@jest/globals";
import { connect } from "node:net";
import { request } from "node:http";

import { CREDENTIALS, startRouter, until, type TestRouter } from "./support/router";
import { startUpstream, targetOf, type FakeUpstream, type TargetOptions } from "./support/upstream";

const KEY = `Authorization: Bearer ${CREDENTIALS.primaryKey}\r\n`;
let endpoint: TestRouter;
let blue: FakeUpstream;

async function start(
  answer?: Parameters<typeof startUpstream>[0],
  options: TargetOptions & { early?: boolean } = {},
) {
  blue = await startUpstream(answer, { early: options.early ?? false });
  endpoint = await startRouter();
  const target = targetOf("blue", { sockets: [blue.socketPath], ...options });
  endpoint.route([target], { blue: 100 });
  return target;
}

afterEach(async () => {
  await Promise.all([endpoint.close(), blue.close()]);
});

/** After whatever happened, the next caller is served and no bug was met. */
async function expectStillServing(): Promise<void> {
  expect((await endpoint.call({ body: "{}" })).status).toBe(200);
  expect(endpoint.bugs).toEqual([]);
}

describe("a malformed request", () => {
  it.each([
    ["no HTTP at all", "hello\r\n\r\n"],
    [
      "a length and chunks",
      `POST /score HTTP/1.1\r\nHost: h\r\n${KEY}Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\nX`,
    ],
    [
      "two lengths",
      `POST /score HTTP/1.1\r\nHost: h\r\n${KEY}Content-Length: 5\r\nContent-Length: 6\r\n\r\n`,
    ],
    [
      "a length that is no number",
      `POST /score HTTP/1.1\r\nHost: h\r\n${KEY}Content-Length: +5\r\n\r\n`,
    ],
    [
      "an encoding behind chunked",
      `POST /score HTTP/1.1\r\nHost: h\r\n${KEY}Transfer-Encoding: chunked, gzip\r\n\r\n`,
    ],
    [
      "an encoding before chunked",
      `POST /score HTTP/1.1\r\nHost: h\r\n${KEY}Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n`,
    ],
    [
      "a space before the colon",
      `POST /score HTTP/1.1\r\nHost: h\r\n${KEY}Content-Length : 5\r\n\r\n`,
    ],
    ["a folded header", `GET /score HTTP/1.1\r\nHost: h\r\n${KEY}X-A: b\r\n c\r\n\r\n`],
    ["no host", `GET /score HTTP/1.1\r\n${KEY}\r\n`],
    ["an expectation nobody knows", `POST /score HTTP/1.1\r\nHost: h\r\n${KEY}Expect: tea\r\n\r\n`],
    ["two hosts", `GET /score HTTP/1.1\r\nHost: a\r\nHost: b\r\n${KEY}\r\n`],
    ["a whole URL as target", `GET http://elsewhere/score HTTP/1.1\r\nHost: h\r\n${KEY}\r\n`],
    [
      "two deployments",
      `GET /score HTTP/1.1\r\nHost: h\r\n${KEY}azureml-model-deployment: blue\r\nazureml-model-deployment: blue\r\n\r\n`,
    ],
    [
      "two client ids",
      `GET /score HTTP/1.1\r\nHost: h\r\n${KEY}x-ms-client-request-id: a\r\nx-ms-client-request-id: b\r\n\r\n`,
    ],
    [
      "headers without an end",
      `GET /score HTTP/1.1\r\nHost: h\r\nX-A: ${"a".repeat(20_000)}\r\n\r\n`,
    ],
  ])("with %s is refused and never reaches the model", async (_what, text) => {
    await start();
    const answer = await endpoint.raw(text);
    expect(answer).toMatch(/^HTTP\/1\.1 (400|417|431) /);
    const { error } = JSON.parse(answer.split("\r\n\r\n")[1]!) as { error: object };
    expect(error).toEqual({ code: expect.any(String), message: expect.any(String) });
    expect(answer).not.toMatch(/\bat .*\.[tj]s:/);
    expect(blue.connections()).toBe(0);
    await expectStillServing();
  });

  it("with two Authorization headers is refused, whichever is good", async () => {
    await start();
    const answer = await endpoint.raw(
      `GET /score HTTP/1.1\r\nHost: h\r\n${KEY}Authorization: Bearer x\r\nConnection: close\r\n\r\n`,
    );
    expect(answer).toMatch(/^HTTP\/1\.1 401 /);
    expect(blue.connections()).toBe(0);
  });

  it("that asks for a tunnel gets none", async () => {
    await start();
    expect(await endpoint.raw(`CONNECT elsewhere:443 HTTP/1.1\r\nHost: h\r\n${KEY}\r\n`)).toBe("");
    await expectStillServing();
  });

  it("hidden in the body of another one stays a body", async () => {
    await start();
    const hidden = "GET /score?hidden HTTP/1.1\r\nHost: h\r\n\r\n";
    const answer = await endpoint.raw(
      `GET /score HTTP/1.1\r\nHost: h\r\n${KEY}Connection: close\r\nTransfer-Encoding: chunked\r\n\r\n` +
        `${hidden.length.toString(16)}\r\n${hidden}\r\n0\r\n\r\n`,
    );
    expect(answer).toMatch(/^HTTP\/1\.1 200 /);
    expect(blue.received).toMatchObject([{ url: "/score", body: hidden }]);
  });

  it("cannot put a header into the answer", async () => {
    await start();
    const answer = await endpoint.raw(
      `GET /score HTTP/1.1\r\nHost: h\r\n${KEY}Connection: close\r\nx-ms-client-request-id: a%0d%0aX-Evil: 1\r\n\r\n`,
    );
    expect(answer).toMatch(/^HTTP\/1\.1 200 /);
    expect(answer).not.toMatch(/^X-Evil:/im);
  });
});

describe("a caller that goes away", () => {
  it("while the model works ends the model's request and is logged as 499", async () => {
    let ended = false;
    const target = await start((received, res) => {
      if (received.body === "{}") res.end("ok");
      else res.once("close", () => (ended = true));
    });
    const abort = new AbortController();
    const call = endpoint.call({ body: "slow", signal: abort.signal });
    await until(() => blue.received.length === 1);
    abort.abort();
    await expect(call).rejects.toThrow();
    await until(() => ended && target.metrics.snapshot().requests === 1);
    expect(target.metrics.snapshot().byStatus).toEqual({ 499: 1 });
    await expectStillServing();
  });

  it("while it waits for its turn never reaches the model", async () => {
    const held: (() => void)[] = [];
    const target = await start((_received, res) => held.push(() => res.end("ok")), {
      maxConcurrent: 1,
    });
    const first = endpoint.call({ body: "first" });
    await until(() => held.length === 1);
    const abort = new AbortController();
    const second = endpoint.call({ body: "second", signal: abort.signal });
    await until(() => target.pool.inFlight() === 2);
    abort.abort();
    await expect(second).rejects.toThrow();
    await until(() => target.pool.inFlight() === 1);
    held[0]!();
    expect((await first).status).toBe(200);
    expect(blue.received.map(({ body }) => body)).toEqual(["first"]);
  });

  it("in the middle of its body leaves nothing behind", async () => {
    const target = await start();
    const socket = connect(endpoint.port, "127.0.0.1", () => {
      socket.write(`POST /score HTTP/1.1\r\nHost: h\r\n${KEY}Content-Length: 100\r\n\r\nhalf`);
    });
    await until(() => blue.connections() === 1);
    socket.destroy();
    await until(() => target.pool.inFlight() === 0);
    expect(blue.received).toEqual([]);
    await expectStillServing();
  });

  it("in the middle of the answer ends the model's answer", async () => {
    let closed = false;
    const target = await start((received, res) => {
      if (received.body === "{}") {
        res.end("ok");
        return;
      }
      const more = setInterval(() => res.write("x".repeat(1000)), 5);
      res.once("close", () => {
        clearInterval(more);
        closed = true;
      });
    });
    const options = { port: endpoint.port, method: "POST", path: "/score", agent: false as const };
    const headers = { authorization: `Bearer ${CREDENTIALS.primaryKey}` };
    const req = request({ ...options, host: "127.0.0.1", headers }, (res) => {
      res.once("data", () => res.destroy());
      res.on("error", () => undefined);
    });
    req.on("error", () => undefined).end("endless");
    await until(() => closed && target.pool.inFlight() === 0);
    await expectStillServing();
  });
});

describe("a model server that", () => {
  it("closes in the middle of its answer leaves the caller with a broken one, not a short good one", async () => {
    const target = await start((received, res, req) => {
      if (received.body === "{}") {
        res.end("ok");
        return;
      }
      res.writeHead(200, { "content-length": "1000" });
      res.write("half");
      setTimeout(() => req.socket.destroy(), 20);
    });
    await expect(endpoint.call({ body: "x" })).rejects.toThrow();
    await until(() => target.metrics.snapshot().requests === 1);
    expect(target.metrics.snapshot().byStatus).toEqual({ 424: 1 });
    await expectStillServing();
  });

  it("stalls in the middle of its answer is cut off at the time limit", async () => {
    const target = await start(
      (_received, res) => {
        res.writeHead(200, { "content-length": "1000" });
        res.write("half");
      },
      // Time enough for the half of it on a busy machine.
      { requestTimeoutMs: 1500 },
    );
    await expect(endpoint.call({ body: "x" })).rejects.toThrow();
    await until(() => target.metrics.snapshot().requests === 1);
    expect(target.metrics.snapshot().byStatus).toEqual({ 408: 1 });
  });

  it("answers before it has read the body is heard", async () => {
    await start((_received, res) => res.writeHead(415).end("not that"), { early: true });
    const answer = await endpoint.call({ body: "x".repeat(100_000) });
    expect(answer).toMatchObject({ status: 424, body: "not that" });
  });

  it("talks nonsense makes 424", async () => {
    await start((received, res, req) => {
      if (received.body === "{}") res.end("ok");
      else req.socket.end("this is not HTTP\r\n\r\n");
    });
    expect((await endpoint.call({ body: "x" })).status).toBe(424);
    await expectStillServing();
  });
});

describe("a large body", () => {
  it.each([
    ["the wrong key", { authorization: "Bearer no" }, "/score", 401],
    ["an unknown path", {}, "/none", 404],
    ["a length above the limit", {}, "/score", 413],
    ["chunks above the limit", { "content-length": undefined }, "/score", 413],
  ])("with %s is answered, not reset", async (_what, headers, path, status) => {
    blue = await startUpstream();
    endpoint = await startRouter({ maxBodyBytes: 1_000_000 });
    endpoint.route([targetOf("blue", { sockets: [blue.socketPath] })], { blue: 100 });
    const body = Buffer.alloc(30_000_000);
    for (let time = 0; time < 5; time += 1) {
      const answer = await endpoint.call({ body, path, headers });
      expect([answer.status, JSON.parse(answer.body)]).toEqual([status, expect.anything()]);
    }
  });

  it("of 100 MB streams through in both directions without being held in memory", async () => {
    const size = 100 * 1024 * 1024;
    await start(
      (_received, res, req) => {
        req.pipe(res);
      },
      { early: true, requestTimeoutMs: 60_000 },
    );
    const before = process.memoryUsage().rss;
    let most = 0;
    const watch = setInterval(() => (most = Math.max(most, process.memoryUsage().rss)), 20);
    const echoed = await new Promise<number>((resolve, reject) => {
      const headers = { authorization: `Bearer ${CREDENTIALS.primaryKey}`, "content-length": size };
      const target = { port: endpoint.port, host: "127.0.0.1", method: "POST", path: "/score" };
      const req = request({ ...target, agent: false, headers }, (res) => {
        let bytes = 0;
        res.on("data", (chunk: Buffer) => (bytes += chunk.length));
        res.on("end", () => {
          resolve(bytes);
        });
        res.on("error", reject);
      });
      req.on("error", reject);
      const chunk = Buffer.alloc(1024 * 1024);
      let left = 100;
      const write = () => {
        while (left > 0) {
          left -= 1;
          if (!req.write(chunk)) {
            req.once("drain", write);
            return;
          }
        }
        req.end();
      };
      write();
    });
    clearInterval(watch);
    expect(echoed).toBe(size);
    // Caller, router and model are all in this process.
    expect(most - before).toBeLessThan(size);
  });
});
