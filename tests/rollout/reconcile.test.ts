import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import { UserError } from "../../errors";
import { adopt, restore } from "../../rollout/reconcile";
import { recorded } from "../../rollout/state";
import { status } from "../../rollout/status";
import { ROLLOUT_TAG } from "../../traffic/rolloutTag";
import { Killed } from "../armHarness";
import { both, metrics, MINUTE, Workbench } from "./harness";

/** What somebody changed outside is shown, kept or taken back. Does not prove that Azure shows changes at once. */

let bench: Workbench;
beforeEach(() => {
  bench = new Workbench();
});
afterEach(() => {
  bench.remove();
});

const keep = (takeOver = false) => bench.run((context) => adopt(context, { takeOver }));
const takeBack = (takeOver = false) => bench.run((context) => restore(context, { takeOver }));
const change = (blue: number, red: number, green: number) => {
  bench.endpoint.traffic = { blue, red, green };
};

describe("status", () => {
  it("says that all is as declared, and what comes next", async () => {
    expect((await bench.explained()).split("\n")).toEqual([
      "Live: blue 90 %, red 10 %, green 0 %",
      "No rollout is under way.",
      "Next: start --canary NAME begins one.",
    ]);
  });

  it("shows a split, instance counts and deployments that are not the declared ones", async () => {
    change(50, 50, 0);
    bench.endpoint.deployments["blue"]!.instances = 3;
    Reflect.deleteProperty(bench.endpoint.deployments, "green");
    bench.endpoint.deployments["pink"] = { state: "Succeeded", instances: 1 };
    expect((await bench.explained()).split("\n").slice(3)).toEqual([
      "The live split is not the declared one: blue 90 %, green 0 %, red 10 %.",
      "blue has 3 instances, and 1 declared.",
      "Choose: adopt writes what is live into the YAML, restore writes the declared one to the endpoint.",
      "pink is there without a YAML.",
      "green is declared and does not exist. To create it: up --all",
    ]);
    expect((await status(await bench.context())).drift).toEqual({
      split: {
        live: { traffic: { blue: 50, red: 50, green: 0 }, mirrorTraffic: {} },
        declared: { traffic: { blue: 90, red: 10, green: 0 }, mirrorTraffic: {} },
      },
      instanceCounts: [{ deployment: "blue", live: 3, declared: 1 }],
      undeclared: ["pink"],
      missing: ["green"],
      notStarted: [],
    });
  });

  it("tells a deployment that was not started from one that failed, with the command that starts it", async () => {
    bench.endpoint.deployments["green"]!.state = "NotStarted";
    expect((await bench.explained()).split("\n").slice(3)).toEqual([
      "green is declared and was not started. To start it: up --all",
    ]);
    bench.endpoint.deployments["green"]!.state = "Failed";
    expect((await status(await bench.context())).drift.notStarted).toEqual([]);
  });

  it("explains a step under way: since when, what the gate says, what to do next", async () => {
    await bench.start();
    await bench.advance();
    bench.time += 1.5 * MINUTE;
    const lines = (await bench.explained()).split("\n");
    expect(lines[1]).toMatch(
      /^A rollout of green is under way since 2026-03-01T12:00:00.000Z \([0-9a-f-]{36}\)\.$/,
    );
    expect(lines.slice(2)).toEqual([
      "It is at step 2 of 3 (10 % of the requests for 10 min) since 2026-03-01T12:10:00.000Z, 8 min 30 s left.",
      "green: 90 requests, 0 % failed, p95 100 ms. Old deployments: 180 requests, p95 100 ms.",
      "Gate: inconclusive so far: 90 requests came to green, and minRequests is 100.",
      "Odds that a limit is exceeded (needed for a breach): maxErrorPercent 0.28 (148), maxP95Ratio 0.11 (267).",
      "Next: advance watches the rest and continues with step 3 of 3 (100 % of the requests for 10 min); abort returns the traffic to the old deployments.",
    ]);
    bench.time += 30 * MINUTE;
    expect(await bench.explained()).toContain("its time is over");
    bench.window = () => new Map([["green", both(metrics(100, 12))]]);
    expect(await bench.explained()).toContain(
      "Gate: breached: 12 % of 100 requests to green failed (500: 12), more than maxErrorPercent 1.",
    );
    // Looking changes nothing, whatever there is to see.
    expect(bench.endpoint.traffic["green"]).toBe(10);
    expect(bench.events()).toHaveLength(4);
  });

  it("tests a step with less of the risk each time that its window begins anew, and with the same after a kill", async () => {
    const needed = async () =>
      (await bench.explained()).match(/maxErrorPercent \S+ \((\S+)\)/)?.[1];
    await bench.start();
    expect(await needed()).toBe("148");
    bench.effectsLeft = 0;
    expect(await bench.advance()).toBeInstanceOf(Killed);
    bench.effectsLeft = Number.POSITIVE_INFINITY;
    expect(await needed()).toBe("148");
    change(50, 50, 0);
    expect(await takeBack()).toBeUndefined();
    expect(await needed()).toBe("1480");
    expect(await bench.advance()).toBeUndefined();
    expect(await needed()).toBe("148");
  });

  it("has the same for programs", async () => {
    await bench.start();
    const { lines: _lines, ...known } = await status(await bench.context());
    expect(known).toMatchObject({
      endpoint: "flood",
      split: { mirrorTraffic: { green: 10 } },
      rollout: {
        canary: "green",
        situation: "asRecorded",
        step: 1,
        steps: 3,
        gate: { verdict: { kind: "inconclusive" }, elapsed: 0 },
      },
      drift: { instanceCounts: [] },
    });
    expect(known.drift).not.toHaveProperty("split");
  });

  it("explains a tag whose record is not here", async () => {
    bench.endpoint.tags[ROLLOUT_TAG] = "pink 123";
    expect(await bench.explained()).toContain(
      "The endpoint has the tag of a rollout (pink 123) that the record rollout.jsonl does not know",
    );
  });
});

describe("without a rollout", () => {
  it("adopt writes what is live into the YAML and leaves the endpoint alone", async () => {
    change(40, 10, 50);
    bench.endpoint.mirrorTraffic = {};
    bench.endpoint.deployments["green"]!.instances = 4;
    const { revision } = bench.endpoint;
    expect(await keep()).toBeUndefined();
    expect(bench.read("endpoint.yml")).toContain(
      "traffic:\n  blue: 40 # percent\n  red: 10 # percent\n  green: 50 # percent\n",
    );
    expect(bench.read("green.yml")).toContain("instance_count: 4");
    expect(bench.endpoint.revision).toBe(revision);
    expect(bench.said.map((line) => line.replace(/\S*\//, ""))).toEqual([
      "Adopted: endpoint.yml traffic.blue: 90 → 40",
      "Adopted: endpoint.yml traffic.green: 0 → 50",
      "Adopted: green.yml instance_count: 1 → 4",
      "Commit this change.",
    ]);
    expect(await bench.explained()).not.toContain("Choose");
  });

  it("adopt takes copies along", async () => {
    change(90, 10, 0);
    bench.endpoint.mirrorTraffic = { green: 5 };
    expect(await keep()).toBeUndefined();
    expect(bench.read("endpoint.yml")).toContain("mirror_traffic:\n  green: 5\n");
    bench.endpoint.mirrorTraffic = { red: 7 };
    bench.endpoint.traffic = { blue: 100, red: 0, green: 0 };
    expect(await keep()).toBeUndefined();
    expect(bench.read("endpoint.yml")).toContain("mirror_traffic:\n  red: 7\n");
    bench.endpoint.mirrorTraffic = {};
    expect(await keep()).toBeUndefined();
    expect(bench.read("endpoint.yml")).not.toContain("mirror");
  });

  it("adopt refuses a split over a deployment without YAML", async () => {
    bench.endpoint.deployments["pink"] = { state: "Succeeded", instances: 1 };
    bench.endpoint.traffic = { blue: 50, pink: 50 };
    const before = bench.read("endpoint.yml");
    expect((await keep())?.message).toContain("pink has requests and no YAML");
    expect(bench.read("endpoint.yml")).toBe(before);
  });

  it("restore writes what is declared to the endpoint and leaves the YAML alone", async () => {
    change(40, 10, 50);
    bench.endpoint.deployments["green"]!.instances = 4;
    const before = bench.read("endpoint.yml");
    expect(await takeBack()).toBeUndefined();
    expect(bench.endpoint.traffic).toEqual({ blue: 90, red: 10, green: 0 });
    expect(bench.endpoint.deployments["green"]!.instances).toBe(1);
    expect(bench.endpoint.tags).toEqual({ owner: "tests" });
    expect(bench.read("endpoint.yml")).toBe(before);
    expect(bench.said).toEqual([
      "Restored split: blue 90 %, green 0 %, red 10 %",
      "Restored instances of green: 4 → 1",
    ]);
  });

  it("both say so when there is nothing to do", async () => {
    await keep();
    await takeBack();
    expect(bench.said).toEqual([
      "The YAML matches the endpoint; nothing to adopt.",
      "The endpoint matches the recorded state; nothing to restore.",
    ]);
    expect(bench.endpoint.revision).toBe(1);
  });

  it("both leave a rollout alone whose record is not here, unless it is taken over", async () => {
    bench.endpoint.tags[ROLLOUT_TAG] = "pink 123";
    change(80, 10, 10);
    for (const choice of [keep, takeBack]) {
      const fault = await choice();
      expect(fault).toBeInstanceOf(UserError);
      expect(fault?.message).toContain("--take-over");
    }
    expect(bench.endpoint.traffic["green"]).toBe(10);
    expect(await takeBack(true)).toBeUndefined();
    expect(bench.endpoint.traffic["green"]).toBe(0);
    expect(bench.endpoint.tags).toEqual({ owner: "tests" });

    bench.endpoint.tags[ROLLOUT_TAG] = "pink 123";
    change(80, 10, 10);
    expect(await keep(true)).toBeUndefined();
    expect(bench.endpoint.traffic["green"]).toBe(10);
    expect(bench.endpoint.tags).toEqual({ owner: "tests" });
    expect(bench.read("endpoint.yml")).toContain("green: 10");
  });
});

describe("during a rollout", () => {
  beforeEach(async () => {
    await bench.start();
    await bench.advance();
    bench.said = [];
  });

  it("restore brings the step's split back, and its time begins anew", async () => {
    change(50, 0, 50);
    bench.time += 5 * MINUTE;
    expect(await takeBack()).toBeUndefined();
    expect(bench.live()).toEqual({ blue: 81, red: 9, green: 10, copies: {} });
    expect(bench.events().slice(-2)).toEqual(["intent 2", "done 2"]);
    const before = bench.time;
    expect(await bench.advance()).toBeUndefined();
    expect(bench.time - before).toBe(10 * MINUTE);
  });

  it("restore brings the tag back, which keeps others off", async () => {
    const { tags } = bench.endpoint;
    bench.endpoint.tags = { owner: "tests" };
    expect((await bench.advance())?.message).toContain("its rollout tag is gone");
    expect(await takeBack()).toBeUndefined();
    expect(bench.endpoint.tags).toEqual(tags);
  });

  it("adopt keeps what is live, declares it and ends the rollout", async () => {
    change(50, 0, 50);
    expect(await keep()).toBeUndefined();
    expect(bench.live()).toEqual({ blue: 50, red: 0, green: 50, copies: {} });
    expect(bench.endpoint.tags).toEqual({ owner: "tests" });
    expect(bench.read("endpoint.yml")).toContain(
      "blue: 50 # percent\n  red: 0 # percent\n  green: 50 # percent",
    );
    expect(recorded(bench.lines(), "flood")).toMatchObject({ last: { outcome: "adopted" } });
    expect(await bench.start()).toBeUndefined();
  });

  it("neither changes a split that nobody changed", async () => {
    expect(await keep()).toBeUndefined();
    expect(await takeBack()).toBeUndefined();
    expect(bench.live()).toEqual({ blue: 81, red: 9, green: 10, copies: {} });
    expect(bench.events()).toHaveLength(4);
    expect(bench.read("endpoint.yml")).toContain("blue: 90");
  });

  it("neither touches another one's rollout", async () => {
    bench.endpoint.tags[ROLLOUT_TAG] = "pink 123";
    expect((await keep())?.message).toContain("pink 123");
    expect((await takeBack())?.message).toContain("pink 123");
    expect(bench.endpoint.tags[ROLLOUT_TAG]).toBe("pink 123");
  });
});

describe("a write that was cut off, and a change outside after that", () => {
  beforeEach(async () => {
    await bench.start();
    // The line that announces step 2, and no more.
    bench.effectsLeft = 3;
    expect(await bench.advance()).toBeInstanceOf(Killed);
    bench.effectsLeft = Number.POSITIVE_INFINITY;
    expect(bench.events().at(-1)).toBe("intent 2");
    change(30, 0, 70);
  });

  it("is not gone on from, nor back", async () => {
    for (const command of ["advance", "promote", "abort"] as const) {
      expect((await bench[command]())?.message).toContain("changed outside of this rollout");
    }
    expect(await bench.explained()).toContain("changed outside of this rollout");
    expect(bench.endpoint.traffic).toEqual({ blue: 30, red: 0, green: 70 });
  });

  it("is restored to what was announced last", async () => {
    expect(await takeBack()).toBeUndefined();
    expect(bench.live()).toEqual({ blue: 81, red: 9, green: 10, copies: {} });
    expect(await bench.promote()).toBeUndefined();
  });

  it("is restored to the end that was announced last, which is declared then", async () => {
    expect(await takeBack()).toBeUndefined();
    await bench.advance();
    bench.effectsLeft = 3;
    expect(await bench.promote()).toBeInstanceOf(Killed);
    bench.effectsLeft = Number.POSITIVE_INFINITY;
    expect(bench.events().at(-1)).toBe("intent promoted");
    change(30, 0, 70);
    expect(await takeBack()).toBeUndefined();
    expect(bench.live()).toEqual({ blue: 0, red: 0, green: 100, copies: {} });
    expect(bench.endpoint.tags).toEqual({
      owner: "tests",
      "mlscore-promoted": "green 2026-03-01T12:30:00.000Z",
    });
    expect(recorded(bench.lines(), "flood").last?.outcome).toBe("promoted");
    expect(bench.read("endpoint.yml")).toContain("green: 100");
  });

  it("is adopted as it is", async () => {
    bench.endpoint.mirrorTraffic = {};
    expect(await keep()).toBeUndefined();
    expect(bench.live()).toEqual({ blue: 30, red: 0, green: 70, copies: {} });
    expect(recorded(bench.lines(), "flood").last?.outcome).toBe("adopted");
  });
});
