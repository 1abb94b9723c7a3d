import { describe, expect, it } from "@jest/globals";
import { EXACT } from "../../answers/differences";
import type { ComparisonSnapshot, EndpointStatus } from "../../local/endpoint";
import { createMetrics } from "../../local/endpoint/metrics";
import { azureMeter } from "../../rollout/azureMeter";
import { localMeter } from "../../rollout/localMeter";
import { markerSchema } from "../../rollout/meter";
import { endpointId } from "../../traffic/liveEndpoint";
import type { Arm, Query } from "../../traffic/arm";
import { PLACE } from "../armHarness";

/**
 * Numbers out of the router's counters and out of Azure Monitor's answers. Does not prove that Azure answers so: that is
 * from its published API, and nothing says whether it counts copies.
 */

interface Sent {
  readonly live?: readonly [status: number, ms: number][];
  readonly mirrored?: readonly [status: number, ms: number][];
  readonly revision?: string;
  readonly comparison?: ComparisonSnapshot;
}

const NOT_COMPARED = { compared: 0, different: 0, uncompared: 0, fields: [] };

function statusOf(deployments: Readonly<Record<string, Sent>>, startedAt = "one"): EndpointStatus {
  const counted = (all: readonly [number, number][] = []) => {
    const metrics = createMetrics();
    for (const [status, ms] of all) metrics.record(status, status, ms);
    return metrics.snapshot();
  };
  return {
    startedAt,
    deployments: Object.entries(deployments).map(
      ([name, { live, mirrored, revision = "1", comparison = NOT_COMPARED }]) => ({
        name,
        revision,
        metrics: counted(live),
        mirrored: { ...counted(mirrored), skipped: 0, comparison },
      }),
    ),
  } as unknown as EndpointStatus;
}

describe("the local meter", () => {
  let status: EndpointStatus;
  const meter = localMeter({
    status: () => Promise.resolve(status),
    compare: (given) => {
      rules.push(given);
      return Promise.resolve();
    },
  });
  const rules: unknown[] = [];
  const fast = [200, 8] as [number, number];

  it("counts what came since the marker, live and mirrored apart", async () => {
    status = statusOf({ blue: { live: [fast, fast] }, green: { live: [fast], mirrored: [fast] } });
    const marker = await meter.begin();
    // As it comes back from the record.
    const kept = markerSchema.parse(JSON.parse(JSON.stringify(marker)));
    expect(kept).toEqual(marker);
    status = statusOf({
      blue: { live: [fast, fast, fast] },
      green: { live: [fast, [500, 70]], mirrored: [fast, fast, [424, 9]] },
    });
    const window = await meter.since(kept);
    expect(window.get("blue")?.live).toEqual({
      requests: 1,
      errors: 0,
      byStatus: { "200": 1 },
      p95Ms: 8.073,
      // The router's bucket: 0.1 ms · 1.05^89 to 0.1 ms · 1.05^90.
      latency: {
        kind: "histogram",
        buckets: [{ from: expect.closeTo(7.688, 2), to: 8.073, count: 1 }],
      },
    });
    expect(window.get("blue")?.mirrored).toEqual({ requests: 0, errors: 0, byStatus: {} });
    expect(window.get("green")?.live).toMatchObject({ requests: 1, errors: 1 });
    expect(window.get("green")?.mirrored).toMatchObject({
      requests: 2,
      errors: 1,
      byStatus: { "200": 1, "424": 1 },
    });
  });

  it.each([
    ["the endpoint was started again", statusOf({ green: { live: [fast, fast] } }, "two")],
    ["it has another revision", statusOf({ green: { live: [fast, fast], revision: "2" } })],
  ])("counts all of a deployment when %s, even where there is more now", async (_what, later) => {
    status = statusOf({ green: { live: [fast] } });
    const marker = await meter.begin();
    status = later;
    expect((await meter.since(marker)).get("green")?.live.requests).toBe(2);
  });

  it("counts all of a deployment that is new", async () => {
    status = statusOf({});
    const marker = await meter.begin();
    status = statusOf({ green: { live: [fast] } });
    expect((await meter.since(marker)).get("green")?.live.requests).toBe(1);
  });

  it("counts the answers that were compared since the marker, the most frequent field first", async () => {
    const comparison = (compared: number, different: number, ...counts: [string, number][]) => ({
      compared,
      different,
      uncompared: compared / 10,
      fields: counts,
    });
    status = statusOf({ green: { comparison: comparison(100, 3, ["$.a", 3], ["$.b", 1]) } });
    const marker = markerSchema.parse(JSON.parse(JSON.stringify(await meter.begin())));
    const seen = async (now: ComparisonSnapshot, startedAt?: string) => {
      status = statusOf({ green: { comparison: now } }, startedAt);
      return (await meter.since(marker)).get("green")?.comparison;
    };
    const now = comparison(150, 8, ["$.a", 3], ["$.b", 2], ["$.c", 5]);
    expect(await seen(now)).toEqual({
      compared: 50,
      different: 5,
      uncompared: 5,
      fields: [
        ["$.c", 5],
        ["$.b", 1],
      ],
    });
    expect((await seen(now, "two"))?.compared).toBe(150);
    // Its counters were restarted without a change of anything else.
    expect((await seen(comparison(10, 1, ["$.a", 1])))?.compared).toBe(10);
  });

  it("has the router compare by the rules", async () => {
    status = { ...statusOf({}), comparison: EXACT };
    await meter.compare?.(EXACT);
    await meter.compare?.(undefined);
    expect(rules).toEqual([EXACT, undefined]);
  });

  it("gets by with an endpoint that an earlier version started", async () => {
    const { deployments, ...rest } = statusOf({ green: { mirrored: [fast] } });
    const old = deployments.map(
      ({ mirrored: { comparison: _comparison, ...mirrored }, ...one }) => ({
        ...one,
        mirrored,
      }),
    );
    status = { ...rest, deployments: old } as unknown as EndpointStatus;
    rules.length = 0;
    await meter.compare?.(undefined);
    expect(rules).toEqual([]);
    const seen = await meter.since(await meter.begin());
    expect(seen.get("green")?.comparison).toEqual(NOT_COMPARED);
  });

  it("takes a marker of before answers were compared", async () => {
    status = statusOf({ green: { comparison: { ...NOT_COMPARED, compared: 7 } } });
    const { deployments, ...rest } = (await meter.begin()) as { deployments: object };
    const { comparison: _comparison, ...old } = Object.values(deployments)[0] as object & {
      comparison: unknown;
    };
    const marker = markerSchema.parse({ ...rest, deployments: { green: old } });
    expect((await meter.since(marker)).get("green")?.comparison?.compared).toBe(7);
  });

  it("does not take another meter's marker", async () => {
    await expect(meter.since({ kind: "azure", from: "2026-03-01T12:00:00.000Z" })).rejects.toThrow(
      "belongs to another meter",
    );
  });
});

type Point = readonly [minute: string, average: number | undefined];

function series(dimensions: Readonly<Record<string, string>>, ...points: Point[]) {
  return {
    metadatavalues: Object.entries(dimensions).map(([name, value]) => ({
      name: { value: name, localizedValue: name },
      value,
    })),
    data: points.map(([minute, average]) => ({
      timeStamp: `2026-03-01T${minute}:00Z`,
      ...(average === undefined ? {} : { average }),
    })),
  };
}

describe("Azure's meter", () => {
  let now = Date.parse("2026-03-01T12:00:20.000Z");
  const queries: Query[] = [];
  const answers: Record<string, unknown[]> = {};
  const arm = {
    get: (path: string, query: Query) => {
      expect(path).toBe(`${endpointId(PLACE)}/providers/Microsoft.Insights/metrics`);
      queries.push(query);
      const timeseries = answers[query["metricnames"] ?? ""];
      return Promise.resolve({ body: { value: [{ timeseries }] }, etag: undefined });
    },
  } as unknown as Arm;
  const meter = azureMeter(arm, PLACE, { now: () => now, sleep: () => Promise.resolve() });
  const ask = async () => {
    now = Date.parse("2026-03-01T12:00:20.000Z");
    const marker = await meter.begin();
    expect(markerSchema.parse(marker)).toEqual({
      kind: "azure",
      from: "2026-03-01T12:00:20.000Z",
    });
    now = Date.parse("2026-03-01T12:10:30.000Z");
    queries.length = 0;
    return meter.since(marker);
  };

  it("asks for both metrics by minute from the first whole minute on, and for more than ten series", async () => {
    answers["RequestsPerMinute"] = [];
    expect(await ask()).toEqual(new Map());
    const common = {
      "api-version": "2024-02-01",
      metricnamespace: "Microsoft.MachineLearningServices/workspaces/onlineEndpoints",
      timespan: "2026-03-01T12:01:00.000Z/2026-03-01T12:10:30.000Z",
      interval: "PT1M",
      aggregation: "Average",
      top: "500",
    };
    expect(queries).toEqual([
      {
        ...common,
        metricnames: "RequestsPerMinute",
        $filter: "deployment eq '*' and statusCode eq '*'",
      },
      { ...common, metricnames: "RequestLatency_P95", $filter: "deployment eq '*'" },
    ]);
  });

  it("adds the minutes up by status and weighs their p95 by requests", async () => {
    answers["RequestsPerMinute"] = [
      series(
        { deployment: "green", statuscode: "200" },
        ["12:01", 90],
        ["12:02", 10],
        ["12:03", 0],
      ),
      series({ statusCode: "424", deployment: "green" }, ["12:02", 20], ["12:03", undefined]),
      series({ deployment: "green", statuscode: "503" }, ["12:01", 0.2]),
      series({ deployment: "blue", statuscode: "200" }, ["12:01", 1000]),
      series({ deployment: "", statuscode: "401" }, ["12:01", 7]),
    ];
    answers["RequestLatency_P95"] = [
      series({ deployment: "green" }, ["12:01", 100], ["12:02", 200], ["12:03", 9999]),
      series({ deployment: "blue" }, ["12:01", 50]),
    ];
    const window = await ask();
    const green = {
      requests: 120,
      errors: 20,
      byStatus: { "200": 100, "424": 20 },
      // (90.2 · 100 + 20 · 200 + 10 · 200) / 120.2
      p95Ms: 124.958,
      latency: {
        kind: "minutes",
        minutes: new Map([
          ["2026-03-01T12:01:00Z", { p95Ms: 100, requests: 90.2 }],
          ["2026-03-01T12:02:00Z", { p95Ms: 200, requests: 30 }],
        ]),
      },
    };
    expect([...window.keys()].sort()).toEqual(["blue", "green"]);
    expect(window.get("green")?.live).toEqual(green);
    // Not told apart.
    expect(window.get("green")?.mirrored).toEqual(green);
    expect(window.get("blue")?.live).toMatchObject({ requests: 1000, p95Ms: 50 });
  });

  it("has no p95 where there is none", async () => {
    answers["RequestsPerMinute"] = [
      series({ deployment: "green", statuscode: "200" }, ["12:01", 3]),
    ];
    answers["RequestLatency_P95"] = [];
    expect((await ask()).get("green")?.live).toEqual({
      requests: 3,
      errors: 0,
      byStatus: { "200": 3 },
    });
  });

  it("asks nothing before the first whole minute has begun", async () => {
    now = Date.parse("2026-03-01T12:00:20.000Z");
    const marker = await meter.begin();
    now += 39_000;
    queries.length = 0;
    expect(await meter.since(marker)).toEqual(new Map());
    expect(queries).toEqual([]);
  });
});
