import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { chromium, type BrowserContext, type Page } from "playwright-core";
import { startSupervisor, type Supervisor } from "../../../../local/endpoint";
import { findChromium } from "../../../review/browser";
import { CACHE_DIRECTORY, deployment, endpoint } from "../support/endpoint";

/** The form and the captured requests of the status page in real Chromium, over a real endpoint. */

const found = findChromium("tests/local/endpoint/statusPage/form.test.ts");

(found === undefined ? describe.skip : describe)("the form of the status page in Chromium", () => {
  const folder = mkdtempSync(join(tmpdir(), "status-form-"));
  let supervisor: Supervisor;
  let context: BrowserContext;
  let page: Page;

  beforeAll(async () => {
    supervisor = await startSupervisor({
      stateDirectory: join(folder, "state"),
      cacheDirectory: CACHE_DIRECTORY,
    });
    const both = [deployment("blue"), deployment("green")];
    await supervisor.apply(endpoint(both, { blue: 100 }), () => undefined);
    context = await chromium.launchPersistentContext(join(folder, "profile"), {
      executablePath: found!,
      args: ["--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking"],
    });
    page = await context.newPage();
    await page.goto(supervisor.statusLink());
    await page.locator("#target option", { hasText: "green" }).waitFor({ state: "attached" });
  });
  afterAll(async () => {
    await context.close();
    await supervisor.close();
    rmSync(folder, { recursive: true });
  });
  const outcome = (text: RegExp) => page.locator("#outcome", { hasText: text }).waitFor();
  const focused = () =>
    page.evaluate("document.activeElement.id || document.activeElement.tagName");

  it("sends the body to the chosen deployment and shows its answer", async () => {
    await page.locator("#body").fill('{"length": 3}');
    await page.locator("#target").selectOption("green");
    await page.locator("#request button").click();
    await outcome(/^HTTP 200 from green in \d+ ms$/);
    expect(JSON.parse(await page.locator("#answer").innerText())).toMatchObject({ label: "green" });
  });

  it("is used by the keyboard alone: the order of Tab, and Enter on the button", async () => {
    await page.locator("#log").focus();
    const order: unknown[] = [];
    for (let step = 0; step < 4; step += 1) {
      await page.keyboard.press("Tab");
      order.push(await focused());
    }
    expect(order).toEqual(["target", "body", "BUTTON", "answer"]);
    await page.locator("#target").selectOption("");
    await page.locator("#body").focus();
    await page.keyboard.press("Tab");
    await page.keyboard.press("Enter");
    await outcome(/^HTTP 200 from blue in \d+ ms$/);
  });

  it("lists captured requests without their bodies, and copies one to the form when asked to", async () => {
    expect(await page.locator("#capturing").isVisible()).toBe(false);
    await supervisor.capture({ kind: "on", settings: {} });
    await page.locator("#body").fill('{"length": 4}');
    await page.locator("#target").selectOption("green");
    await page.locator("#request button").click();
    await page.locator("#captured option", { hasText: "1, green" }).waitFor({ state: "attached" });
    const row = page.locator('[data-part="captured"] tbody tr');
    expect(await row.locator("th, td").allInnerTexts()).toEqual([
      "1",
      expect.stringMatching(/^\d\d:\d\d:\d\d$/),
      ...["/score", "green", "200"],
    ]);
    expect(await page.locator('[data-part="captured"]').innerText()).not.toContain("length");
    await page.locator("#body").fill("");
    await page.locator("#target").selectOption("");
    await page.locator("#copy").click();
    await outcome(/^Request 1 is in the form\.$/);
    expect(await page.locator("#body").inputValue()).toBe('{"length": 4}');
    expect(await page.locator("#target").inputValue()).toBe("green");
    expect(await focused()).toBe("body");
    await supervisor.capture({ kind: "off" });
    await page.locator("#capturing").waitFor({ state: "hidden" });
  });
});
