import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";

import { createMetrics } from "../../../local/endpoint/metrics";

describe("the counters of a deployment", () => {
  it("start at zero", () => {
    expect(createMetrics().snapshot()).toEqual({
      requests: 0,
      byStatus: {},
      byModelStatus: {},
      latencyMs: { p50: 0, p90: 0, p95: 0, p99: 0, max: 0, mean: 0 },
      latencyHistogram: [],
    });
  });

  it("count by the caller's and by the model's status", () => {
    const metrics = createMetrics();
    metrics.record(200, 200, 10);
    metrics.record(424, 500, 10);
    metrics.record(424, 400, 10);
    metrics.record(408, undefined, 10);
    expect(metrics.snapshot()).toMatchObject({
      requests: 4,
      byStatus: { 200: 1, 424: 2, 408: 1 },
      byModelStatus: { 200: 1, 500: 1, 400: 1 },
    });
  });

  it("give percentiles at or at most 5 % above the true ones", () => {
    const durations = fc.array(fc.double({ min: 0.2, max: 180_000, noNaN: true }), {
      minLength: 1,
      maxLength: 200,
    });
    fc.assert(
      fc.property(durations, (values) => {
        const metrics = createMetrics();
        for (const value of values) metrics.record(200, 200, value);
        const sorted = [...values].sort((a, b) => a - b);
        const { latencyMs } = metrics.snapshot();
        for (const [share, measured] of [
          [0.5, latencyMs.p50],
          [0.95, latencyMs.p95],
          [0.99, latencyMs.p99],
        ] as const) {
          const exact = sorted[Math.ceil(share * sorted.length) - 1]!;
          expect(measured).toBeGreaterThanOrEqual(exact - 0.001);
          expect(measured).toBeLessThanOrEqual(exact * 1.05 + 0.001);
        }
      }),
    );
  });

  it("can be subtracted, because every request is in one histogram bucket", () => {
    const metrics = createMetrics();
    for (const value of [0, 0.05, 1, 1, 50, 10_000_000]) metrics.record(200, 200, value);
    const counts = metrics.snapshot().latencyHistogram.map(([, count]) => count);
    expect(counts.reduce((sum, count) => sum + count, 0)).toBe(6);
  });
});
