import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { UserError } from "../../errors";
import { ROLLOUT_TAG } from "../../traffic/rolloutTag";
import { FORMER, PLAN, Workbench } from "./harness";

/** What has to be right before the first percent. Does not prove that Azure answers like ARM in memory. */

let bench: Workbench;
beforeEach(() => {
  bench = new Workbench();
});
afterEach(() => {
  bench.remove();
});

describe("start", () => {
  it("tries the canary by header, then writes the first step with the tag, and returns", async () => {
    expect(await bench.start()).toBeUndefined();
    expect(bench.asked).toEqual(['green {"gauge": "leun"}']);
    expect(bench.live()).toEqual({ blue: 90, red: 10, green: 0, copies: { green: 10 } });
    expect(bench.endpoint.tags).toEqual({
      owner: "tests",
      [ROLLOUT_TAG]: expect.stringMatching(/^green [0-9a-f-]{36}$/) as unknown,
    });
    expect(bench.events()).toEqual(["started 1", "done 1"]);
    expect(bench.time).toBe(Date.parse("2026-03-01T12:00:00.000Z"));
    expect(bench.said).toEqual([
      "green answers the smoke test.",
      "Answers are not compared: mlscore:rollout has no parity.",
      "The rollout of green is at step 1 of 3 (10 % mirrored for 10 min): blue 90 %, red 10 %, green 0 %, 10 % mirrored to green.",
      "Next: advance watches this step and starts the next one; promote continues to the last one.",
    ]);
  });

  it("begins above the live share that the canary has already, without copies", async () => {
    bench.remove();
    bench = new Workbench({ blue: 60, red: 35, green: 5 });
    expect(await bench.start()).toBeUndefined();
    expect(bench.events()).toEqual(["started 2", "done 2"]);
    expect(bench.said).toContain(
      "It begins there because green had 5 % of the requests already, which the steps before do not exceed. An abort leaves it none; abort --former-share gives it that share back.",
    );
    expect(bench.live()).toEqual({ blue: 57, red: 33, green: 10, copies: {} });
    expect(await bench.abort()).toBeUndefined();
    expect(bench.live()).toEqual({ blue: 63, red: 37, green: 0, copies: {} });

    bench.remove();
    bench = new Workbench({ blue: 60, red: 30, green: 10 });
    expect(await bench.start()).toBeUndefined();
    expect(bench.events()).toEqual(["started 3", "done 3"]);
    expect(bench.live()).toEqual({ blue: 0, red: 0, green: 100, copies: {} });
  });

  it("does not overwrite a split that is changed while the canary is tried", async () => {
    bench.answer = () => {
      bench.endpoint.traffic = { blue: 50, red: 50, green: 0 };
      return { status: 200, body: "1" };
    };
    expect((await bench.start())?.message).toContain("changed outside of this rollout");
    expect(bench.live()).toEqual({ blue: 50, red: 50, green: 0, copies: {} });
    expect(bench.endpoint.tags).toEqual({ owner: "tests" });
  });

  it.each<[string, () => void, string, string]>([
    ["no plan", () => (bench.plan = undefined), "green", "no plan for a rollout"],
    ["a canary without YAML", () => undefined, "pink", "no YAML of a deployment pink"],
    [
      "a canary that is not there",
      () => Reflect.deleteProperty(bench.endpoint.deployments, "green"),
      "green",
      "declared and does not exist yet",
    ],
    [
      "a canary that was not started",
      () => (bench.endpoint.deployments["green"]!.state = "NotStarted"),
      "green",
      "green is declared and was not started; start it with: up --all",
    ],
    [
      "a canary that is not well",
      () => (bench.endpoint.deployments["green"]!.state = "Failed"),
      "green",
      "green is Failed, not Succeeded",
    ],
    [
      "a split that is not the declared one",
      () => (bench.endpoint.traffic = { blue: 80, red: 20 }),
      "green",
      "declared  blue 90 %, green 0 %, red 10 %\nChoose first: adopt",
    ],
    [
      "another one's tag",
      () => (bench.endpoint.tags[ROLLOUT_TAG] = "pink 1"),
      "green",
      "tag of a rollout (pink 1)",
    ],
    [
      "no request to try it with",
      () => (bench.plan = { ...PLAN, smoke: join(bench.folder, "none.json") }),
      "green",
      "there is no request to try the canary with",
    ],
  ])("refuses %s and changes nothing", async (_what, prepare, name, words) => {
    prepare();
    const before = JSON.stringify(bench.endpoint);
    const fault = await bench.start(name);
    expect(fault).toBeInstanceOf(UserError);
    expect(fault?.message).toContain(words);
    expect(JSON.stringify(bench.endpoint)).toBe(before);
    expect(bench.record).toBe("");
    expect(bench.asked).toEqual([]);
  });

  it("refuses when nothing else has requests, or another deployment gets copies", async () => {
    bench.remove();
    bench = new Workbench({ blue: 0, green: 100 });
    expect((await bench.start())?.message).toContain("No deployment but green has requests");
    bench.remove();
    bench = new Workbench({ blue: 100, red: 0, green: 0 });
    bench.endpoint.mirrorTraffic = { red: 5 };
    bench.write("endpoint.yml", [
      "name: flood",
      "traffic: {blue: 100}",
      "mirror_traffic: {red: 5}",
    ]);
    expect((await bench.start())?.message).toContain("red gets mirrored requests");
    expect(bench.endpoint.mirrorTraffic).toEqual({ red: 5 });
  });

  it("refuses a second rollout, of whatever canary", async () => {
    await bench.start();
    expect((await bench.start("red"))?.message).toContain("A rollout of green is under way");
    expect(bench.events()).toEqual(["started 1", "done 1"]);
  });

  it.each<[string, () => { status: number; body: string } | undefined, string]>([
    ["424", () => ({ status: 424, body: '{"message":"no\\n model"}' }), "with 424"],
    ["something that is not JSON", () => ({ status: 200, body: "<html>" }), "not JSON: <html>"],
    ["nothing", () => undefined, "did not answer the smoke test: connection refused"],
  ])("refuses a canary that answers %s, and puts that down", async (_what, answer, words) => {
    bench.answer = answer;
    const fault = await bench.start();
    expect(fault).toBeInstanceOf(UserError);
    expect(fault?.message).toContain("nothing was changed");
    expect(fault?.message).toContain(words);
    expect(bench.live()).toEqual(FORMER);
    expect(bench.lines()).toMatchObject([
      { event: "refused", canary: "green", reason: "green failed its smoke test" },
    ]);
    // Again, when it is well: a refused one was never open.
    bench.answer = () => ({ status: 200, body: "1" });
    expect(await bench.start()).toBeUndefined();
  });

  it("asks three times before a connection counts as refused", async () => {
    let asked = 0;
    bench.answer = () => ((asked += 1) < 3 ? undefined : { status: 200, body: "1" });
    expect(await bench.start()).toBeUndefined();
    expect(asked).toBe(3);
  });
});

describe("the comparison of answers", () => {
  const parity = () => ({
    requests: join(bench.folder, "requests"),
    absoluteTolerance: 0.05,
    relativeTolerance: 0,
    maxDifferentPercent: 0,
    ignore: ["model"],
  });
  beforeEach(() => {
    mkdirSync(join(bench.folder, "requests"));
    for (const name of ["b.json", "a.json"]) {
      writeFileSync(join(bench.folder, "requests", name), `"${name}"`);
    }
    writeFileSync(join(bench.folder, "requests", "notes.txt"), "no request");
    bench.plan = { ...bench.plan!, parity: parity() };
  });
  const answers = (green: unknown) => {
    bench.answer = (deployment) => ({
      status: 200,
      body: JSON.stringify(deployment === "green" ? green : { model: "old", p: [0.1, 0.5] }),
    });
  };

  it("asks the old deployment with the largest share and the canary each recorded request", async () => {
    answers({ model: "new", p: [0.14, 0.46] });
    expect(await bench.start()).toBeUndefined();
    expect(bench.asked.slice(1)).toEqual([
      'blue "a.json"',
      'green "a.json"',
      'blue "b.json"',
      'green "b.json"',
    ]);
    expect(bench.said).toContain("green answers 2 of 2 recorded requests as blue does.");
  });

  it("refuses a canary that answers otherwise, and shows where, but keeps no values on record", async () => {
    answers({ model: "new", p: [0.1, 0.9] });
    const fault = await bench.start();
    expect(fault?.message).toContain(
      "green answers 2 of 2 recorded requests (100 %) differently from blue, more than maxDifferentPercent 0",
    );
    expect(bench.said).toContain("  a.json $.p[1]: 0.9 instead of 0.5");
    expect(bench.live()).toEqual(FORMER);
    expect(bench.events()).toEqual(["refused"]);
    expect(bench.record).toContain("a.json $.p[1]; b.json $.p[1]");
    expect(bench.record).not.toContain("0.9");
  });

  it("lets as many differ as the plan says, and shows them", async () => {
    bench.plan = { ...bench.plan!, parity: { ...parity(), maxDifferentPercent: 50 } };
    bench.answer = (deployment, body) => ({
      status: 200,
      body: deployment === "green" && body.includes("a.json") ? "2" : "1",
    });
    expect(await bench.start()).toBeUndefined();
    expect(bench.said).toContain("  a.json $: 2 instead of 1");
    expect(bench.said).toContain("green answers 1 of 2 recorded requests as blue does.");
  });

  it("takes another status of the canary for a difference", async () => {
    bench.answer = (deployment, body) =>
      deployment === "green" && body.includes("b.json")
        ? { status: 424, body: "{}" }
        : { status: 200, body: "1" };
    expect((await bench.start())?.message).toContain("1 of 2 recorded requests (50 %)");
    expect(bench.said).toContain("  b.json $: status 424 instead of 200");
  });

  it("refuses recorded requests that the old deployment does not answer", async () => {
    bench.answer = (deployment) =>
      deployment === "green" ? { status: 200, body: "1" } : { status: 424, body: "no" };
    expect((await bench.start())?.message).toContain(
      "a.json cannot be compared: blue answers it with 424: no",
    );
    expect(bench.record).toBe("");
  });

  it("refuses a folder without requests", async () => {
    bench.plan = { ...bench.plan!, parity: { ...parity(), requests: bench.folder + "/none" } };
    expect((await bench.start())?.message).toContain("there is no recorded request to compare by");
  });
});
