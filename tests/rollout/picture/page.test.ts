import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import axe from "axe-core";
import type { Page } from "playwright-core";
import { pictureOf } from "../../../rollout/picture/model";
import { rolloutPage } from "../../../rollout/picture/page";
import type { Line } from "../../../rollout/record";
import { PLACE } from "../../armHarness";
import { findChromium, startReader, type Reader } from "../../review/browser";
import { HOSTILE } from "../../review/hostile";
import { both, metrics, Workbench } from "../harness";

/** The page of a rollout in real Chromium. Does not prove other browsers. */

const chromium = findChromium("tests/rollout/picture/page.test.ts");

async function rolledBack(): Promise<readonly Line[]> {
  const bench = new Workbench();
  const began = bench.time;
  bench.window = (seconds) =>
    new Map([
      ["blue", both(metrics(seconds * 9, 9, 90))],
      ["green", both(metrics(seconds, bench.time - began > 900_000 ? seconds / 10 : 1, 130))],
    ]);
  await bench.start();
  await bench.promote();
  bench.remove();
  return bench.lines();
}

async function pageOf(lines: readonly Line[]): Promise<string> {
  const picture = pictureOf(lines, PLACE.endpointName, "2026-03-01T13:00:00.000Z");
  if (picture === undefined) throw new Error("there is no picture");
  return rolloutPage(picture);
}

(chromium === undefined ? describe.skip : describe)("the page of a rollout in Chromium", () => {
  let reader: Reader;
  beforeAll(async () => {
    reader = await startReader(chromium!);
  });
  afterAll(() => reader.close());

  it.each(["light", "dark"] as const)(
    "loads nothing and axe finds nothing, %s",
    async (colours) => {
      const shown = await reader.open(await pageOf(await rolledBack()), colours);
      for (const size of [
        { width: 1280, height: 800 },
        { width: 390, height: 844 },
      ]) {
        await shown.setViewportSize(size);
        expect(await shown.evaluate("document.documentElement.scrollWidth")).toBe(size.width);
        expect(await violations(shown)).toEqual([]);
      }
      expect(await shown.locator("h1").innerText()).toBe("green: rolled back by its gate");
      expect(await shown.locator("svg.chart").count()).toBe(3);
      expect(await shown.locator("tbody tr").first().innerText()).toContain("passed");
      expect(reader.requests).toEqual([]);
      await shown.close();
    },
  );

  it("shows hostile names as they are, and runs nothing of them", async () => {
    const lines = await rolledBack();
    for (const name of HOSTILE.filter((text) => text.trim() !== "")) {
      const renamed = lines.map((line) =>
        line.event === "started"
          ? { ...line, canary: name }
          : line.event === "intent"
            ? { ...line, reason: name }
            : line,
      );
      const shown = await reader.open(await pageOf(renamed));
      expect(await shown.locator("script, img, b, iframe, a:not(.skip)").count()).toBe(0);
      await shown.close();
    }
    expect(reader.requests).toEqual([]);
  });
});

async function violations(one: Page): Promise<string[]> {
  await one.evaluate(axe.source);
  const { violations } = await one.evaluate<axe.AxeResults>(
    "axe.run({ resultTypes: ['violations'] })",
  );
  return violations.map(({ id, nodes }) => `${id}: ${nodes[0]?.html ?? ""} (${nodes.length})`);
}
