/** Answers to a live request and to its copy, compared. Does not prove that Azure mirrors the same requests. */
import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import type { ServerResponse } from "node:http";
import { gzipSync } from "node:zlib";

import { EXACT, type ComparisonRules } from "../../../answers/differences";
import { createComparisonCounters } from "../../../local/endpoint/comparisonCounters";
import { mirroredBytesHeld } from "../../../local/endpoint/heldBody";
import type { RoutingTarget } from "../../../local/endpoint/routingTarget";
import { startRouter, until, type TestRouter } from "./support/router";
import { startUpstream, targetOf, type FakeUpstream } from "./support/upstream";

type Answer = string | ((res: ServerResponse) => unknown);

let endpoint: TestRouter;
let upstreams: FakeUpstream[] = [];
let green: RoutingTarget;

beforeEach(async () => {
  // Always below the percentage, so that every request is mirrored.
  endpoint = await startRouter({ random: () => 0 });
});
afterEach(async () => {
  await endpoint.close();
  await Promise.all(upstreams.splice(0).map((each) => each.close()));
});

async function route(
  live: Answer,
  mirrored: Answer,
  rules: ComparisonRules | undefined,
): Promise<void> {
  upstreams = await Promise.all(
    [live, mirrored].map((answer) =>
      startUpstream((_received, res) =>
        typeof answer === "string" ? res.end(answer) : answer(res),
      ),
    ),
  );
  const [blue, other] = upstreams.map(({ socketPath }, index) =>
    targetOf(["blue", "green"][index] ?? "", { sockets: [socketPath] }),
  );
  if (blue === undefined || other === undefined) throw new Error("no targets");
  green = other;
  endpoint.route([blue, green], { blue: 100 }, { green: 50 });
  endpoint.router.setComparison(rules);
}

/** What the comparison says after that many mirrored requests are over. */
async function compared(calls = 1) {
  for (let call = 0; call < calls; call += 1) await endpoint.call({ body: "{}" });
  const seen = () => green.mirror.snapshot();
  await until(() => {
    const { comparison } = seen();
    return comparison.compared + comparison.uncompared === calls;
  }, seen);
  await until(() => mirroredBytesHeld() === 0);
  return seen().comparison;
}

const NONE = { compared: 0, different: 0, uncompared: 0, fields: [] };

describe("the answers to a mirrored request", () => {
  it.each(["live", "mirrored"])("are compared after a fault of the %s deployment", async (side) => {
    const answer: Answer = (res) =>
      res.setHeader("content-type", "application/json").end('{"p": 0.5}');
    await route(answer, answer, EXACT);
    const target = side === "mirrored" ? green : endpoint.router.table().targets.get("blue");
    if (target === undefined) throw new Error("no target");
    target.fault = { changesAnswers: true };
    expect(await compared(2)).toEqual({
      compared: 2,
      different: 2,
      uncompared: 0,
      fields: [["$.p", 2]],
    });
  });

  it("are compared by the rules, and counted by the field that differs", async () => {
    const answer = (model: string, ...p: number[]) =>
      JSON.stringify({ model, predictions: p.map((value) => ({ p: value })) });
    const rules = { ...EXACT, absoluteTolerance: 0.1, ignore: ["model"] };
    await route(answer("a", 0.5, 0.6, 0.7), answer("b", 0.55, 0.9, 0.1), rules);
    expect(await compared(3)).toEqual({
      compared: 3,
      different: 3,
      uncompared: 0,
      fields: [["$.predictions[*].p", 3]],
    });
    // Both models were asked about the same request.
    const ids = upstreams.map(({ received }) => received.map((one) => one.headers["x-request-id"]));
    expect(new Set(ids[0])).toEqual(new Set(ids[1]));
    expect(new Set(ids[0]).size).toBe(3);
  });

  it.each<[string, Answer, Answer]>([
    ["the same", "[1, 2]", "[1, 2]"],
    ["the same in JSON", '{"a": 1, "b": 2}', '{ "b": 2.0, "a": 1 }'],
    ["the same and no JSON", "plain", "plain"],
  ])("do not differ when they are %s", async (_what, live, mirrored) => {
    await route(live, mirrored, EXACT);
    expect(await compared()).toEqual({ ...NONE, compared: 1 });
  });

  it.each<[string, Answer, Answer]>([
    ["only one is JSON", "[1]", "one"],
    ["neither is JSON", "one", "two"],
    ["they are of another kind", "[]", "{}"],
  ])("differ as a whole when %s", async (_what, live, mirrored) => {
    await route(live, mirrored, EXACT);
    expect(await compared()).toEqual({ ...NONE, compared: 1, different: 1, fields: [["$", 1]] });
  });

  const large = JSON.stringify("x".repeat(256 * 1024));
  const zipped = (res: ServerResponse) =>
    res.setHeader("content-encoding", "gzip").end(gzipSync("[1]"));
  it.each<[string, Answer, Answer]>([
    ["the live one is too large", large, "[1]"],
    ["the mirrored one is too large", "[1]", large],
    ["the live one is encoded", zipped, "[1]"],
    ["the mirrored one is encoded", "[1]", zipped],
    ["the live one is a failure", (res) => res.writeHead(500).end("[1]"), "[1]"],
    ["the mirrored one is a failure", "[1]", (res) => res.writeHead(500).end("[1]")],
    ["the live one breaks off", (res) => res.writeHead(200).destroy(), "[1]"],
    ["the mirrored one breaks off", "[1]", (res) => res.writeHead(200).destroy()],
  ])("are not compared when %s", async (_what, live, mirrored) => {
    await route(live, mirrored, EXACT);
    expect(await compared()).toEqual({ ...NONE, uncompared: 1 });
  });

  it("are not looked at without rules", async () => {
    await route("[1]", "[2]", undefined);
    await endpoint.call({ body: "{}" });
    await until(() => green.mirror.snapshot().requests === 1);
    expect(green.mirror.snapshot().comparison).toEqual(NONE);
    expect(endpoint.router.comparison()).toBeUndefined();
  });

  it("reach the caller unchanged, however large they are", async () => {
    await route(large, "[1]", EXACT);
    expect((await endpoint.call({ body: "{}" })).body).toBe(large);
  });
});

describe("the counters of a comparison", () => {
  it("name a bounded number of fields, each cut to a bounded length", () => {
    const counters = createComparisonCounters();
    for (let pair = 0; pair < 300; pair += 1)
      counters.record([`$.${pair}`, `$.${"x".repeat(500)}`]);
    const { fields, different } = counters.snapshot();
    expect(different).toBe(300);
    expect(fields).toHaveLength(101);
    expect(Math.max(...fields.map(([field]) => field.length))).toBe(200);
    expect(fields.at(-1)).toEqual(["other fields", 201]);
  });
});
