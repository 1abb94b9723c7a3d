import { EventEmitter } from "node:events";
import { describe, expect, it } from "@jest/globals";
import type { ArmAnswer, ArmClient } from "../../conformance/armClient";
import { hourlyPrice } from "../../conformance/azure/cost";
import { interruption } from "../../conformance/azure/interruption";
import { describeDifference, differences } from "../../conformance/compare";
import { filled, runSequence } from "../../conformance/run";
import type { Step } from "../../conformance/sequence";

describe("an answer", () => {
  const answer = { status: 400, code: "BadRequest", message: "any", attempts: 1, seconds: 0 };

  it("is as expected whatever its message", () => {
    expect(differences({ status: 400, code: "BadRequest" }, answer)).toEqual([]);
  });

  it.each([
    ["status", { status: 404, code: "BadRequest" }, "status is 400 and not 404"],
    ["code", { status: 400, code: "Conflict" }, 'code is "BadRequest" and not "Conflict"'],
    [
      "an operation",
      { status: 400, code: "BadRequest", operation: "Failed" },
      'operation is absent and not "Failed"',
    ],
    [
      "a value",
      { status: 400, code: "BadRequest", values: { "a.b": 1 } },
      "a.b is absent and not 1",
    ],
    [
      "the split",
      { status: 400, code: "BadRequest", traffic: { blue: 100 } },
      'traffic is {} and not {"blue":100}',
    ],
    ["an ETag", { status: 400, code: "BadRequest", etag: true }, "etag is false and not true"],
  ] as const)("differs in %s", (_what, expected, words) => {
    expect(differences(expected, answer).map(describeDifference)).toEqual([words]);
  });
});

describe("placeholders", () => {
  it("are filled in texts and names, at any depth", () => {
    expect(filled({ "{{a}}": [{ b: "x-{{a}}" }, 1, null] }, { a: "1" })).toEqual({
      "1": [{ b: "x-1" }, 1, null],
    });
  });

  it("that nothing stands for are a bug", () => {
    expect(() => filled("{{a}}", {})).toThrow("nothing stands for {{a}}");
  });
});

describe("a step", () => {
  const write: Step = {
    name: "a write",
    request: { method: "PUT", path: "/x" },
    expected: { status: 200 },
  };
  const conflict: ArmAnswer = {
    status: 409,
    headers: {},
    body: { error: { code: "Conflict", message: "m" } },
  };
  const fine: ArmAnswer = { status: 200, headers: {}, body: {} };
  const take = async (step: Step, ...answers: ArmAnswer[]) => {
    const sent: string[] = [];
    const client: ArmClient = {
      send: ({ path }) => {
        sent.push(path);
        return Promise.resolve(answers[Math.min(sent.length, answers.length) - 1] ?? fine);
      },
      followed: () => Promise.resolve(undefined),
    };
    const target = { client, workspaceId: "/w", values: {}, attempts: 3, retryDelayMs: 0 };
    const [taken] = await runSequence(
      { id: "s", title: "S", needsFixture: false, steps: [step] },
      target,
    );
    return { sent, taken };
  };

  it("is sent with the API version that the program writes with", async () => {
    expect((await take(write, fine)).sent).toEqual(["/w/x?api-version=2025-12-01"]);
  });

  it("is sent again while another write is under way, and says how often", async () => {
    const { taken } = await take(write, conflict, conflict, fine);
    expect(taken).toMatchObject({ differences: [], answer: { status: 200, attempts: 3 } });
  });

  it("is not sent more often than the target says", async () => {
    const { sent, taken } = await take(write, conflict);
    expect(sent).toHaveLength(3);
    expect(taken?.differences.map(({ what }) => what)).toEqual(["status", "code"]);
  });

  it("that expects a refusal is sent once", async () => {
    const refused = { ...write, expected: { status: 409, code: "Conflict" } };
    expect((await take(refused, conflict, fine)).sent).toHaveLength(1);
  });

  it("that has to come true eventually is sent until it is", async () => {
    const old: ArmAnswer = {
      status: 200,
      headers: {},
      body: { properties: { traffic: { blue: 100 } } },
    };
    const now: ArmAnswer = {
      status: 200,
      headers: {},
      body: { properties: { traffic: { green: 100 } } },
    };
    const step: Step = {
      name: "a read",
      request: { method: "GET", path: "/x" },
      eventually: true,
      expected: { status: 200, traffic: { green: 100 } },
    };
    expect((await take(step, old, now)).taken).toMatchObject({
      differences: [],
      answer: { attempts: 2 },
    });
  });
});

describe("Ctrl-C", () => {
  it("aborts, and a second one ends nothing", () => {
    const source = new EventEmitter();
    const said: string[] = [];
    const { signal, stop } = interruption(source, (line) => said.push(line));
    expect(signal.aborted).toBe(false);
    source.emit("SIGINT");
    expect(signal.aborted).toBe(true);
    source.emit("SIGINT");
    source.emit("SIGTERM");
    expect(said).toEqual([
      "interrupted; removing what was created",
      "still removing what was created; please wait",
      "still removing what was created; please wait",
    ]);
    stop();
    expect(["SIGINT", "SIGTERM", "SIGHUP"].map((name) => source.listenerCount(name))).toEqual([
      0, 0, 0,
    ]);
  });
});

describe("the price of an instance", () => {
  const item = {
    retailPrice: 0.229,
    currencyCode: "USD",
    productName: "Virtual Machines DSv2 Series",
    skuName: "DS3 v2",
  };
  it("is the one without Windows, spot and low priority", async () => {
    const asked: string[] = [];
    const price = await hourlyPrice("canadacentral", (url) => {
      asked.push(decodeURIComponent(url));
      return Promise.resolve({
        Items: [
          { ...item, retailPrice: 0.4, productName: "Virtual Machines DSv2 Series Windows" },
          { ...item, retailPrice: 0.05, skuName: "DS3 v2 Spot" },
          { ...item, retailPrice: 0.06, skuName: "DS3 v2 Low Priority" },
          item,
        ],
      });
    });
    expect(price).toBe(0.229);
    expect(asked[0]).toContain(
      "armRegionName eq 'canadacentral' and armSkuName eq 'Standard_DS3_v2'",
    );
  });

  it.each([
    ["the list has no such size", () => Promise.resolve({ Items: [] })],
    ["the list answers otherwise", () => Promise.resolve("busy")],
    ["nothing answers", () => Promise.reject(new Error("offline"))],
  ])("is unknown when %s", async (_what, get) => {
    expect(await hourlyPrice("canadacentral", get)).toBeUndefined();
  });
});
