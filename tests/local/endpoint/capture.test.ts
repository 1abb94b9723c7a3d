import { existsSync, mkdtempSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import { capturedLine } from "../../../local/endpoint";
import { createCaptures, type Captures } from "../../../local/endpoint/capture/captures";
import { mirroredBytesHeld } from "../../../local/endpoint/heldBody";
import { CREDENTIALS, startRouter, type CallOptions, type TestRouter } from "./support/router";
import { startUpstream, targetOf, type FakeUpstream } from "./support/upstream";

/** What the router captures of callers' requests, by a real connection to a server in place of the model's. */

const JSON_TYPE = { "content-type": "application/json" };

describe("captured requests", () => {
  let folder: string;
  let file: string;
  let captures: Captures;
  let blue: FakeUpstream;
  let endpoint: TestRouter;
  let answer: string | Buffer;
  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), "capture-"));
    file = join(folder, "captured.jsonl");
    captures = createCaptures(file, [CREDENTIALS.primaryKey, CREDENTIALS.secondaryKey]);
    answer = '{"value":1}';
    blue = await startUpstream(({ url }, res) => {
      res.writeHead(url.includes("fail") ? 400 : 200, JSON_TYPE);
      res.end(answer);
    });
    endpoint = await startRouter({ captures });
    endpoint.route([targetOf("blue", { sockets: [blue.socketPath] })], { blue: 100 });
  });
  afterEach(async () => {
    await captures.close();
    await endpoint.close();
    await blue.close();
    rmSync(folder, { recursive: true });
    expect(mirroredBytesHeld()).toBe(0);
  });
  const call = (body: string | Buffer, changes: CallOptions = {}) =>
    endpoint.call({ method: "POST", path: "/score", body, headers: JSON_TYPE, ...changes });
  const on = (settings = {}) => captures.change({ kind: "on", settings });
  const lines = async () => {
    await captures.change({ kind: "off" });
    if (!existsSync(file)) return [];
    const texts = readFileSync(file, "utf8").trimEnd().split("\n");
    return texts.map((text) => capturedLine.parse(JSON.parse(text)));
  };

  it("are kept while a user asks for it, and at no other time", async () => {
    await call("[0]");
    await on();
    await call("[1]");
    const [line, ...others] = await lines();
    await call("[2]");
    expect(others).toEqual([]);
    expect(line).toEqual({
      ...{ path: "/score", deployment: "blue", headers: JSON_TYPE, body: "[1]", status: 200 },
      ...{ answer: '{"value":1}', time: line?.time, durationMs: line?.durationMs },
    });
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(captures.status()).toMatchObject({ isOn: false, captured: 1, notKept: 0 });
  });

  it("have no header but those on the list, no query string, and no key of the endpoint", async () => {
    await on();
    const headers = { ...JSON_TYPE, cookie: "session=1", "x-api-key": "k", accept: "*/*" };
    await call("[1]", { path: "/score?token=t", headers });
    await call(`["${CREDENTIALS.secondaryKey}"]`);
    answer = `"${CREDENTIALS.primaryKey}"`;
    await call("[3]");
    const found = await lines();
    expect(found.map(({ headers: kept, path }) => [path, kept])).toEqual([
      ["/score", { accept: "*/*", ...JSON_TYPE }],
    ]);
    expect(captures.status()).toMatchObject({ captured: 1, notKept: 2 });
    const text = readFileSync(file, "utf8");
    for (const secret of [
      CREDENTIALS.primaryKey,
      CREDENTIALS.secondaryKey,
      "session",
      "Bearer",
      "token",
    ]) {
      expect(text).not.toContain(secret);
    }
  });

  it("keep what the caller got of a model that refused, and nothing that no deployment answered", async () => {
    await on();
    await call("[1]", { path: "/score?fail" });
    endpoint.route([targetOf("blue", { sockets: [] })], { blue: 100 });
    expect((await call("[2]")).status).toBe(429);
    await endpoint.call({ path: "/swagger.json", method: "GET" });
    expect((await lines()).map(({ body, status }) => [body, status])).toEqual([["[1]", 424]]);
    expect(captures.status()).toMatchObject({ notKept: 0 });
  });

  it("end at the limits, one by one", async () => {
    await on({ requests: 2 });
    for (const body of ["[1]", "[2]", "[3]"]) await call(body);
    expect((await lines()).map(({ body }) => body)).toEqual(["[1]", "[2]"]);
    await on({ bodyBytes: 11 });
    await call("[1,2,3,4,5]");
    await call("[1,2,3,4,56]");
    answer = '{"value":12}';
    await call("[1]");
    expect((await lines()).map(({ body }) => body)).toEqual(["[1,2,3,4,5]"]);
    expect(captures.status()).toMatchObject({ notKept: 2, isFull: false });
    await on({ totalBytes: 300 });
    for (const body of ["[1]", "[2]", "[3]"]) await call(body);
    expect(await lines()).toHaveLength(1);
    const { isFull, bytes } = captures.status()!;
    expect([isFull, bytes]).toEqual([true, statSync(file).size]);
  });

  it("leave named fields out of bodies and answers, and then keep JSON alone", async () => {
    await on({ leaveOut: ["name"] });
    answer = '{"name":"a","all":[{"name":"b","value":1}]}';
    await call('{"data":{"name":"c","size":2}}');
    answer = JSON.stringify('{"name":"inside","value":2}');
    await call("[1]");
    await call("name=c");
    const found = await lines();
    expect(found.map(({ body, answer: got, leftOut }) => [body, got, leftOut])).toEqual([
      ['{"data":{"size":2}}', '{"all":[{"value":1}]}', ["name"]],
      ["[1]", JSON.stringify('{"value":2}'), ["name"]],
    ]);
    expect(captures.status()).toMatchObject({ notKept: 1 });
  });

  it("are texts alone: neither encoded nor other bytes", async () => {
    await on();
    await call(Buffer.from([0xff, 0xfe]));
    await call("[1]", { headers: { ...JSON_TYPE, "content-encoding": "gzip" } });
    answer = Buffer.from([0xff]);
    await call("[1]");
    expect(await lines()).toEqual([]);
    expect(captures.status()).toMatchObject({ captured: 0, notKept: 3 });
  });

  it("are shown without bodies, the newest first, and a body by its number alone", async () => {
    await on();
    for (let number = 1; number <= 22; number += 1) await call(`[${number}]`);
    const { last } = captures.status()!;
    expect(last.map(({ number }) => number)).toEqual(
      Array.from({ length: 20 }, (_, index) => 22 - index),
    );
    expect(Object.keys(last[0]!).sort()).toEqual([
      "deployment",
      "number",
      "path",
      "status",
      "time",
    ]);
    expect([captures.bodyOf(22), captures.bodyOf(2)]).toEqual(["[22]", undefined]);
  });

  it("cannot be asked for beyond what fits into memory", async () => {
    for (const settings of [
      { requests: 0 },
      { bodyBytes: 5e6 },
      { totalBytes: 1e9 },
      { other: 1 },
    ]) {
      await expect(on(settings)).rejects.toThrow("that cannot be captured");
    }
  });
});
