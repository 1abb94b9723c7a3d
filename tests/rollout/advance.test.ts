import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import { UserError } from "../../errors";
import { advance } from "../../rollout/advance";
import { ArmError } from "../../traffic/arm";
import { both, FORMER, GATE, metrics, MINUTE, PLAN, Workbench } from "./harness";

/** One step to the next. Does not prove that Azure answers like ARM in memory. */

let bench: Workbench;
beforeEach(() => {
  bench = new Workbench();
});
afterEach(() => {
  bench.remove();
});

describe("advance", () => {
  beforeEach(async () => {
    await bench.start();
    bench.said = [];
  });

  it("watches the step to its end and writes the next one, with what it saw on record", async () => {
    expect(await bench.advance()).toBeUndefined();
    expect(bench.time).toBe(Date.parse("2026-03-01T12:10:00.000Z"));
    expect(bench.live()).toEqual({ blue: 81, red: 9, green: 10, copies: {} });
    expect(bench.events()).toEqual(["started 1", "done 1", "intent 2", "done 2"]);
    expect(bench.lines()[2]).toMatchObject({
      time: "2026-03-01T12:10:00.000Z",
      from: { mirrorTraffic: { green: 10 } },
      to: { traffic: { blue: 81, red: 9, green: 10 }, mirrorTraffic: {} },
      reason: "step 1 has passed its gate",
      analysis: {
        step: 0,
        canary: { requests: 600, errors: 0, byStatus: { "200": 600 }, p95Ms: 100 },
        old: { requests: 1200, p95Ms: 100 },
      },
    });
    expect(bench.said).toEqual([
      "Watching step 1 of 3 (10 % mirrored for 10 min).",
      "The gate is passed: 600 requests, 0 % failed, p95 100 ms.",
      "Now at step 2 of 3 (10 % of the requests for 10 min): blue 81 %, red 9 %, green 10 %.",
    ]);
    expect(bench.progress).toHaveLength(11);
    expect(bench.progress[1]).toBe(
      "1 min of 10 min. green: 60 requests, 0 % failed, p95 100 ms. Old: 120 requests, p95 100 ms",
    );
  });

  it("waits for nothing when the step's time is over already", async () => {
    bench.time += 20 * MINUTE;
    const before = bench.time;
    expect(await bench.advance()).toBeUndefined();
    expect(bench.time).toBe(before);
  });

  it("leaves the last step as it is, and says what comes next", async () => {
    await bench.advance();
    await bench.advance();
    expect(bench.live()).toEqual({ blue: 0, red: 0, green: 100, copies: {} });
    expect(await bench.advance()).toBeUndefined();
    expect(bench.events().at(-1)).toBe("done 3");
    expect(bench.said.at(-1)).toBe("This is the last step, and its gate is passed. Next: promote.");
  });

  it("gives the requests back as soon as a limit is broken, and says which", async () => {
    await bench.advance();
    bench.window = (seconds) =>
      new Map([["green", both(metrics(seconds, Math.floor(seconds / 10)))]]);
    const before = bench.time;
    const fault = await bench.advance();
    expect(fault).toBeInstanceOf(UserError);
    expect(fault?.message).toBe(
      "step 2 of 3 (10 % of the requests for 10 min) failed its gate: 10 % of 60 requests to green failed (500: 6), more than maxErrorPercent 1.\nThe old deployments have all traffic again.",
    );
    // The first look; so many failures are enough before minRequests has come.
    expect(bench.time - before).toBe(MINUTE);
    expect(bench.live()).toEqual(FORMER);
    expect(bench.endpoint.tags).toEqual({ owner: "tests" });
    expect(bench.events().slice(-2)).toEqual(["intent rolledBack", "done rolledBack"]);
    expect(bench.lines().at(-2)).toMatchObject({
      reason: expect.stringContaining("more than maxErrorPercent 1") as unknown,
      analysis: { step: 1, canary: { requests: 60, errors: 6 } },
    });
  });

  it("leaves the split when the step says stop, and can look again", async () => {
    bench.remove();
    bench = new Workbench();
    const gate = { ...GATE, onBreach: "stop" as const };
    bench.plan = { ...bench.plan!, steps: PLAN.steps.map((step) => ({ ...step, gate })) };
    await bench.start();
    const well = bench.window;
    bench.window = () => new Map([["green", both(metrics(100, 50))]]);
    const fault = await bench.advance();
    expect(fault?.message).toContain("50 % of 100 requests to green failed");
    expect(fault?.message).toContain("The split is left as it is (onBreach is stop)");
    expect(bench.live().copies).toEqual({ green: 10 });
    expect(bench.events()).toEqual(["started 1", "done 1", "stopped"]);
    expect(await bench.explained()).toContain("It was stopped: step 1 of 3");
    bench.window = well;
    expect(await bench.advance()).toBeUndefined();
    expect(bench.events().at(-1)).toBe("done 2");
  });

  it("waits one more dwell for requests, then gives up without a change", async () => {
    bench.window = () => new Map([["green", both(metrics(99))]]);
    const before = bench.time;
    const fault = await bench.advance();
    expect(fault?.message).toContain(
      "step 1 of 3 (10 % mirrored for 10 min) is inconclusive: 99 mirrored requests came to green, and minRequests is 100",
    );
    expect(fault?.message).toContain("Nothing was changed");
    expect(bench.time - before).toBe(20 * MINUTE);
    expect(bench.live().copies).toEqual({ green: 10 });
    expect(bench.events()).toEqual(["started 1", "done 1", "stopped"]);
    // Asked again much later it waits again, and judges as soon as there is enough.
    bench.time += 60 * MINUTE;
    const later = bench.time;
    bench.onSleep = () => {
      if (bench.time >= later + 3 * MINUTE) {
        bench.window = () => new Map([["green", both(metrics(100))]]);
      }
    };
    expect(await bench.advance()).toBeUndefined();
    expect(bench.time - later).toBe(3 * MINUTE);
    expect(bench.events().at(-1)).toBe("done 2");
  });

  it("goes on without a verdict when it is asked to, at the end of the step's time", async () => {
    bench.window = () => new Map();
    const before = bench.time;
    expect(await bench.advanceInconclusive()).toBeUndefined();
    expect(bench.time - before).toBe(10 * MINUTE);
    expect(bench.said).toContain(
      "The gate is inconclusive, and --inconclusive continues: 0 mirrored requests came to green, and minRequests is 100.",
    );
    // A broken limit is one all the same.
    bench.window = () => new Map([["green", both(metrics(100, 50))]]);
    expect((await bench.advanceInconclusive())?.message).toContain("failed its gate");
  });

  it("rolls back when the canary fails or disappears meanwhile", async () => {
    await bench.advance();
    bench.onSleep = () => (bench.endpoint.deployments["green"]!.state = "Failed");
    expect((await bench.advance())?.message).toContain(
      "the deployment green is Failed, not Succeeded",
    );
    expect(bench.live()).toEqual(FORMER);

    bench.remove();
    bench = new Workbench();
    await bench.start();
    await bench.advance();
    bench.onSleep = () => {
      Reflect.deleteProperty(bench.endpoint.deployments, "green");
      bench.endpoint.traffic = { blue: 81, red: 9, green: 10 };
    };
    expect((await bench.advance())?.message).toContain("the deployment green no longer exists");
    expect(bench.live()).toEqual({ blue: 90, red: 10, copies: {} });
    expect(bench.events().at(-1)).toBe("done rolledBack");
  });

  it("rolls back when the canary does not answer at the end of a step", async () => {
    bench.answer = () => ({ status: 424, body: "no" });
    expect((await bench.advance())?.message).toContain(
      "green answered the smoke test with 424: no",
    );
    expect(bench.live()).toEqual(FORMER);
  });

  it("waits out a canary that is being scaled, and gives up when that does not end", async () => {
    bench.endpoint.deployments["green"]!.state = "Scaling";
    const begun = bench.time;
    bench.onSleep = () => {
      if (bench.time >= begun + 12 * MINUTE) {
        bench.endpoint.deployments["green"]!.state = "Succeeded";
      }
    };
    expect(await bench.advance()).toBeUndefined();
    expect(bench.time - begun).toBe(12 * MINUTE);
    bench.onSleep = () => (bench.endpoint.deployments["green"]!.state = "Updating");
    expect((await bench.advance())?.message).toContain(
      "is inconclusive: the deployment green is Updating, not Succeeded",
    );
    expect(bench.live()["green"]).toBe(10);
  });

  it("says why it rolls back also when it cannot, and the next command does it", async () => {
    await bench.advance();
    bench.endpoint.deployments["green"]!.state = "Failed";
    bench.endpoint.deployments["blue"]!.state = "Scaling";
    const fault = await bench.advance();
    expect(fault).toBeInstanceOf(UserError);
    expect(fault?.message).toContain("the deployment green is Failed, not Succeeded.\nThe traffic");
    expect(fault?.message).toContain("could not be returned yet");
    expect(bench.live()["green"]).toBe(10);
    bench.endpoint.deployments["blue"]!.state = "Succeeded";
    expect(await bench.abort()).toBeUndefined();
    expect(bench.live()).toEqual(FORMER);
  });

  it("changes nothing when the endpoint cannot be reached, and goes on from there", async () => {
    const before = JSON.stringify(bench.endpoint);
    const gone = new ArmError(503, "ServiceUnavailable", "gone");
    let polls = 0;
    const fault = await bench.run(async (context) => {
      const read = () => ((polls += 1) > 5 ? Promise.reject(gone) : context.endpoint.read());
      const endpoint = { ...context.endpoint, read };
      await advance({ ...context, endpoint }, { inconclusive: false });
    });
    expect(fault).toBe(gone);
    expect(JSON.stringify(bench.endpoint)).toBe(before);
    expect(bench.events()).toEqual(["started 1", "done 1"]);
    expect(await bench.advance()).toBeUndefined();
    expect(bench.events().at(-1)).toBe("done 2");
  });

  it("does not overwrite a split that somebody changes meanwhile", async () => {
    bench.onSleep = () => (bench.endpoint.traffic = { blue: 50, red: 50, green: 0 });
    const fault = await bench.advance();
    expect(fault).toBeInstanceOf(UserError);
    expect(fault?.message).toContain("changed outside of this rollout");
    expect(fault?.message).toContain("live      blue 50 %, red 50 %");
    expect(bench.live()).toEqual({ blue: 50, red: 50, green: 0, copies: { green: 10 } });
    expect(bench.events()).toEqual(["started 1", "done 1"]);
    expect((await bench.advance())?.message).toContain("changed outside of this rollout");
    expect((await bench.abort())?.message).toContain("changed outside of this rollout");
    expect(await bench.explained()).toContain("changed outside of this rollout");
    expect(bench.live()["blue"]).toBe(50);
  });

  it("does not overwrite a split that is changed between the last look and the write", async () => {
    bench.answer = () => {
      bench.endpoint.traffic = { blue: 50, red: 50, green: 0 };
      return { status: 200, body: "1" };
    };
    expect((await bench.advance())?.message).toContain("changed outside of this rollout");
    expect(bench.live()).toEqual({ blue: 50, red: 50, green: 0, copies: { green: 10 } });
  });

  it("is refused when no rollout is under way", async () => {
    await bench.abort();
    expect((await bench.advance())?.message).toBe(
      "No rollout is under way. The last one, of green, was aborted: the user aborted it. Start one with: start --canary NAME",
    );
  });
});
