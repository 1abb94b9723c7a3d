import { describe, expect, it } from "@jest/globals";
import { ALERTS } from "./allAlerts";
import { parseKql } from "./kql";
import { runKql, type Row } from "./runKql";

/**
 * The queries of the log alerts, checked by Microsoft's parser against the table's columns and run over prepared rows by an
 * evaluator of the tests' own. Not proved: that Log Analytics runs them alike, and when rows arrive.
 */

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const NOW = Date.UTC(2026, 0, 15, 12);
const LOGGED = ALERTS.flatMap(({ name, log }) => (log === undefined ? [] : [{ name, ...log }]));

interface Traffic {
  /** How long ago it begins and ends, in hours. */
  readonly from: number;
  readonly to?: number;
  readonly perMinute: number;
  /** Every one out of so many is answered by this status, or takes so long. */
  readonly badOneIn?: number;
  readonly status?: number;
  readonly ms?: number;
  readonly endpoint?: string;
}

function rows(...traffic: readonly Traffic[]): Row[] {
  return traffic.flatMap(({ from, to = 0, perMinute, badOneIn = 0, status, ms, endpoint }) => {
    const count = Math.round((from - to) * 60 * perMinute);
    return Array.from({ length: count }, (_, index) => {
      const isBad = badOneIn > 0 && index % badOneIn === 0;
      return {
        Table: "AmlOnlineEndpointTrafficLog",
        TimeGenerated: NOW - from * HOUR + ((index + 0.5) * MINUTE) / perMinute,
        EndpointName: endpoint ?? "Flood",
        ResponseCode: isBad ? (status ?? 200) : 200,
        TotalDurationMs: isBad ? (ms ?? 80) : 80,
      };
    });
  });
}

/** Whether a query returns a row of its table at a time, as milliseconds. */
function returns(query: string, all: readonly Row[], at: number): boolean {
  const [table] = query.split("\n");
  return (
    runKql(
      query,
      all.filter(({ Table }) => Table === table),
      at,
    ).length > 0
  );
}

/** Names of the alerts that fire at the moment of `NOW`, which comes `later` than the last row. */
function firing(all: readonly Row[], later = 0): string[] {
  return LOGGED.filter(({ query }) => returns(query, all, NOW + later)).map(({ name }) => name);
}

/** Days with a busy noon and a quiet night, every thousandth request failed and every two-hundredth slow. */
function ordinaryDays(days: number): Row[] {
  const perHour = (hour: number) => 30 + 90 * Math.abs(Math.sin((hour / 24) * Math.PI));
  const hours = Array.from({ length: days * 24 }, (_, hour) =>
    rows({ from: hour + 1, to: hour, perMinute: perHour(hour) / 60 }),
  );
  return hours.flat().map((row, index) => ({
    ...row,
    ResponseCode: index % 1000 === 0 ? 500 : 200,
    TotalDurationMs: index % 200 === 0 ? 1500 : 80,
  }));
}

describe("the query of each log alert", () => {
  it.each(LOGGED.map(({ name, query }) => [name, query]))(
    "%s reads columns that there are",
    (_, query) => {
      expect(parseKql(query).problems).toEqual([]);
    },
  );

  it("is checked for names and for syntax", () => {
    expect(parseKql("AmlOnlineEndpointTrafficLog | where Nothing > 3").problems).toHaveLength(1);
    expect(parseKql("AmlOnlineEndpointTrafficLog | where ").problems).toHaveLength(1);
  });

  it("names its window as a condition, because `ago` makes Azure read two days", () => {
    const spans: Record<string, string> = {
      PT15M: "15m",
      PT1H: "1h",
      PT6H: "6h",
      P1D: "1d",
      P2D: "2d",
    };
    for (const { query, window } of LOGGED) {
      expect(query.split("\n")[1]).toContain(`| where TimeGenerated > ago(${spans[window]}) and`);
    }
  });
});

/** What processes report of their features' age, once a minute each. */
function ages(minutes: number, ...hours: readonly number[]): Row[] {
  return Array.from({ length: minutes }, (_, minute) =>
    hours.map((age) => ({
      Table: "AppMetrics",
      TimeGenerated: NOW - (minute + 0.5) * MINUTE,
      Name: "mlscore.feature_table.age",
      Sum: age * 3600,
    })),
  ).flat();
}

describe("the alert on the age of features", () => {
  it("fires when a process answers from features of 37 hours, where 36 are the limit", () => {
    expect(firing(ages(60, 12, 37))).toEqual(["FeaturesStale"]);
    expect(firing(ages(10, 37))).toEqual(["FeaturesStale"]);
  });

  it("is silent over days with a new table each, over a late one, and without a report", () => {
    const day = Array.from({ length: 24 }, (_, hour) => ages(60, 6 + hour, 6.2 + hour)).flat();
    expect(firing(day)).toEqual([]);
    expect(firing(ages(60, 36))).toEqual([]);
    expect(firing(ages(9, 37))).toEqual([]);
    expect(firing(ages(60, 37).map((row) => ({ ...row, Name: "mlscore.model.rows" })))).toEqual([]);
    expect(firing(ages(60, 37), 2 * HOUR)).toEqual([]);
  });
});

describe("log alerts are silent", () => {
  it("over an ordinary day, looked at every hour", () => {
    const all = ordinaryDays(3);
    const fired = Array.from({ length: 24 }, (_, hour) =>
      LOGGED.filter(({ query }) => returns(query, all, NOW - hour * HOUR)),
    ).flat();
    expect(fired.map(({ name }) => name)).toEqual([]);
  });

  it("where another endpoint of the workspace fails", () => {
    const other = { from: 2, perMinute: 60, badOneIn: 1, status: 500, endpoint: "other" };
    expect(firing([...ordinaryDays(2), ...rows(other)])).toEqual([]);
  });

  it("where three requests in a night fail, and where nobody has asked for days", () => {
    expect(firing(rows({ from: 8, perMinute: 1 / 160, badOneIn: 1, status: 500 }))).toEqual([]);
    expect(firing([])).toEqual([]);
  });

  it("once it is over: the short window is good again", () => {
    const ended = rows({ from: 0.9, to: 0.5, perMinute: 10, badOneIn: 2, status: 500 });
    expect(firing([...ordinaryDays(2), ...ended])).not.toContain("FailedRequestsInAnHour");
  });
});

describe("log alerts fire", () => {
  const good = ordinaryDays(2);

  it.each([
    [408, "by time limit"],
    [424, "the model's"],
    [429, "refused"],
    [500, "the server's"],
    [503, "nothing there"],
  ])("when an eighth of the requests fails with %d (%s)", (status) => {
    const failing = rows({ from: 1, perMinute: 20, badOneIn: 8, status });
    expect(firing([...good, ...failing])).toContain("FailedRequestsInAnHour");
  });

  it("when 5 % fail for six hours, and not the one for an hour", () => {
    const failing = rows({ from: 6, perMinute: 20, badOneIn: 20, status: 500 });
    const fired = firing([...good, ...failing]);
    expect(fired).toContain("FailedRequestsInSixHours");
    expect(fired).not.toContain("FailedRequestsInAnHour");
  });

  it("when 2.5 % fail for a day, and when 1.2 % fail for two", () => {
    const day = firing(rows({ from: 24, perMinute: 5, badOneIn: 40, status: 500 }));
    expect(day).toEqual(["FailedRequestsInADay", "FailedRequestsInDays"]);
    const days = firing(rows({ from: 48, perMinute: 5, badOneIn: 83, status: 500 }));
    expect(days).toEqual(["FailedRequestsInDays"]);
  });

  it("when requests are slow: each window at its own rate", () => {
    const slow = (from: number, badOneIn: number) =>
      firing(rows({ from, perMinute: 10, badOneIn, ms: 1001 }));
    expect(slow(1, 4)).toContain("SlowRequestsInAnHour");
    expect(slow(6, 12)).toContain("SlowRequestsInSixHours");
    expect(slow(24, 20)).toContain("SlowRequestsInADay");
    expect(slow(48, 50)).toEqual(["SlowRequestsInDays"]);
    expect(firing(rows({ from: 1, perMinute: 10, badOneIn: 4, ms: 1000 }))).toEqual([]);
  });

  it("when nothing answers", () => {
    const down = rows({ from: 0.25, perMinute: 2, badOneIn: 1, status: 503 });
    expect(firing([...good, ...down])).not.toContain("NothingAnswers");
    expect(
      firing([
        ...good.filter(({ TimeGenerated }) => Number(TimeGenerated) < NOW - 0.25 * HOUR),
        ...down,
      ]),
    ).toContain("NothingAnswers");
  });

  it("when requests stop", () => {
    expect(firing(good, 57 * MINUTE)).not.toContain("NoRequests");
    expect(firing(good, 61 * MINUTE)).toEqual(["NoRequests"]);
  });
});
