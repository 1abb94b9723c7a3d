import { gzipSync } from "node:zlib";
import { afterEach, describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import type { Fault } from "../../../local/endpoint/fault";
import { changedAnswer, holdMs, isFailing } from "../../../local/endpoint/faultyAnswer";
import { differences } from "../../../answers/differences";
import { cases } from "../../thorough";
import { CREDENTIALS, errorCode, startRouter, until, type TestRouter } from "./support/router";
import { startUpstream, targetOf, type FakeUpstream, type TargetOptions } from "./support/upstream";

const JSON_TYPE = { "content-type": "application/json" };
const ANSWER = '{"probability": 0.25, "horizon": [1, -1, 0], "model": "blue"}';

const open: (TestRouter | FakeUpstream)[] = [];

afterEach(async () => {
  await Promise.all(open.splice(0).map((each) => each.close()));
});

async function routed(
  fault: Fault | undefined,
  answer: Parameters<typeof startUpstream>[0] = (_received, res) =>
    res.writeHead(200, JSON_TYPE).end(ANSWER),
  options: TargetOptions = {},
) {
  const upstream = await startUpstream(answer);
  const router = await startRouter();
  open.push(upstream, router);
  const target = targetOf("blue", { sockets: [upstream.socketPath], ...options });
  target.fault = fault;
  router.route([target], { blue: 100 });
  return { upstream, router, target };
}

describe("a fault of a deployment", () => {
  it("that is not active changes no byte of an answer", async () => {
    const { router, target } = await routed(undefined);
    const request = [
      "POST /score HTTP/1.1",
      "Host: localhost",
      `Authorization: Bearer ${CREDENTIALS.primaryKey}`,
      "Content-Length: 2",
      "Connection: close",
      "",
      "{}",
    ].join("\r\n");
    const same = async () =>
      (await router.raw(request)).replace(/x-request-id: .*|date: .*/gi, "").split("\r\n");
    const before = await same();
    target.fault = { errorPercent: 100, slowFactor: 2, changesAnswers: true };
    expect(await same()).not.toEqual(before);
    target.fault = undefined;
    expect(await same()).toEqual(before);
    expect(before.join("\n")).toContain(ANSWER);
  });

  it("replaces an answer by what a failing script gives, and counts it as that", async () => {
    const { router, target, upstream } = await routed({ errorPercent: 100 });
    const answer = await router.call({ body: "{}" });
    expect(answer.status).toBe(424);
    expect(errorCode(answer)).toBe("injected_fault");
    expect(answer.headers).toMatchObject({
      "ms-azureml-model-error-statuscode": "500",
      "ms-azureml-model-error-reason": "model_error",
      "azureml-model-deployment": "blue",
    });
    // The instance has worked, as one that fails has.
    expect(upstream.received).toHaveLength(1);
    expect(target.metrics.snapshot()).toMatchObject({
      byStatus: { 424: 1 },
      byModelStatus: { 500: 1 },
    });
    expect(await router.accessLog()).toMatchObject([{ status: 424, error: "injected_fault" }]);
    await until(() => target.pool.inFlight() === 0);
  });

  it("fails as many answers as it says", () => {
    const failing = Array.from({ length: 1000 }, (_, index) => index / 1000).filter((number) =>
      isFailing({ errorPercent: 5 }, () => number),
    );
    expect(failing).toHaveLength(50);
    expect(isFailing({ slowFactor: 3 }, () => 0)).toBe(false);
    expect(isFailing({ errorPercent: 100 }, () => 0.999_999)).toBe(true);
  });

  it("holds an answer back in proportion to the time that it took", () => {
    expect(holdMs({ slowFactor: 3 }, 40)).toBe(80);
    expect(holdMs({ errorPercent: 5 }, 40)).toBe(0);
  });

  it("does not hold it beyond the deployment's time limit", async () => {
    const slow = (_received: unknown, res: { end(text: string): unknown }) =>
      setTimeout(() => res.end("late"), 100);
    const { router, target } = await routed({ slowFactor: 1e6 }, slow, { requestTimeoutMs: 1000 });
    const answer = await router.call({ body: "{}" });
    expect(answer.status).toBe(408);
    await until(() => target.pool.inFlight() === 0);
    expect(router.bugs).toEqual([]);
  });

  it("keeps nothing of a request whose caller leaves while its answer is held", async () => {
    const leave = new AbortController();
    const slow = (_received: unknown, res: { end(text: string): unknown }) =>
      setTimeout(() => {
        res.end("late");
        // Held for a day from now on.
        setTimeout(() => {
          leave.abort();
        }, 20);
      }, 101);
    const { router, target } = await routed({ slowFactor: 1e6 }, slow, {
      requestTimeoutMs: 600_000,
    });
    await expect(router.call({ body: "{}", signal: leave.signal })).rejects.toThrow();
    await until(() => target.pool.inFlight() === 0);
    expect(target.metrics.snapshot().byStatus).toEqual({ 499: 1 });
    expect(router.bugs).toEqual([]);
  });

  it("changes the numbers of JSON, and nothing else", async () => {
    const { router } = await routed({ changesAnswers: true });
    const answer = await router.call({ body: "{}" });
    expect(answer.status).toBe(200);
    expect(JSON.parse(answer.body)).toEqual({
      probability: 1.25,
      horizon: [2, 0, 1],
      model: "blue",
    });
    const others: [Record<string, string>, Buffer][] = [
      [{ "content-type": "text/plain" }, Buffer.from("1")],
      [JSON_TYPE, Buffer.from('{"cut off": 1')],
      [{ ...JSON_TYPE, "content-encoding": "gzip" }, gzipSync(ANSWER)],
      [JSON_TYPE, Buffer.alloc(9 * 1024 * 1024, "1")],
    ];
    for (const [headers, body] of others) {
      const other = await routed({ changesAnswers: true }, (_received, res) =>
        res.writeHead(200, headers).end(body),
      );
      const { body: text } = await other.router.call({ body: "{}" });
      expect(text).toBe(body.toString());
    }
  });

  it("leaves what is not scored alone", async () => {
    const { router } = await routed({ errorPercent: 100, changesAnswers: true });
    const swagger = await router.call({ method: "GET", path: "/swagger.json" });
    expect(swagger).toMatchObject({ status: 200, body: ANSWER });
  });

  it("acts on mirrored requests too, and never on the caller's own", async () => {
    const { upstream, router, target } = await routed(undefined);
    const canary = targetOf("green", { sockets: [upstream.socketPath] });
    canary.fault = { errorPercent: 100 };
    router.route([target, canary], { blue: 100 }, { green: 100 });
    expect(await router.call({ body: "{}" })).toMatchObject({ status: 200, body: ANSWER });
    await until(() => canary.mirror.metrics.snapshot().requests === 1);
    expect(canary.mirror.metrics.snapshot()).toMatchObject({
      byStatus: { 424: 1 },
      byModelStatus: { 500: 1 },
    });
  });

  it("makes every answer with a number one that a comparison finds", () => {
    const alike = { absoluteTolerance: 0.5, relativeTolerance: 0.1, ignore: [] };
    const withNumber = fc.tuple(
      fc.jsonValue(),
      fc.oneof(fc.integer(), fc.double({ noNaN: true, noDefaultInfinity: true })),
    );
    const asText = fc.boolean();
    fc.assert(
      fc.property(withNumber, asText, ([value, number], isText) => {
        const before: unknown = { value, number };
        const body = JSON.stringify(isText ? JSON.stringify(before) : before);
        const read = (text: string): unknown => {
          const outer: unknown = JSON.parse(text);
          return typeof outer === "string" ? JSON.parse(outer) : outer;
        };
        const after = changedAnswer(Buffer.from(body)).toString();
        const found = [...differences(read(body), read(after), alike)];
        expect(found.map(({ path }) => path)).toContain("$.number");
      }),
      { numRuns: cases(100, 5000) },
    );
  });
});
