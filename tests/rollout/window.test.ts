import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { createMetrics } from "../../local/endpoint/metrics";
import {
  difference,
  errorsIn,
  NO_REQUESTS,
  weightedMean,
  type Counters,
} from "../../rollout/window";
import { percentile } from "../../local/endpoint/metrics";

/** Does not prove that the router counts rightly: that is tests/local/endpoint/metrics.test.ts. */

interface Seen {
  readonly status: number;
  readonly ms: number;
}

/** The router's own counters after these requests. */
function counters(...all: readonly Seen[]): Counters {
  const metrics = createMetrics();
  for (const { status, ms } of all) metrics.record(status, status, ms);
  const { requests, byStatus, latencyHistogram: histogram } = metrics.snapshot();
  return { requests, byStatus, histogram };
}

const requests = fc.array(
  fc.record({
    status: fc.constantFrom(200, 400, 404, 408, 424, 429, 499, 500, 503),
    ms: fc.double({ min: 0.01, max: 60_000, noNaN: true }),
  }),
  { maxLength: 200 },
);

describe("errorsIn", () => {
  it.each([
    [200, 0],
    [400, 0],
    [401, 0],
    [404, 0],
    [408, 1],
    [413, 0],
    [424, 1],
    [429, 1],
    [499, 0],
    [500, 1],
    [502, 1],
    [503, 1],
    [599, 1],
  ])("takes %i for %i", (status, errors) => {
    expect(errorsIn({ [String(status)]: 1 })).toBe(errors);
  });

  it("adds up", () => {
    expect(errorsIn({ "200": 90, "424": 3, "500": 2, "404": 5 })).toBe(5);
  });
});

describe("difference", () => {
  it("is what came between two polls", () => {
    const early = [
      { status: 200, ms: 10 },
      { status: 500, ms: 900 },
    ];
    const late = [
      { status: 200, ms: 20 },
      { status: 424, ms: 20 },
    ];
    const result = difference(counters(...early), counters(...early, ...late));
    expect(result).toEqual({
      requests: 2,
      errors: 1,
      byStatus: { "200": 1, "424": 1 },
      p95Ms: 20.4,
      latency: {
        kind: "histogram",
        buckets: [{ from: expect.closeTo(19.43, 2), to: 20.4, count: 2 }],
      },
    });
  });

  it("has each request within the bounds of its bucket", () => {
    fc.assert(
      fc.property(fc.double({ min: 0.001, max: 60_000, noNaN: true }), (ms) => {
        const { latency } = difference(NO_REQUESTS, counters({ status: 200, ms }));
        if (latency?.kind !== "histogram") throw new Error("no histogram");
        expect(latency.buckets).toHaveLength(1);
        const [{ from, to } = { from: Number.NaN, to: Number.NaN }] = latency.buckets;
        expect(from).toBeLessThan(ms);
        // The upper bound is rounded to a thousandth.
        expect(to + 0.001).toBeGreaterThanOrEqual(ms);
      }),
    );
  });

  it("is empty, without a p95, when nothing came", () => {
    const same = counters({ status: 200, ms: 5 });
    expect(difference(same, same)).toEqual({ requests: 0, errors: 0, byStatus: {} });
    expect(difference(NO_REQUESTS, NO_REQUESTS)).toEqual({ requests: 0, errors: 0, byStatus: {} });
  });

  it("begins afresh when any counter has become smaller", () => {
    const before = counters({ status: 200, ms: 5 }, { status: 200, ms: 5 });
    const fewer = counters({ status: 200, ms: 7 });
    expect(difference(before, fewer).requests).toBe(1);
    // As many requests as before the restart and more, but of other statuses.
    const others = counters(...[1, 2, 3].map((ms) => ({ status: 500, ms })));
    expect(difference(before, others)).toMatchObject({ requests: 3, errors: 3 });
    const slower = counters(...[100, 200, 300].map((ms) => ({ status: 200, ms })));
    expect(difference(before, slower).requests).toBe(3);
  });

  it("is the same as counting from the first look on", () => {
    fc.assert(
      fc.property(requests, requests, (before, after) => {
        const between = difference(counters(...before), counters(...before, ...after));
        expect(between).toEqual(difference(NO_REQUESTS, counters(...after)));
        expect(between.requests).toBe(after.length);
      }),
    );
  });
});

describe("percentile", () => {
  it.each<[[number, number][], number, number | undefined]>([
    [[], 95, undefined],
    [[[10, 1]], 95, 10],
    [
      [
        [10, 95],
        [20, 5],
      ],
      95,
      10,
    ],
    [
      [
        [10, 94],
        [20, 6],
      ],
      95,
      20,
    ],
    [
      [
        [20, 6],
        [10, 94],
      ],
      95,
      20,
    ],
    [
      [
        [10, 50],
        [20, 50],
      ],
      50,
      10,
    ],
  ])("of %j at %i %%", (histogram, percent, expected) => {
    expect(percentile(histogram, percent)).toBe(expected);
  });

  it("is no more than 5 % above the true value", () => {
    fc.assert(
      fc.property(requests, (all) => {
        fc.pre(all.length > 0);
        const sorted = all.map(({ ms }) => ms).sort((a, b) => a - b);
        const truth = sorted[Math.ceil(0.95 * sorted.length) - 1]!;
        const found = percentile(counters(...all).histogram, 95)!;
        // The router rounds bounds to a thousandth, and its first bucket ends at 0.1 ms.
        expect(found).toBeGreaterThanOrEqual(truth - 0.001);
        expect(found).toBeLessThanOrEqual(Math.max(0.1, truth * 1.05) + 0.001);
      }),
    );
  });
});

describe("weightedMean", () => {
  it("weighs, and is not there without a weight", () => {
    expect(
      weightedMean([
        [100, 1],
        [200, 3],
      ]),
    ).toBe(175);
    expect(weightedMean([])).toBeUndefined();
    expect(weightedMean([[100, 0]])).toBeUndefined();
  });
});
