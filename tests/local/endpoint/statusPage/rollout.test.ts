import { cpSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { chromium, type BrowserContext, type Page } from "playwright-core";
import { stringify } from "yaml";
import type { EndpointStatus } from "../../../../local/endpoint";
import { Load } from "../../../cluster/load";
import { CommandLine } from "../../../e2e/commandLine";
import { copyProject } from "../../../e2e/projectCopy";
import { findChromium } from "../../../review/browser";
import { sandboxSettings } from "../../../stacks";
import { expectAccessible, SIZES } from "./accessible";

/**
 * What the status page shows of rollouts by command on the local endpoint, in real Chromium and without a reload. Does not prove
 * other browsers.
 */

const FIXTURE = join(__dirname, "..", "..", "..", "fixtures", "canary");
const STACK = "canary";
const STEPS = [
  { mirror: 20, dwellSeconds: 4 },
  { percent: 30, dwellSeconds: 4 },
  { percent: 100, dwellSeconds: 2 },
];
/** Seconds bring too few requests to prove anything but a canary of which nothing is right. */
const GATE = { minRequests: 10, maxErrorPercent: 1, maxP95Ratio: 100, passWhen: "noBreach" };

const found = findChromium("tests/local/endpoint/statusPage/rollout.test.ts");

(found === undefined ? describe.skip : describe)("rollouts on the status page", () => {
  const project = copyProject();
  const cli = new CommandLine(project);
  const directory = mkdtempSync(join(tmpdir(), "status-rollout-"));
  let context: BrowserContext;
  let page: Page;
  let load: Load;

  const local = (...args: string[]) => cli.beside("local/cli.ts", ...args, "--stack", STACK);
  const rollout = (...args: string[]) => cli.beside("rollout/cli.ts", ...args, "--stack", STACK);
  const part = () => page.locator('[data-part="rollout"]');
  /** The first cells of each row of a table of the part. */
  const rows = async (table: number, from: number, to: number) => {
    const shown = await part().locator("table").nth(table).locator("tbody tr").all();
    return Promise.all(
      shown.map(async (row) => (await row.locator("th, td").allInnerTexts()).slice(from, to)),
    );
  };
  const steps = () => rows(0, 0, 3);
  const shares = async () => (await rows(1, 2, 3)).flat();
  const says = (text: RegExp) => part().locator("p", { hasText: text }).waitFor();

  async function expectAccessibleAtAllSizes(name: string): Promise<void> {
    for (const size of SIZES) await expectAccessible(page, name, size);
  }

  beforeAll(async () => {
    cpSync(FIXTURE, directory, { recursive: true });
    const smoke = join(directory, "requests", "first.json");
    const settings = sandboxSettings({
      endpointDirectory: directory,
      rollout: { steps: STEPS, gate: GATE, parity: {}, smoke },
    });
    writeFileSync(join(project, `Pulumi.${STACK}.yaml`), stringify({ config: settings }));
    const up = await local("up", "--all", "--detach");
    if (up.status !== 0) throw new Error(up.stderr);
    const { scoringUri } = JSON.parse((await local("status", "--json")).stdout) as EndpointStatus;
    load = new Load({
      url: scoringUri,
      body: '{"data": [1, 2.5]}',
      headers: { authorization: /Authorization: (Bearer [^']+)/.exec(up.stdout)?.[1] ?? "" },
      perSecond: 20,
      keepAlive: true,
    });
    context = await chromium.launchPersistentContext(join(directory, "profile"), {
      executablePath: found!,
      args: ["--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking"],
    });
    page = await context.newPage();
    await page.goto((await local("page")).stdout.trim());
    await says(/No rollout is on record\./);
    await page.evaluate("window.isTheSame = true");
  });
  afterAll(async () => {
    await load.stop();
    await context.close();
    cli.local("down", "--stack", STACK);
    cli.remove();
    rmSync(directory, { recursive: true });
    rmSync(project, { recursive: true });
  });

  it("shows a rollout that is under way, and then each step that it has passed", async () => {
    expect((await rollout("start", "--canary", "green")).status).toBe(0);
    await says(/^The rollout of green on canary-endpoint is under way since /);
    await part()
      .locator(".badge", { hasText: /^under way$/ })
      .waitFor();
    expect(await steps()).toEqual([
      ["1", "20 % mirrored", "under way"],
      ["2", "30 %", "not begun"],
      ["3", "100 %", "not begun"],
    ]);
    expect(await shares()).toEqual(["20 % mirrored"]);
    await expectAccessibleAtAllSizes("under-way");
    expect((await rollout("promote")).status).toBe(0);
    await says(/ and was promoted at /);
    expect(await steps()).toEqual([
      ["1", "20 % mirrored", "passed"],
      ["2", "30 %", "passed"],
      ["3", "100 %", "passed"],
    ]);
    expect(await shares()).toEqual(["20 % mirrored", "30 %", "100 %", "100 %"]);
    expect(await page.evaluate("window.isTheSame")).toBe(true);
    await expectAccessibleAtAllSizes("promoted");
  });

  it("shows the step at which one was rolled back, and why", async () => {
    expect((await rollout("start", "--canary", "blue")).status).toBe(0);
    expect((await rollout("advance")).status).toBe(0);
    expect((await local("fault", "blue", "errors=100%")).status).toBe(0);
    expect((await rollout("promote")).status).toBe(1);
    await says(/^The rollout of blue on .* and was rolled back /);
    const [first, second, third] = await steps();
    expect(first).toEqual(["1", "20 % mirrored", "passed"]);
    expect(second).toEqual(["2", "30 %", expect.stringMatching(/^breach .*failed/s)]);
    expect(third).toEqual(["3", "100 %", "not begun"]);
    expect(await shares()).toEqual(["20 % mirrored", "30 %", "0 %"]);
    expect(await page.evaluate("window.isTheSame")).toBe(true);
    await expectAccessibleAtAllSizes("rolled-back");
  });
});
