import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import { pictureOf, type Picture } from "../../../rollout/picture/model";
import { rateBounds } from "../../../statistics/rateBounds";
import { PLACE } from "../../armHarness";
import { both, metrics, MINUTE, Workbench } from "../harness";

/** What a drawing shows, of records that the commands themselves have written. */

let bench: Workbench;
beforeEach(() => {
  bench = new Workbench();
});
afterEach(() => {
  bench.remove();
});

function picture(): Picture {
  const now = new Date(bench.time).toISOString();
  const found = pictureOf(bench.lines(), PLACE.endpointName, now);
  if (found === undefined) throw new Error("there is no picture");
  return found;
}

const minutes = ({ shares, rollout }: Picture) =>
  shares.map(({ from, to, percent, isMirrored }) => [
    (Date.parse(from) - Date.parse(rollout.startedAt)) / MINUTE,
    (Date.parse(to) - Date.parse(from)) / MINUTE,
    `${percent}${isMirrored ? " mirrored" : ""}`,
  ]);

describe("the picture of a rollout", () => {
  it("is none where no rollout of the endpoint has begun", async () => {
    expect(pictureOf([], "flood", "2026-03-01T12:00:00.000Z")).toBeUndefined();
    await bench.start();
    expect(pictureOf(bench.lines(), "another", "2026-03-01T12:00:00.000Z")).toBeUndefined();
  });

  it("has the share of each time, up to now", async () => {
    await bench.start();
    bench.time += 3 * MINUTE;
    expect(picture().ended).toBeUndefined();
    expect(minutes(picture())).toEqual([[0, 3, "10 mirrored"]]);
    expect(picture().steps.map(({ state }) => state)).toEqual([
      "under way",
      "not begun",
      "not begun",
    ]);
  });

  it("says which steps the rollout skipped, because the canary had more requests already", async () => {
    bench.remove();
    bench = new Workbench({ blue: 60, red: 10, green: 30 });
    await bench.start();
    expect(picture().steps.map(({ state }) => state)).toEqual(["skipped", "skipped", "under way"]);
  });

  it("has what each gate saw of both, with bounds of the rates", async () => {
    bench.window = (seconds) =>
      new Map([
        ["blue", both(metrics(seconds * 9, 9, 90))],
        ["red", both(metrics(seconds, 1, 90))],
        ["green", both(metrics(seconds, 0, 100))],
      ]);
    await bench.start();
    expect(await bench.promote()).toBeUndefined();
    const shown = picture();
    const { steps, rollout } = shown;
    expect(shown.ended).toBe("promoted");
    expect(steps.map(({ state }) => state)).toEqual(["passed", "passed", "passed"]);
    expect(minutes(shown)).toEqual([
      [0, 10, "10 mirrored"],
      [10, 10, "10"],
      [20, 10, "100"],
      [30, 0, "100"],
    ]);
    const percents = (hits: number, trials: number) => {
      const { low, high } = rateBounds({ hits, trials }, 1 - rollout.confidence / 100);
      return { percent: (100 * hits) / trials, low: 100 * low, high: 100 * high };
    };
    expect(steps[1]?.canary).toEqual({ requests: 600, errors: percents(0, 600), p95Ms: 100 });
    expect(steps[1]?.old).toEqual({ requests: 6000, errors: percents(10, 6000), p95Ms: 90 });
  });

  it("says by which gate a rollout was rolled back", async () => {
    await bench.start();
    bench.window = (seconds) =>
      new Map([
        ["blue", both(metrics(seconds))],
        ["green", both(metrics(seconds, seconds / 2))],
      ]);
    expect(await bench.promote()).toBeDefined();
    const { ended, steps } = picture();
    expect(ended).toBe("rolled back by its gate");
    expect(steps.map(({ state }) => state)).toEqual(["breach", "not begun", "not begun"]);
    expect(steps[0]?.reason).toContain("maxErrorPercent 1");
    expect(steps[0]?.canary?.errors?.low).toBeGreaterThan(1);
  });

  it("says where a step was stopped, and where the user ended it", async () => {
    bench.window = () => new Map();
    await bench.start();
    expect(await bench.advance()).toBeDefined();
    expect(picture().steps[0]).toMatchObject({ state: "stopped", canary: { requests: 0 } });
    expect(picture().steps[0]?.canary?.errors).toBeUndefined();
    await bench.abort();
    expect(picture().ended).toBe("aborted");
    await bench.start();
    await bench.abort();
    expect(picture().steps[0]).toMatchObject({ state: "ended", reason: "the user aborted it" });
  });
});
