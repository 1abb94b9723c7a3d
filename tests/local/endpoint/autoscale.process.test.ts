/** A scaled deployment under a rising and a falling load, in real processes; the minutes are the test's own. */
import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";

import type { AutoscaleClock } from "../../../local/endpoint/autoscale/autoscaler";
import type { AutoscaleSpec } from "../../../local/endpoint/spec";
import {
  closeAndExpectNothingLeft,
  deployment,
  endpoint,
  startEndpoint,
  type TestEndpoint,
} from "./support/endpoint";

const MINUTE = 60_000;

/** Each minute ends when the test says so. */
function testClock() {
  let now = Date.UTC(2026, 0, 1);
  let work: () => Promise<void> = () => Promise.resolve();
  const clock: AutoscaleClock = {
    now: () => now,
    everyMinute(each) {
      work = each;
      return () => {
        work = () => Promise.resolve();
      };
    },
  };
  return {
    clock,
    /** Resolves when everything that the minute asks for is done. */
    async minute() {
      now += MINUTE;
      await work();
    },
  };
}

/**
 * Requests of 100 ms and more scale out, whatever the machine is doing: they sleep that long. A utilization of 100 percent and
 * less scales in, once no minute of the window has such requests.
 */
const AUTOSCALE: AutoscaleSpec = {
  minimum: 1,
  maximum: 3,
  default: 1,
  cores: 1,
  rules: [
    {
      metric: "RequestLatency_P95",
      operator: "GreaterThan",
      threshold: 50,
      windowMs: 2 * MINUTE,
      direction: "Increase",
      instances: 1,
      cooldownMs: MINUTE,
    },
    {
      metric: "CpuUtilizationPercentage",
      operator: "LessThan",
      threshold: 101,
      windowMs: 2 * MINUTE,
      direction: "Decrease",
      instances: 1,
      cooldownMs: MINUTE,
    },
  ],
};
const BLUE = { autoscale: AUTOSCALE, maxConcurrentRequestsPerInstance: 4 };

let running: TestEndpoint;
let time: ReturnType<typeof testClock>;
beforeEach(async () => {
  time = testClock();
  running = await startEndpoint({ autoscaleClock: time.clock });
});
afterEach(closeAndExpectNothingLeft);

const states = () => running.status("blue").instances.map(({ state }) => state);
const count = () => states().length;
/** Each number once, as long as it stays. */
const steps = (counts: readonly number[]) =>
  counts.filter((one, index) => index === 0 || one !== counts[index - 1]);
/** Some requests at once; the statuses of their answers. */
const burst = async (size: number) => {
  const answers = await Promise.all(
    Array.from({ length: size }, () => running.call({ sleep: 0.1 })),
  );
  return answers.map(({ status }) => status);
};

describe("a scaled deployment", () => {
  it("goes from its minimum to its maximum and back with the load, and loses no request", async () => {
    await running.apply(endpoint([deployment("blue", BLUE)], { blue: 100 }));
    const counts = [count()];
    const statuses: number[] = [];
    /** A minute that ends with requests under way, so that they meet the instances that come and go. */
    const minute = async (underWay: number) => {
      const requests = burst(underWay);
      await time.minute();
      counts.push(count());
      expect(states()).toEqual(states().map(() => "ready"));
      statuses.push(...(await requests));
    };
    // The first minute only begins to count.
    await minute(0);
    for (let minutes = 0; minutes < 4; minutes += 1) {
      statuses.push(...(await burst(4)));
      await minute(2);
    }
    expect(steps(counts)).toEqual([1, 2, 3]);
    expect(running.status("blue").autoscale).toMatchObject({
      minimum: 1,
      maximum: 3,
      lastChange: { from: 2, to: 3, reason: "scale-out", hasFailed: false },
    });
    for (let minutes = 0; minutes < 10 && count() > 2; minutes += 1) await minute(0);
    await minute(2);
    expect(steps(counts)).toEqual([1, 2, 3, 2, 1]);
    expect(statuses).toEqual(Array.from({ length: 26 }, () => 200));
  });

  it("keeps the number that it was scaled to in an apply, within new limits, also in a new revision", async () => {
    const applied = (changes: object) =>
      running.apply(endpoint([deployment("blue", { ...BLUE, ...changes })], { blue: 100 }));
    await applied({});
    await time.minute();
    await burst(2);
    await time.minute();
    expect(count()).toBe(2);
    await applied({});
    expect(count()).toBe(2);
    await applied({ revision: "blue-2" });
    expect(count()).toBe(2);
    await applied({ revision: "blue-2", autoscale: { ...AUTOSCALE, minimum: 3, default: 3 } });
    expect(count()).toBe(3);
    await applied({ revision: "blue-2", autoscale: { ...AUTOSCALE, maximum: 1 } });
    expect(count()).toBe(1);
    expect(running.status("blue").autoscale).toMatchObject({ minimum: 1, maximum: 1 });
  });
});
