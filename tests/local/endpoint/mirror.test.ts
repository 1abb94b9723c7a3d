import { performance } from "node:perf_hooks";
import { afterEach, beforeEach, describe, expect, it, jest } from "@jest/globals";
import { CREDENTIALS, startRouter, until, type TestRouter } from "./support/router";
import { closedSocket, startUpstream, targetOf, type FakeUpstream } from "./support/upstream";

const HOUR_MS = 3_600_000;

let endpoint: TestRouter;
let live: FakeUpstream;
const shadows: FakeUpstream[] = [];

async function shadow(...args: Parameters<typeof startUpstream>): Promise<FakeUpstream> {
  const started = await startUpstream(...args);
  shadows.push(started);
  return started;
}

beforeEach(async () => {
  live = await startUpstream((_received, res) => res.end("live answer"));
  // Always below the percentage, so that every request is mirrored.
  endpoint = await startRouter({ random: () => 0 });
});
afterEach(async () => {
  await endpoint.close();
  await Promise.all([live, ...shadows.splice(0)].map((each) => each.close()));
});

describe("mirrored traffic", () => {
  it("is a whole copy without the key, counted apart, and its answer goes nowhere", async () => {
    const green = await shadow((_received, res) => res.writeHead(500).end("shadow answer"));
    const [blue, mirror] = [
      targetOf("blue", { sockets: [live.socketPath] }),
      targetOf("green", { sockets: [green.socketPath] }),
    ];
    endpoint.route([blue, mirror], { blue: 100 }, { green: 50 });
    const answer = await endpoint.call({ body: '{"data":[1]}', headers: { "x-own": "1" } });
    expect(answer).toMatchObject({ status: 200, body: "live answer" });
    expect(answer.headers["azureml-model-deployment"]).toBe("blue");
    await until(() => mirror.mirror.snapshot().requests === 1);
    expect(green.received).toMatchObject([
      { method: "POST", url: "/score", body: '{"data":[1]}', headers: { "x-own": "1" } },
    ]);
    expect(JSON.stringify(green.received)).not.toContain(CREDENTIALS.primaryKey);
    expect(mirror.mirror.snapshot()).toMatchObject({
      byStatus: { 424: 1 },
      byModelStatus: { 500: 1 },
      skipped: 0,
    });
    expect(mirror.metrics.snapshot().requests).toBe(0);
    expect(blue.metrics.snapshot().byStatus).toEqual({ 200: 1 });
    expect(await endpoint.accessLog()).toMatchObject([{ deployment: "blue", mirrored: "green" }]);
  });

  it("is counted as too late although its server answers about that first", async () => {
    const clock = jest.spyOn(performance, "now");
    const green = await shadow((_received, res) => {
      // An hour later than the limit, of which the router's own timer has not heard.
      clock.mockReturnValue(performance.now() + 2 * HOUR_MS);
      res.writeHead(500).end();
    });
    const mirror = targetOf("green", { sockets: [green.socketPath], requestTimeoutMs: HOUR_MS });
    const blue = targetOf("blue", { sockets: [live.socketPath] });
    endpoint.route([blue, mirror], { blue: 100 }, { green: 50 });
    expect((await endpoint.call({ body: "{}" })).status).toBe(200);
    await until(() => mirror.mirror.snapshot().requests === 1);
    clock.mockRestore();
    expect(mirror.mirror.snapshot().byStatus).toEqual({ 408: 1 });
  });

  it("copies a body of unknown length too", async () => {
    const green = await shadow();
    const mirror = targetOf("green", { sockets: [green.socketPath] });
    endpoint.route(
      [targetOf("blue", { sockets: [live.socketPath] }), mirror],
      { blue: 100 },
      { green: 50 },
    );
    const headers = { "content-length": undefined, "transfer-encoding": "chunked" };
    await endpoint.call({ body: "chunked body", headers });
    await until(() => mirror.mirror.snapshot().requests === 1);
    expect(green.received[0]).toMatchObject({
      body: "chunked body",
      headers: { "content-length": "12" },
    });
  });

  it("is not made of a request that names its deployment, nor of anything but scoring", async () => {
    const green = await shadow();
    const targets = [
      targetOf("blue", { sockets: [live.socketPath] }),
      targetOf("green", { sockets: [green.socketPath] }),
    ];
    endpoint.route(targets, { blue: 100 }, { green: 50 });
    await endpoint.call({ headers: { "azureml-model-deployment": "blue" } });
    await endpoint.call({ method: "GET", path: "/swagger.json" });
    expect(live.received).toHaveLength(2);
    expect(green.connections()).toBe(0);
  });

  it("does not make the caller wait for a slow deployment, nor tell of a dead one", async () => {
    const hanging = await shadow(() => undefined);
    const mirror = targetOf("green", { sockets: [hanging.socketPath], requestTimeoutMs: 100 });
    const dead = targetOf("red", { sockets: [await closedSocket()] });
    const blue = targetOf("blue", { sockets: [live.socketPath] });
    endpoint.route([blue, mirror], { blue: 100 }, { green: 50 });
    expect((await endpoint.call({ body: "{}" })).status).toBe(200);
    await until(() => mirror.mirror.snapshot().byStatus["408"] === 1);
    endpoint.route([blue, dead], { blue: 100 }, { red: 50 });
    expect((await endpoint.call({ body: "{}" })).status).toBe(200);
    await until(() => dead.mirror.snapshot().byStatus["424"] === 1);
    expect(endpoint.bugs).toEqual([]);
  });

  it("skips what the deployment has no room for, and bodies that are too large", async () => {
    const green = await shadow(() => undefined);
    const mirror = targetOf("green", { sockets: [green.socketPath], maxConcurrent: 1 });
    endpoint.route(
      [targetOf("blue", { sockets: [live.socketPath] }), mirror],
      { blue: 100 },
      { green: 50 },
    );
    for (let i = 0; i < 3; i += 1) expect((await endpoint.call({ body: "{}" })).status).toBe(200);
    await until(() => mirror.pool.inFlight() === 2);
    expect(mirror.mirror.snapshot().skipped).toBe(1);

    const roomy = targetOf("red", { sockets: [green.socketPath] });
    endpoint.route(
      [targetOf("blue", { sockets: [live.socketPath] }), roomy],
      { blue: 100 },
      { red: 50 },
    );
    const large = "x".repeat(5 * 1024 * 1024);
    expect((await endpoint.call({ body: large })).status).toBe(200);
    await until(() => roomy.mirror.snapshot().skipped === 1);
    expect(roomy.pool.inFlight()).toBe(0);
  });
});
