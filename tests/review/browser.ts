import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { chromium, type BrowserContext, type Page } from "playwright-core";

/** Debian's Chromium, driven without a network. */

/** What Chromium asks the internet of its own accord is turned off. */
const FLAGS = [
  "--headless",
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

/** Path of Chromium; undefined where there is none, which is said on stderr: Jest drops what a skipped suite logs. */
export function findChromium(suite: string): string | undefined {
  const found = spawnSync("sh", ["-c", "command -v chromium"], { encoding: "utf8" });
  if (found.status === 0) return found.stdout.trim();
  process.stderr.write(
    `SKIPPED: ${suite}, no chromium on the PATH; on Debian: apt-get install chromium\n`,
  );
  return undefined;
}

export interface Reader {
  /** Opens a page from a file, as a reviewer does. */
  readonly open: (markup: string, colours?: "light" | "dark") => Promise<Page>;
  /** Everything that pages asked for beyond the file itself. */
  readonly requests: readonly string[];
  readonly close: () => Promise<void>;
}

/** A browser with a profile of its own. */
export async function startReader(
  executablePath: string,
  viewport = { width: 1280, height: 800 },
): Promise<Reader> {
  const folder = mkdtempSync(join(tmpdir(), "mlscore-browser-"));
  const context: BrowserContext = await chromium.launchPersistentContext(join(folder, "profile"), {
    executablePath,
    args: FLAGS,
    viewport,
  });
  const requests: string[] = [];
  let opened = 0;
  return {
    requests,
    open: async (markup, colours = "light") => {
      const file = join(folder, `${++opened}.html`);
      writeFileSync(file, markup);
      const page = await context.newPage();
      const url = pathToFileURL(file).href;
      await page.route("**", (route) => {
        if (route.request().url() === url) return route.continue();
        requests.push(route.request().url());
        return route.abort();
      });
      await page.emulateMedia({ colorScheme: colours });
      await page.goto(url);
      return page;
    },
    close: async () => {
      await context.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
