import { describe, expect, it } from "@jest/globals";
import { collectResults } from "../../../local/load/results";
import { loadText } from "../../../local/load/resultText";

describe("the results of a load", () => {
  it("have each percentile within 0.1 percent", () => {
    const results = collectResults();
    for (let ms = 1; ms <= 10_000; ms += 1) results.answer({ status: 200 }, ms);
    const { p50, p95, p99, max } = results.result().latencyMs;
    for (const [value, exact] of [
      [p50, 5000],
      [p95, 9500],
      [p99, 9900],
      [max, 10_000],
    ] as const) {
      expect(Math.abs(value / exact - 1)).toBeLessThanOrEqual(0.001);
    }
  });

  it("are counted by deployment and status, in 80 columns", () => {
    const results = collectResults();
    const long = "b".repeat(32);
    const answers = [
      ...Array.from({ length: 90 }, () => ({ status: 200, deployment: long })),
      ...Array.from({ length: 8 }, () => ({ status: 424, deployment: "green" })),
      { status: 200, deployment: "green" },
      { status: 401 },
    ];
    for (const answer of answers) {
      results.due();
      results.answer(answer, 179_999.9);
    }
    for (let count = 0; count < 5; count += 1) results.due();
    results.skip();
    results.skip();
    results.fail("ECONNRESET");
    const lines = loadText(results.result()).split("\n");
    expect(lines.filter((line) => line.length > 80)).toEqual([]);
    expect(lines.map((line) => line.replaceAll(/ {2,}/g, " | "))).toEqual([
      "Requests: 105 due, 100 answered.",
      "no answer: 1 (ECONNRESET)",
      "not sent: 2, because too many were in flight",
      "without an answer at the end: 2",
      "",
      "deployment | answered | share | failed | p50 ms | p95 ms | p99 ms | max ms",
      ...["(endpoint) | 1 | 1 % | 1", "b".repeat(20) + " | 90 | 90 % | 0"].map(
        (start) => `${start}${" | 180093".repeat(3)} | 180093`,
      ),
      "b".repeat(12),
      `green | 9 | 9 % | 8${" | 180093".repeat(4)}`,
      `all | 100 | 100 % | 9${" | 180093".repeat(4)}`,
      "",
      "(endpoint): 401: 1",
      `${long}: 200: 90`,
      "green: 200: 1, 424: 8",
      "Latencies count from the moment at which each request was due.",
    ]);
  });

  it("have no table when nothing was answered", () => {
    const results = collectResults();
    results.due();
    results.fail("ECONNREFUSED");
    expect(loadText(results.result())).toBe(
      "Requests: 1 due, 0 answered.\nno answer: 1 (ECONNREFUSED)\n" +
        "Latencies count from the moment at which each request was due.",
    );
  });
});
