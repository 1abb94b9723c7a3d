/** Connections to instances are kept, and none of their ways to end costs a request of which nothing was sent. */
import { spawn, type ChildProcess } from "node:child_process";
import { subscribe, unsubscribe } from "node:diagnostics_channel";
import { once } from "node:events";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { connect, createServer, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, describe, expect, it } from "@jest/globals";

import { CREDENTIALS, errorCode, startRouter, until, type TestRouter } from "./support/router";
import { startUpstream, targetOf, type FakeUpstream } from "./support/upstream";

const KEY = `Authorization: Bearer ${CREDENTIALS.primaryKey}\r\n`;
const HEAD = `POST /score HTTP/1.1\r\nHost: h\r\n${KEY}Connection: close\r\n`;
/** In one piece, so that the router has the body when it has the head. */
const WHOLE = `${HEAD}Content-Length: 5\r\n\r\nwhole`;
const CHUNKED = `${HEAD}Transfer-Encoding: chunked\r\n\r\n7\r\nchunked\r\n0\r\n\r\n`;

const open: { close(): unknown }[] = [];
afterEach(async () => {
  await Promise.all(open.splice(0).map((each) => each.close()));
});

async function upstream(...args: Parameters<typeof startUpstream>): Promise<FakeUpstream> {
  const started = await startUpstream(...args);
  open.push(started);
  return started;
}

async function routerTo(
  instances: readonly { readonly socketPath: string }[],
  { random = Math.random, maxConcurrent = 100 } = {},
): Promise<TestRouter & { target: ReturnType<typeof targetOf> }> {
  const router = await startRouter({ random });
  open.push(router);
  const sockets = instances.map(({ socketPath }) => socketPath);
  const target = targetOf("blue", { sockets, maxConcurrent });
  router.route([target], { blue: 100 });
  return { ...router, target };
}

/** Told of each request at the moment in which the client writes it to a connection. */
function onSend(told: (headers: string) => void): void {
  const channel = "undici:client:sendHeaders";
  const listener = (message: unknown) => {
    told((message as { headers: string }).headers);
  };
  subscribe(channel, listener);
  open.push({ close: () => unsubscribe(channel, listener) });
}

async function callsInARow(router: TestRouter, count: number): Promise<number[]> {
  const statuses = [];
  for (let call = 0; call < count; call += 1) {
    statuses.push((await router.call({ body: `body ${call}` })).status);
  }
  return statuses;
}

/** As the end of its process would. */
async function end(instance: FakeUpstream): Promise<void> {
  const closed = instance.close();
  for (const socket of instance.sockets) socket.destroy();
  await closed;
}

describe("a connection to an instance", () => {
  it("is kept for the requests that follow", async () => {
    const blue = await upstream();
    const router = await routerTo([blue]);
    expect(new Set(await callsInARow(router, 20))).toEqual(new Set([200]));
    expect([blue.received.length, blue.connections()]).toEqual([20, 1]);
  });

  it("is opened for each request that is under way at once, and no other", async () => {
    const waiting: (() => void)[] = [];
    const blue = await upstream((_received, res) => waiting.push(() => res.end("ok")));
    const router = await routerTo([blue], { maxConcurrent: 3 });
    const calls = Array.from({ length: 6 }, () => router.call({ body: "{}" }));
    for (let answered = 0; answered < 6; answered += 1) {
      await until(() => waiting.length > 0);
      waiting.shift()?.();
    }
    expect((await Promise.all(calls)).map(({ status }) => status)).toEqual(Array(6).fill(200));
    expect([blue.received.length, blue.connections()]).toEqual([6, 3]);
  });

  it("goes to the instance with the fewest requests, by turns where they are equal", async () => {
    const [first, second] = [await upstream(), await upstream()];
    const router = await routerTo([first, second]);
    await callsInARow(router, 10);
    expect([first, second].map((one) => [one.received.length, one.connections()])).toEqual([
      [5, 1],
      [5, 1],
    ]);
  });

  it.each([
    ["says that it closes it", { connection: "close" }],
    ["keeps it for too short a time", { "keep-alive": "timeout=1" }],
  ])("is not kept where the instance %s", async (_what, headers) => {
    const blue = await upstream((_received, res) => res.writeHead(200, headers).end("ok"));
    const router = await routerTo([blue]);
    await callsInARow(router, 3);
    expect([blue.received.length, blue.connections()]).toEqual([3, 3]);
  });

  it("is closed when the caller leaves before the answer, and kept when it leaves after", async () => {
    const blue = await upstream(({ body }, res) => body === "silent" || res.end("ok"));
    const router = await routerTo([blue]);
    const leave = new AbortController();
    const call = router.call({ body: "silent", signal: leave.signal });
    await until(() => blue.received.length === 1);
    leave.abort();
    await expect(call).rejects.toThrow();
    await until(() => blue.sockets.size === 0 && router.target.pool.inFlight() === 0);
    // Each of these callers closes its own connection.
    await router.raw(WHOLE);
    await router.raw(CHUNKED);
    expect(blue.connections()).toBe(2);
  });
});

describe("a kept connection that its server closes", () => {
  it.each([
    ["a body that is there", WHOLE],
    ["a body in chunks", CHUNKED],
    ["no body", `GET /score HTTP/1.1\r\nHost: h\r\n${KEY}Connection: close\r\n\r\n`],
  ])("as it is used costs no request with %s, and none is sent twice", async (_what, request) => {
    const blue = await upstream();
    // Asked when a request is routed: the router cannot have seen the end of the connection when it writes to it.
    const random = () => {
      for (const socket of blue.sockets) socket.destroy();
      return 0;
    };
    const router = await routerTo([blue], { random });
    for (let call = 1; call <= 5; call += 1) {
      expect(await router.raw(request)).toMatch(/^HTTP\/1\.1 200 /);
      expect([blue.received.length, blue.connections()]).toEqual([call, call]);
    }
  });

  it("after each answer costs no request", async () => {
    const blue = await upstream((_received, res) => {
      res.end("ok", () => res.req.socket.destroy());
    });
    const router = await routerTo([blue]);
    expect(new Set(await callsInARow(router, 20))).toEqual(new Set([200]));
    expect([blue.received.length, blue.connections()]).toEqual([20, 20]);
  });

  it("when it has read a request costs that request, which is not sent again", async () => {
    const blue = await upstream(({ body }, res) => {
      if (body === "body 1") res.req.socket.destroy();
      else res.end("ok");
    });
    const router = await routerTo([blue, await upstream()], { maxConcurrent: 1 });
    router.target.pool.remove(router.target.pool.members()[1]!);
    expect(await callsInARow(router, 3)).toEqual([200, 424, 200]);
    expect(blue.received.map(({ body }) => body)).toEqual(["body 0", "body 1", "body 2"]);
  });

  it("because its process ends sends the next request to another instance", async () => {
    const [first, second] = [await upstream(), await upstream()];
    const router = await routerTo([first, second]);
    await callsInARow(router, 2);
    await end(first);
    expect(await callsInARow(router, 4)).toEqual([200, 200, 200, 200]);
    expect([first.received.length, second.received.length]).toEqual([1, 5]);
    expect(router.target.pool.members()).toMatchObject([{ socketPath: second.socketPath }]);
  });
});

describe("a request of which nothing was sent", () => {
  it("when its instance ends goes to another one", async () => {
    const [first, second] = [await upstream(), await upstream()];
    const router = await routerTo([first, second]);
    const caller = connect(router.port, "127.0.0.1");
    let answer = "";
    caller.setEncoding("utf8").on("data", (more: string) => (answer += more));
    caller.write(`${HEAD}Content-Length: 4\r\n\r\n`);
    await until(() => first.sockets.size === 1);
    await end(first);
    await until(() => second.connections() === 1);
    caller.write("late");
    await once(caller, "close");
    expect(answer).toMatch(/^HTTP\/1\.1 200 /);
    expect([first.received, second.received.map(({ body }) => body)]).toEqual([[], ["late"]]);
  });

  it("and whose instance closes every new connection is refused as by one that is not ready", async () => {
    const blue = await upstream();
    const router = await routerTo([blue]);
    const caller = connect(router.port, "127.0.0.1");
    let answer = "";
    caller.setEncoding("utf8").on("data", (more: string) => (answer += more));
    caller.write(`${HEAD}Content-Length: 4\r\n\r\n`);
    await until(() => blue.sockets.size === 1);
    for (const socket of blue.sockets) socket.destroy();
    await until(() => answer.startsWith("HTTP/1.1 424 "));
    caller.write("late");
    await once(caller, "close");
    expect(blue.connections()).toBe(1);
  });
});

describe("an answer without a length", () => {
  it("that is reset on its way is a broken one", async () => {
    let connection: Socket | undefined;
    const server = createServer({ pauseOnConnect: true }, (socket) => (connection = socket));
    const folder = mkdtempSync(join(tmpdir(), "instances-"));
    const socketPath = join(folder, "model.sock");
    await once(server.listen(socketPath), "listening");
    open.push(
      { close: () => server.close() },
      {
        close: () => {
          rmSync(folder, { recursive: true, force: true });
        },
      },
    );
    // The instance has read nothing of the request: that resets the connection when it is closed. Node notices it behind
    // as many bytes as it reads at once (libuv, uv__stream_io: after fewer, a broken connection is confused with one that has ended).
    const head = "HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n";
    onSend(() => {
      setImmediate(() => {
        connection?.write(head.padEnd(65_536, "x"), () => connection?.destroy());
      });
    });
    const router = await routerTo([{ socketPath }]);
    expect(await router.raw(WHOLE)).not.toMatch(/0\r\n\r\n$/);
    await until(() => router.target.metrics.snapshot().requests === 1);
    expect(router.target.metrics.snapshot().byStatus).toEqual({ 424: 1 });
  });
});

describe("an instance that is killed under load", () => {
  async function startInstance(folder: string, name: string) {
    const [socketPath, record] = [join(folder, `${name}.sock`), join(folder, `${name}.txt`)];
    const script = join(__dirname, "fixtures", "recordingInstance.mjs");
    const child: ChildProcess = spawn(process.execPath, [script, socketPath, record], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    open.push({ close: () => child.kill("SIGKILL") });
    await once(child.stdout!, "data");
    const received = () =>
      existsSync(record) ? readFileSync(record, "utf8").trim().split("\n") : [];
    return { socketPath, child, received };
  }

  it("costs requests that were sent to it, and no request is received twice", async () => {
    const folder = mkdtempSync(join(tmpdir(), "instances-"));
    open.push({
      close: () => {
        rmSync(folder, { recursive: true, force: true });
      },
    });
    const victim = await startInstance(folder, "victim");
    const other = await startInstance(folder, "other");
    const router = await routerTo([victim, other], { maxConcurrent: 4 });
    // What the client was told to write, at the moment of the write.
    const sent = new Map<string, number>();
    onSend((headers) => {
      const name = /^x-name: (.*)\r$/m.exec(headers)?.[1] ?? "";
      sent.set(name, (sent.get(name) ?? 0) + 1);
    });

    const outcomes = new Map<string, string>();
    let stopped = false;
    const isStopped = () => stopped;
    const callers = Array.from({ length: 12 }, async (_, caller) => {
      for (let call = 0; !isStopped(); call += 1) {
        const name = `${caller}-${call}`;
        const answer = await router.call({ body: name, headers: { "x-name": name } });
        outcomes.set(name, answer.status === 200 ? "answered" : errorCode(answer));
      }
    });
    await until(() => outcomes.size >= 100);
    victim.child.kill("SIGKILL");
    await once(victim.child, "exit");
    const before = outcomes.size;
    await until(() => outcomes.size >= before + 100);
    stopped = true;
    await Promise.all(callers);

    const lost = [...outcomes].filter(([, outcome]) => outcome !== "answered");
    expect(lost.filter(([name, outcome]) => outcome !== "model_error" || !sent.has(name))).toEqual(
      [],
    );
    // All that it held at once.
    expect(lost.length).toBeLessThanOrEqual(4);
    const received = [...victim.received(), ...other.received()];
    expect(received.length).toBe(new Set(received).size);
    const answered = outcomes.size - lost.length;
    expect(received.filter((name) => outcomes.get(name) === "answered")).toHaveLength(answered);
  });
});
