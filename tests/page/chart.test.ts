import { describe, expect, it } from "@jest/globals";
import { chart, interval, line } from "../../page/chart";
import { dense } from "../../page/html";
import { ticksTo, timeTicks } from "../../page/scale";

/** Numbers to places in a drawing. How it looks is seen in tests/rollout/picture/page.test.ts. */

const labels = (ticks: readonly { readonly label: string }[]) => ticks.map(({ label }) => label);

describe("marks of an axis", () => {
  it.each([
    [100, ["0", "50", "100"]],
    [1.5, ["0.0", "0.5", "1.0", "1.5"]],
    [0.03, ["0.00", "0.01", "0.02", "0.03"]],
    [230, ["0", "100", "200", "300"]],
    [0, ["0.0", "0.5"]],
  ])("reach %d by round numbers", (most, expected) => {
    expect(labels(ticksTo(most))).toEqual(expected);
  });

  it.each([
    [4_000, ["0", "1 s", "2 s", "3 s", "4 s"]],
    [90_000, ["0", "30 s", "1 min", "90 s"]],
    [1_800_000, ["0", "10 min", "20 min", "30 min"]],
    [5_400_000, ["0", "30 min", "1 h", "90 min"]],
    [864_000_000, ["0", "3 d", "6 d", "9 d"]],
  ])("of %d milliseconds are times that people say", (ms, expected) => {
    expect(labels(timeTicks(ms))).toEqual(expected);
  });
});

describe("a chart", () => {
  const axes = { id: "c", title: "<b>", from: 0, to: 10, ticks: [], yTicks: ticksTo(100) };

  it("puts values between its axes, cuts off what is above, and escapes its title", async () => {
    const drawn = await dense(
      chart(axes, (plot) => [
        line(plot, "canary", [
          [0, 0],
          [5, undefined],
          [10, 100],
        ]),
        interval(plot, "old", 5, { value: 50, low: 0, high: 400 }),
      ]),
    );
    expect(drawn).toContain('d="M44 166M348 10"');
    expect(drawn).toContain('d="M196 166V10M191 166h10M191 10h10"');
    expect(drawn).toContain('<rect class="mark" x="192.5" y="84.5"');
    expect(drawn).toContain('<title id="c-title">&lt;b&gt;</title>');
  });
});
