import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import axe from "axe-core";
import type { Page } from "playwright-core";
import { page } from "../../review/page";
import { reportOf } from "../../review/report";
import type { Evaluated } from "../../review/compare";
import type { Resource } from "../../review/model";
import { findChromium, startReader, type Reader } from "./browser";
import {
  edited,
  production,
  reviewed,
  reviewOf,
  sandbox,
  withInputs,
  withResource,
} from "./graphs";
import { HOSTILE } from "./hostile";
import { change, resource } from "./smallStack";

/**
 * The page in real Chromium: what it weighs, what it asks for, and whether it can be read by everybody. It does not prove
 * what a screen reader says, nor other browsers.
 */

const chromium = findChromium("tests/review/page.test.ts");
const MEBIBYTES_1_5 = 1.5 * 1024 * 1024;

(chromium === undefined ? describe.skip : describe)("the page in Chromium", () => {
  let reader: Reader;
  let clusters: Evaluated;
  /** Production with fewer days of logs, and a new sandbox. */
  let markup: string;
  let shown: Page;

  beforeAll(async () => {
    reader = await startReader(chromium!);
    clusters = await production();
    const endpoints = await sandbox();
    const changed = withResource(clusters, "log-analytics", "Workspace", (one) =>
      withInputs(one, { retentionInDays: 7 }),
    );
    const review = reviewOf(
      reviewed("production", clusters, changed),
      reviewed("sandbox", { kind: "absent" }, endpoints),
    );
    markup = await page(reportOf(review));
    shown = await reader.open(markup);
  });
  afterAll(() => reader.close());

  it("is small, opens at once and asks for nothing", async () => {
    const everything = await page(
      reportOf(reviewOf(reviewed("production", { kind: "absent" }, clusters))),
    );
    expect(Buffer.byteLength(everything)).toBeLessThan(MEBIBYTES_1_5);
    const whole = await reader.open(everything);
    const milliseconds = await whole.evaluate<number>(
      "performance.getEntriesByType('navigation')[0].loadEventEnd",
    );
    const kilobytes = Math.round(Buffer.byteLength(everything) / 1024);
    process.stderr.write(
      `The page of a new production stack: ${kilobytes} KB, opened in ${Math.round(milliseconds)} ms.\n`,
    );
    await whole.close();
    expect(reader.requests).toEqual([]);
  });

  it.each(["light", "dark"] as const)("has nothing that axe objects to, %s", async (colours) => {
    const one = await reader.open(markup, colours);
    if (colours === "light") expect(await violations(one)).toEqual([]);
    await openEverything(one);
    expect(await violations(one)).toEqual([]);
    await one.close();
  });

  it("has a drawing of each stack, with what changes marked and linked", async () => {
    expect(await shown.locator("svg.topology").count()).toBe(2);
    expect(await shown.locator("svg.topology").first().locator(".update").count()).toBe(1);
    const link = shown.locator("svg.topology a", { hasText: "log-analytics" }).first();
    const target = (await link.getAttribute("href")) ?? "";
    await link.click();
    await shown.locator(`${target}[open]`).waitFor();
    expect(await shown.locator(`${target} tbody tr`).allInnerTexts()).toEqual([
      "retentionInDays\t30\t7",
    ]);
  });

  it.each([
    ["screen", { width: 1280, height: 800 }],
    ["phone", { width: 390, height: 844 }],
  ])("shows the whole of production on a %s, in letters that can be read", async (_name, size) => {
    const everything = await page(
      reportOf(reviewOf(reviewed("production", { kind: "absent" }, clusters))),
    );
    const one = await reader.open(everything);
    await one.setViewportSize(size);
    expect(await one.evaluate("document.documentElement.scrollWidth")).toBe(size.width);
    const seen = await one.evaluate<{ left: number; right: number; letters: number }[]>(SEEN);
    expect(seen.length).toBeGreaterThan(15);
    expect(Math.min(...seen.map(({ left }) => left))).toBeGreaterThanOrEqual(0);
    expect(Math.max(...seen.map(({ right }) => right))).toBeLessThanOrEqual(size.width);
    expect(Math.min(...seen.map(({ letters }) => letters))).toBeGreaterThanOrEqual(8);
    await one.close();
  });

  it("marks nothing in the drawing where tags alone change, and what becomes public", async () => {
    const tagged = (one: Resource) => withInputs(one, { tags: { owner: "others" } });
    const all = (change: (one: Resource) => Resource) =>
      edited(clusters, ({ resources }) => ({
        resources: resources.map((one) => (one.inputs["tags"] === undefined ? one : change(one))),
      }));
    const opened = withResource(all(tagged), "features", "StorageAccount", (one) =>
      withInputs(one, { publicNetworkAccess: "Enabled" }),
    );
    for (const [after, marked] of [
      [all(tagged), []],
      [opened, ["features"]],
    ] as const) {
      const one = await reader.open(
        await page(reportOf(reviewOf(reviewed("production", clusters, after)))),
      );
      const changed = one.locator("svg.topology g.update:not(.label) > text.name");
      // The same thing stands again at the end of an arrow for a role.
      expect([...new Set(await changed.allTextContents())]).toEqual(marked);
      const lines = await one.locator("svg.topology .line.update").count();
      expect(lines).toBe(0);
      const news = await one.locator("svg.topology text", { hasText: "newly public" }).count();
      expect(news).toBe(marked.length);
      await one.close();
    }
  });

  it("finds what is searched for, and says how much", async () => {
    const one = await reader.open(markup);
    const changes = one.locator("details.change");
    const all = await changes.count();
    const search = one.getByLabel("Search names, properties and values");
    await search.fill("RETENTION log-analytics");
    expect(await one.locator("#found").innerText()).toBe(`2 of ${all} resources`);
    expect(await one.locator("details.change:visible tbody tr:visible").allInnerTexts()).toEqual([
      "retentionInDays\t30\t7",
      "retentionInDays\t30",
    ]);
    await search.fill("no such thing");
    expect(await one.locator("details.change:visible").count()).toBe(0);
    await search.fill("");
    expect(await one.locator("details.change:visible").count()).toBe(all);
    await one.close();
  });

  it("tells changes of one shape once, found by the name of each", async () => {
    const vaults = (owner: string) =>
      Array.from({ length: 40 }, (_, index) =>
        resource("keyvault:Vault", `vault-${index}`, { tags: { owner } }),
      );
    const one = await reader.open(await page(reportOf(reviewOf(change(vaults("a"), vaults("b"))))));
    expect(await one.locator("details.change").count()).toBe(1);
    expect(await one.locator(".members li").count()).toBe(40);
    const search = one.getByLabel("Search names, properties and values");
    await search.fill("vault-39 owner");
    expect(await one.locator("#found").innerText()).toBe("40 of 40 resources");
    await one.close();
  });

  it("goes by keyboard from the skip link to a drawing, and opens what is folded", async () => {
    const one = await reader.open(markup);
    const focused = () => one.evaluate<string>("document.activeElement.outerHTML.slice(0, 60)");
    await one.keyboard.press("Tab");
    expect(await focused()).toContain('class="skip"');
    await one.keyboard.press("Enter");
    expect(await focused()).toContain('<main id="main"');
    await one.keyboard.press("Tab");
    expect(await focused()).toContain('<a href="#change-1">');
    await one.keyboard.press("Enter");
    expect(await one.locator("details[open]").getAttribute("id")).toBe("change-1");
    await one.keyboard.press("Tab");
    expect(await focused()).toContain("<summary>");
    await one.keyboard.press("Enter");
    expect(await one.locator("details[open]").count()).toBe(0);
    await one.close();
  });

  it("shows all of it on paper, and folds it again", async () => {
    const one = await reader.open(markup);
    await one.pdf();
    expect(await one.locator("details[open]").count()).toBe(0);
    await one.emulateMedia({ media: "print" });
    expect(await one.locator(".search").isVisible()).toBe(false);
    await one.close();
  });

  it("shows hostile names as they are, and runs nothing of them", async () => {
    const resources = HOSTILE.map((text, index) =>
      resource("keyvault:Vault", `${index} ${text}`, { [text]: text, tags: { [text]: text } }),
    );
    const report = reportOf(reviewOf(change([], resources)));
    const one = await reader.open(await page(report));
    const alarms: string[] = [];
    one.on("dialog", (dialog) => {
      alarms.push(dialog.message());
      void dialog.dismiss();
    });
    one.on("pageerror", ({ message }) => alarms.push(message));
    await openEverything(one);
    expect(alarms).toEqual([]);
    expect(await one.locator("script").count()).toBe(1);
    expect(await one.locator("img, iframe, object, b b, main script").count()).toBe(0);
    expect(await one.locator('a:not([href^="#"])').count()).toBe(0);
    const names = await one.locator("details.change > summary > code").allInnerTexts();
    expect(names.some((name) => name.includes("<script>alert(1)</script>"))).toBe(true);
    expect(names.some((name) => name.includes("a\\u{202e}b"))).toBe(true);
    await one.close();
    expect(reader.requests).toEqual([]);
  });
});

/** Every text of the drawing, or of the boxes in place of it, with the size of its letters on the screen. */
const SEEN = `Array.from(document.querySelectorAll(".drawing text, .boxes li, .boxes .way"))
  .filter((one) => one.getClientRects().length > 0)
  .map((one) => {
    const { left, right } = one.getBoundingClientRect();
    const svg = one.ownerSVGElement;
    const scale = svg ? svg.getBoundingClientRect().width / svg.viewBox.baseVal.width : 1;
    return { left, right, letters: parseFloat(getComputedStyle(one).fontSize) * scale };
  })`;

async function openEverything(one: Page): Promise<void> {
  await one.evaluate("document.querySelectorAll('details').forEach((one) => { one.open = true; })");
}

/** What axe finds, in one line each. */
async function violations(one: Page): Promise<string[]> {
  await one.evaluate(axe.source);
  const { violations } = await one.evaluate<axe.AxeResults>(
    "axe.run({ resultTypes: ['violations'] })",
  );
  return violations.map(({ id, nodes }) => `${id}: ${nodes[0]?.html ?? ""} (${nodes.length})`);
}
