import { spawn } from "node:child_process";
import { once } from "node:events";
import { describe, expect, it } from "@jest/globals";
import { valuesBetween, type Counters } from "../../../../local/endpoint/autoscale/minute";
import { processorTimes } from "../../../../local/endpoint/autoscale/processorTime";
import { createMetrics } from "../../../../local/endpoint/metrics";

function counters(
  processes: readonly (readonly [pid: number, seconds: number])[] | undefined,
  milliseconds: number,
  latenciesMs: readonly number[] = [],
): Counters {
  const metrics = createMetrics();
  for (const latency of latenciesMs) metrics.record(200, 200, latency);
  const processorSeconds = processes && new Map(processes);
  return { processorSeconds, requests: metrics.snapshot(), milliseconds };
}

describe("the values of a minute", () => {
  const cpu = (before: Counters, after: Counters, cores: number) =>
    valuesBetween(before, after, cores).CpuUtilizationPercentage;

  it("have the utilization of an instance's cores, as the average of the instances", () => {
    const [before, after] = [[[1, 10]], [[1, 40]]] as const;
    expect(cpu(counters(before, 0), counters(after, 60_000), 1)).toBe(50);
    expect(cpu(counters(before, 0), counters(after, 60_000), 4)).toBe(12.5);
    const two = counters([...after, [2, 0]], 60_000);
    expect(cpu(counters([...before, [2, 0]], 0), two, 1)).toBe(25);
  });

  it("count a process that is new with all it has used, and none that is gone", () => {
    expect(cpu(counters([[1, 10]], 0), counters([[2, 30]], 60_000), 1)).toBe(50);
    expect(cpu(counters([[1, 500]], 0), counters([[1, 3]], 60_000), 1)).toBe(0);
  });

  it("have at most 100 percent", () => {
    expect(cpu(counters([[1, 0]], 0), counters([[1, 90]], 60_000), 1)).toBe(100);
  });

  it("have no utilization where it cannot be read, or nothing runs", () => {
    expect(valuesBetween(counters(undefined, 0), counters(undefined, 60_000), 1)).toEqual({});
    expect(valuesBetween(counters([], 0), counters([], 60_000), 1)).toEqual({});
  });

  it("have the latencies of the requests in between, and none without requests", () => {
    const before = counters(undefined, 0, [1000, 1000]);
    const more = [1000, 1000, ...Array.from({ length: 99 }, () => 10), 500];
    const values = valuesBetween(before, counters(undefined, 60_000, more), 1);
    expect(values.RequestLatency).toBeCloseTo((99 * 10 + 500) / 100, 1);
    // A percentile is at most 5 % above the true value, see metrics.ts.
    for (const name of [
      "RequestLatency_P50",
      "RequestLatency_P95",
      "RequestLatency_P99",
    ] as const) {
      expect(values[name]).toBeGreaterThanOrEqual(10);
      expect(values[name]).toBeLessThanOrEqual(10.5);
    }
    expect(valuesBetween(before, before, 1)).toEqual({});
  });
});

/** Works for 0.2 s of processor time, says so, and waits. */
const WORKER = `
while (process.cpuUsage().user < 200_000) JSON.stringify(process.memoryUsage());
console.log("done");
process.stdin.resume();
`;

(process.platform === "linux" ? it : it.skip)(
  "the processor time of a process group is what its process has used",
  async () => {
    const child = spawn(process.execPath, ["-e", WORKER], { detached: true });
    try {
      await once(child.stdout, "data");
      // In hundredths of a second, rounded down.
      expect(processorTimes()?.get(child.pid!)).toBeGreaterThanOrEqual(0.19);
    } finally {
      child.kill("SIGKILL");
    }
  },
);
