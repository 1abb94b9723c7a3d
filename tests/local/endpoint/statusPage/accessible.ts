import { join } from "node:path";
import { expect } from "@jest/globals";
import axe from "axe-core";
import type { Page } from "playwright-core";

/** A wide light window and a phone's dark one. */
export const SIZES = [
  ["light", 1280, 800],
  ["dark", 390, 844],
] as const;

/**
 * The page fits a window of this size, and axe objects to nothing; a picture of it is kept where MLSCORE_SCREENSHOTS says.
 *
 * @param name of the picture
 */
export async function expectAccessible(
  page: Page,
  name: string,
  [colorScheme, width, height]: (typeof SIZES)[number],
): Promise<void> {
  await page.emulateMedia({ colorScheme });
  await page.setViewportSize({ width, height });
  expect(await page.evaluate("document.documentElement.scrollWidth")).toBe(width);
  // Not by eval in the page: its policy forbids that there.
  await page.evaluate(axe.source);
  const { violations } = await page.evaluate<axe.AxeResults>("axe.run()");
  expect(violations.map(({ id, nodes }) => `${id}: ${nodes[0]?.html}`)).toEqual([]);
  const shots = process.env["MLSCORE_SCREENSHOTS"];
  if (shots !== undefined) {
    await page.screenshot({ path: join(shots, `${name}-${width}.png`), fullPage: true });
  }
}
