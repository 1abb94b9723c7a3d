import { describe, expect, it } from "@jest/globals";
import type { MetricQuery } from "../../components/alerts/alert";
import { ALERTS } from "./allAlerts";

/**
 * Metric alerts over prepared values of each minute, by what Azure documents of them: values of the window aggregated, then
 * compared; nothing is compared where there is no value. Not proved: that Azure Monitor evaluates them alike, and which
 * values it has.
 */

const METRICS = ALERTS.flatMap(({ name, metric }) =>
  metric === undefined ? [] : [{ name, metric }],
);
const MINUTES: Readonly<Record<MetricQuery["window"], number>> = {
  PT1M: 1,
  PT5M: 5,
  PT15M: 15,
  PT30M: 30,
  PT1H: 60,
  PT6H: 360,
  PT12H: 720,
  P1D: 1440,
};
const MAX_INSTANCES = 5;

/** Minutes at which an alert fires over values of each minute; undefined is a minute without a value. */
function firing(name: string, values: readonly (number | undefined)[]): number[] {
  const metric = METRICS.find((one) => one.name === name)?.metric;
  if (metric === undefined) throw new Error(`no metric alert ${name}`);
  const window = MINUTES[metric.window];
  const frequency = MINUTES[metric.frequency];
  const threshold = metric.threshold === "maxInstances" ? MAX_INSTANCES : metric.threshold;
  const looks = Array.from(
    { length: Math.floor(values.length / frequency) },
    (_, n) => (n + 1) * frequency,
  );
  return looks.filter((end) => {
    if (end < window) return false;
    const seen = values
      .slice(Math.max(0, end - window), end)
      .filter((value) => value !== undefined);
    return seen.length > 0 && compared(metric, aggregated(metric, seen), threshold);
  });
}

function aggregated({ aggregation }: MetricQuery, values: readonly number[]): number {
  if (aggregation === "Minimum") return Math.min(...values);
  if (aggregation === "Maximum") return Math.max(...values);
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

function compared({ operator }: MetricQuery, value: number, threshold: number): boolean {
  if (operator === "GreaterThan") return value > threshold;
  return operator === "LessThan" ? value < threshold : value >= threshold;
}

const minutes = <T>(count: number, value: (minute: number) => T) =>
  Array.from({ length: count }, (_, minute) => value(minute));

/** For each alert: values that make it fire, and those of an ordinary day. */
const VALUES: Readonly<
  Record<string, { fault: (number | undefined)[]; day: (minute: number) => number | undefined }>
> = {
  CpuNearLimit: {
    fault: minutes(20, () => 96),
    day: (m) => (m % 60 < 5 ? 99 : 20 + (m % 720) / 12),
  },
  MemoryNearLimit: { fault: minutes(20, () => 93), day: (m) => 50 + (m % 300) / 10 },
  DiskNearLimit: { fault: minutes(20, () => 88), day: (m) => 40 + m / 50 },
  AtMaximumInstances: { fault: minutes(60, () => 5), day: (m) => (m % 240 < 25 ? 5 : 2) },
  // The metric has values only where there were such answers.
  TooManyRequests: {
    fault: minutes(30, () => 30),
    day: (m) => (m % 120 === 0 ? 3 : undefined),
  },
};

describe("metric alerts", () => {
  it("each have values that are tested", () => {
    expect(METRICS.map(({ name }) => name).sort()).toEqual(Object.keys(VALUES).sort());
  });

  it.each(Object.entries(VALUES))("%s fires at its fault", (name, { fault }) => {
    expect(firing(name, fault)).not.toEqual([]);
  });

  it.each(Object.entries(VALUES))("%s is silent over an ordinary day", (name, { day }) => {
    expect(firing(name, minutes(1440, day))).toEqual([]);
  });

  it("do not fire where there is no metric", () => {
    for (const { name } of METRICS)
      expect(
        firing(
          name,
          minutes(60, () => undefined),
        ),
      ).toEqual([]);
  });

  it("read 429 alone of the requests", () => {
    const { metric } = METRICS.find(({ name }) => name === "TooManyRequests")!;
    expect(metric.dimensions).toEqual({ statusCode: ["429"] });
  });
});

describe("the activity log alert", () => {
  it("fires at a failed write of a deployment: one event, so there is no day to be silent over", () => {
    expect(ALERTS.flatMap(({ activity }) => activity ?? [])).toEqual([
      {
        operation: "Microsoft.MachineLearningServices/workspaces/onlineEndpoints/deployments/write",
        status: "Failed",
      },
    ]);
  });
});
