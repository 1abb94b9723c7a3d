import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import { abort } from "../../rollout/finish";
import { both, FORMER, metrics, Workbench } from "./harness";

/** How a rollout ends. Does not prove that Azure answers like ARM in memory. */

let bench: Workbench;
beforeEach(() => {
  bench = new Workbench();
});
afterEach(() => {
  bench.remove();
});

describe("promote", () => {
  it("goes to the end, closes the rollout and declares the final split", async () => {
    await bench.start();
    expect(await bench.promote()).toBeUndefined();
    expect(bench.live()).toEqual({ blue: 0, red: 0, green: 100, copies: {} });
    expect(bench.endpoint.tags).toEqual({
      owner: "tests",
      "mlscore-promoted": "green 2026-03-01T12:30:00.000Z",
    });
    expect(bench.time).toBe(Date.parse("2026-03-01T12:30:00.000Z"));
    expect(bench.events()).toEqual([
      ...["started 1", "done 1", "intent 2", "done 2", "intent 3", "done 3"],
      ...["intent promoted", "done promoted"],
    ]);
    expect(bench.read("endpoint.yml")).toBe(
      "# Who may change this: the team.\nname: flood\nauth_mode: key\ntraffic:\n  blue: 0 # percent\n  red: 0 # percent\n  green: 100 # percent\n",
    );
    expect(bench.said.filter((line) => line.startsWith("Adopted"))).toHaveLength(3);
    expect(await bench.explained()).toContain(
      "The last one, of green, was promoted: the last step has passed its gate. That was at 2026-03-01T12:30:00.000Z.",
    );
  });

  it("judges the last step by absolute limits, since nothing else has requests", async () => {
    await bench.start();
    await bench.advance();
    await bench.advance();
    bench.said = [];
    bench.window = () => new Map([["green", both(metrics(500, 0, 9000))]]);
    expect(await bench.promote()).toBeUndefined();
    expect(bench.said).toContain(
      "maxP95Ratio is not checked: at 100 % the old deployments get no requests to compare with",
    );
  });

  it("stops where a limit is broken", async () => {
    await bench.start();
    await bench.advance();
    bench.window = () => new Map([["green", both(metrics(100, 50))]]);
    expect((await bench.promote())?.message).toContain("step 2 of 3");
    expect(bench.live()).toEqual(FORMER);
  });

  it("warns, and ends well, when the YAML cannot be changed", async () => {
    await bench.start();
    await bench.advance();
    await bench.advance();
    // While it waits, somebody writes it in a way that is left to people.
    bench.onSleep = () => {
      bench.write("endpoint.yml", ["a: &t {blue: 90, red: 10}", "name: flood", "traffic: *t"]);
    };
    expect(await bench.promote()).toBeUndefined();
    expect(bench.warned.join("\n")).toContain("the final split is not declared yet");
    expect(bench.warned.join("\n")).toContain("green 100 %");
    expect(bench.events().at(-1)).toBe("done promoted");
  });
});

describe("abort", () => {
  it.each([0, 1, 2])("gives the requests back after %i advances", async (times) => {
    await bench.start();
    for (let time = 0; time < times; time += 1) await bench.advance();
    expect(await bench.abort()).toBeUndefined();
    expect(bench.live()).toEqual(FORMER);
    expect(bench.endpoint.tags).toEqual({ owner: "tests" });
    expect(bench.events().at(-1)).toBe("done aborted");
    expect(bench.read("endpoint.yml")).toContain("blue: 90 # percent");
    expect(await bench.start()).toBeUndefined();
  });

  it.each([
    ["with the rollout's tag", () => undefined],
    ["and took the tag away", () => delete bench.endpoint.tags["mlscore-rollout"]],
  ])("ends the rollout when somebody has given the requests back %s", async (_what, change) => {
    await bench.start();
    await bench.advance();
    bench.endpoint.traffic = { blue: 90, red: 10, green: 0 };
    change();
    expect(await bench.abort()).toBeUndefined();
    expect(bench.live()).toEqual(FORMER);
    expect(bench.endpoint.tags).toEqual({ owner: "tests" });
    expect(bench.events().at(-1)).toBe("done aborted");
  });

  it("is refused when another split was written, or another rollout wrote this one", async () => {
    await bench.start();
    bench.endpoint.traffic = { blue: 50, red: 50, green: 0 };
    expect((await bench.abort())?.message).toContain("changed outside of this rollout");
    bench.endpoint.traffic = { blue: 90, red: 10, green: 0 };
    bench.endpoint.tags["mlscore-rollout"] = "another";
    expect((await bench.abort())?.message).toContain("changed outside of this rollout");
  });

  it("is refused when there is nothing to abort", async () => {
    expect((await bench.abort())?.message).toBe(
      "No rollout is under way. Start one with: start --canary NAME",
    );
  });
});

describe("abort --former-share", () => {
  it("gives the canary the share back that it had before, and declares it", async () => {
    bench.remove();
    const before = { blue: 80, red: 15, green: 5 };
    bench = new Workbench(before);
    await bench.start();
    expect(bench.live()).toMatchObject({ green: 10 });
    const former = (formerShare: boolean) =>
      bench.run((context) => abort(context, { formerShare }));
    expect(await former(true)).toBeUndefined();
    expect(bench.live()).toEqual({ ...before, copies: {} });
    expect(bench.events().at(-1)).toBe("done aborted");
    expect(bench.read("endpoint.yml")).toContain("green: 5");

    await bench.start();
    expect(await former(false)).toBeUndefined();
    expect(bench.live()).toMatchObject({ green: 0 });
  });
});
