/** Several requests on one connection, none waiting for the answer before it: however they end, the router keeps nothing. */
import { spawnSync } from "node:child_process";
import { connect } from "node:net";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import fc from "fast-check";

import type { RoutingTarget } from "../../../local/endpoint/routingTarget";
import { cases } from "../../thorough";
import { expectEveryPlaceFree } from "./support/freePlaces";
import { CREDENTIALS, startRouter, until, type TestRouter } from "./support/router";
import { startUpstream, targetOf, type FakeUpstream } from "./support/upstream";

/** On the one instance; more than the calls of a run have requests. */
const PLACES = 200;
const KEY = `Authorization: Bearer ${CREDENTIALS.primaryKey}\r\n`;
const post = (path: string, more = "") =>
  `POST ${path} HTTP/1.1\r\nHost: h\r\n${KEY}${more}Content-Length: 2\r\n\r\n{}`;

/** What one of the requests is. */
const REQUESTS = {
  "is answered": post("/score"),
  "is answered late": post("/score?late"),
  "is answered never": post("/score?never"),
  "is broken off": post("/score?broken"),
  "names no path": post("/nothing"),
  "closes the connection": post("/score", "Connection: close\r\n"),
  "has no key": "POST /score HTTP/1.1\r\nHost: h\r\nContent-Length: 2\r\n\r\n{}",
  "is malformed": "nonsense\r\n\r\n",
  "does not end": `POST /score HTTP/1.1\r\nHost: h\r\n${KEY}Content-Length: 9\r\n\r\n{`,
} as const;
type Kind = keyof typeof REQUESTS;
const KINDS = Object.keys(REQUESTS) as Kind[];

/** When the caller leaves. */
const LEAVES = ["at once", "when the model has one", "after an answer", "never"] as const;
interface Call {
  readonly kinds: readonly Kind[];
  readonly leaves: (typeof LEAVES)[number];
}

let endpoint: TestRouter;
let blue: FakeUpstream;
let target: RoutingTarget;
let giveLate: (() => void)[];

beforeEach(async () => {
  giveLate = [];
  blue = await startUpstream(({ url }, res) => {
    if (url === "/score?broken") res.destroy();
    else if (url === "/score?late") giveLate.push(() => res.end("late"));
    else if (url === "/score") res.end("ok");
  });
  endpoint = await startRouter();
  target = targetOf("blue", {
    sockets: [blue.socketPath],
    maxConcurrent: PLACES,
    // Only what is never answered needs it; any other ending may come before or after.
    requestTimeoutMs: 200,
  });
  endpoint.route([target], { blue: 100 });
});
afterEach(async () => {
  await Promise.all([endpoint.close(), blue.close()]);
});

/** Sends all at once; resolves when the connection is over. */
function send({ kinds, leaves }: Call): Promise<void> {
  return new Promise((resolve) => {
    const socket = connect(endpoint.port, "127.0.0.1");
    socket
      .on("error", () => undefined)
      .on("close", () => {
        resolve();
      });
    // The last of the good ones ends a connection that nobody else ends.
    const closing = leaves === "never" ? REQUESTS["closes the connection"] : "";
    socket.write(`${kinds.map((kind) => REQUESTS[kind]).join("")}${closing}`, () => {
      if (leaves === "at once") socket.destroy();
    });
    socket.on("data", () => {
      if (leaves === "after an answer") socket.destroy();
    });
    if (leaves !== "when the model has one") return;
    const before = blue.received.length;
    void until(() => blue.received.length > before || socket.closed).then(() => socket.destroy());
  });
}

describe("requests that do not wait for each other", () => {
  it("give their places back when the caller leaves before the first is answered", async () => {
    const call = send({
      kinds: ["is answered late", "is answered", "is answered"],
      leaves: "when the model has one",
    });
    await call;
    await until(
      () => target.pool.inFlight() === 0,
      () => target.pool.inFlight(),
    );
    await expectEveryPlaceFree(target, PLACES);
    const lines = await endpoint.accessLog();
    expect(lines.map(({ status }) => status)).toEqual([499, 499, 499]);
  });

  it("are as many as a caller likes, without a warning of Node", () => {
    // In a process of its own: Jest keeps Node's warnings from a test.
    const fixture = join(__dirname, "fixtures", "manyPipelined.ts");
    const args = ["--import", "tsx", fixture];
    const { stdout, stderr } = spawnSync(process.execPath, args, { encoding: "utf8" });
    expect({ stdout, stderr }).toEqual({ stdout: "31 answers\n", stderr: "" });
  });

  it("get whole answers in their order where one of them waits for an invitation", async () => {
    const texts = [
      REQUESTS["is answered late"],
      post("/nothing", "Expect: 100-continue\r\n"),
      post("/score", "Expect: 100-continue\r\n"),
      post("/score", "Connection: close\r\n"),
    ];
    const received = endpoint.raw(texts.join(""));
    await until(() => giveLate.length === 1);
    for (const give of giveLate) give();
    const text = await received;
    expect(text.match(/HTTP\/1\.1 .*/g)).toEqual([
      "HTTP/1.1 200 OK",
      "HTTP/1.1 100 Continue",
      "HTTP/1.1 404 Not Found",
      "HTTP/1.1 100 Continue",
      "HTTP/1.1 200 OK",
      "HTTP/1.1 200 OK",
    ]);
    expect(text.match(/\r\n\r\n(late|ok|\{.*?\}\})/g)).toHaveLength(4);
  });

  it("invite the body of one that no other answer is before", async () => {
    const received = endpoint.raw(post("/score", "Expect: 100-continue\r\nConnection: close\r\n"));
    expect(await received).toMatch(/^HTTP\/1\.1 100 Continue\r\n\r\nHTTP\/1\.1 200 OK\r\n/);
  });

  it("invite the body of one when the answers before it are over", async () => {
    const socket = connect(endpoint.port, "127.0.0.1");
    let received = "";
    socket.setEncoding("utf8").on("data", (more: string) => (received += more));
    const [head = "", body = ""] = post("/score", "Expect: 100-continue\r\n").split(/(?=\{\})/);
    socket.write(REQUESTS["is answered late"] + head);
    await until(() => giveLate.length === 1);
    expect(received).toBe("");
    for (const give of giveLate) give();
    await until(
      () => received.endsWith("HTTP/1.1 100 Continue\r\n\r\n"),
      () => received,
    );
    socket.write(body);
    await until(
      () => received.endsWith("\r\n\r\nok"),
      () => received,
    );
    socket.destroy();
  });

  it("leave no place held, however each of them ends", async () => {
    const call: fc.Arbitrary<Call> = fc.record({
      kinds: fc.array(fc.constantFrom(...KINDS), { minLength: 1, maxLength: 4 }),
      leaves: fc.constantFrom(...LEAVES),
    });
    const eachOnce = KINDS.flatMap((kind) =>
      LEAVES.map((leaves): Call => ({ kinds: ["is answered late", kind, "is answered"], leaves })),
    );
    await fc.assert(
      // Many at once: a caller that is waited for takes seconds.
      fc.asyncProperty(fc.array(call, { minLength: 1, maxLength: 20 }), async (calls) => {
        const over = Promise.all(calls.map(send));
        // What the model answers late comes while the requests behind it already have their answers, or have ended.
        const late = setInterval(() => {
          for (const give of giveLate.splice(0)) give();
        }, 20);
        await over;
        await until(
          () => target.pool.inFlight() === 0,
          () => target.pool.inFlight(),
        );
        clearInterval(late);
        await expectEveryPlaceFree(target, PLACES);
        expect(endpoint.bugs).toEqual([]);
      }),
      { numRuns: 1 + cases(1, 50), examples: [[eachOnce]] },
    );
  });
});
