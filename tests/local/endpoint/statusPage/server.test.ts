import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { request } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { chromium, type BrowserContext, type Page } from "playwright-core";
import {
  createStatusServer,
  type StatusServer,
} from "../../../../local/endpoint/statusPage/server";
import type { EndpointStatus, MetricsSnapshot } from "../../../../local/endpoint/status";
import { findChromium } from "../../../review/browser";
import { expectAccessible, SIZES } from "./accessible";

/**
 * The status page over a status of the tests' own: who is let in, and what real Chromium shows and asks for. Does not prove
 * other browsers.
 */

const NOTHING: MetricsSnapshot = {
  requests: 0,
  byStatus: {},
  byModelStatus: {},
  latencyMs: { p50: 0, p90: 0, p95: 0, p99: 0, max: 0, mean: 0 },
  latencyHistogram: [],
};
const HOSTILE = "<img src=x onerror=alert(1)>";

let folder = "";
let server: StatusServer;
let port = 0;
let requests = 5;
const bugs: unknown[] = [];

function status(): EndpointStatus {
  const comparison = { compared: 0, different: 0, uncompared: 0, fields: [] };
  const deployment = (name: string) =>
    ({
      name,
      revision: "1",
      state: "ready",
      traffic: 50,
      mirrorTraffic: 0,
      inFlight: 0,
      metrics: { ...NOTHING, requests, byStatus: { "200": requests } },
      mirrored: { ...NOTHING, skipped: 0, comparison },
      instances: [{ id: 0, state: "ready", restarts: 0, logPath: join(folder, "one.log") }],
    }) as const;
  return {
    name: "flood",
    authMode: "Key",
    scoringUri: "http://127.0.0.1:1/score",
    swaggerUri: "http://127.0.0.1:1/swagger.json",
    port: 1,
    pid: 1,
    startedAt: "2026-03-01T12:00:00.000Z",
    applying: false,
    traffic: {},
    mirrorTraffic: {},
    tags: {},
    deployments: [deployment("blue"), deployment(HOSTILE)],
    bringUps: {},
    accessLogPath: "",
  };
}

async function startServer(desired = 0): Promise<void> {
  server = createStatusServer({
    supervisor: {
      status,
      keys: () => ({ primaryKey: "primary-secret", secondaryKey: "secondary-secret" }),
      token: () => Promise.reject(new Error("no token")),
      capturedBody: (number) => (number === 1 ? '{"captured": 1}' : undefined),
    },
    sampleRequest: () => "{}",
    secretPath: join(folder, "status-page.json"),
    onBug: (error) => bugs.push(error),
  });
  port = await server.listen(desired);
}

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "status-page-"));
  writeFileSync(join(folder, "one.log"), `first\n${HOSTILE}\n`);
  await startServer();
});
afterAll(async () => {
  await server.close();
  rmSync(folder, { recursive: true });
  expect(bugs).toEqual([]);
});

function ask(
  path: string,
  headers: Record<string, string> = {},
  method = "GET",
): Promise<{ status: number | undefined; headers: NodeJS.Dict<string | string[]> }> {
  return new Promise((resolve, reject) => {
    const asked = request(
      { host: "127.0.0.1", port, path, method, headers, agent: false },
      (res) => {
        res.destroy();
        resolve({ status: res.statusCode, headers: res.headers });
      },
    );
    asked.on("error", reject).end(method === "POST" ? "{}" : undefined);
  });
}

async function cookieOf(): Promise<string> {
  const { pathname, search } = new URL(server.link());
  const { headers } = await ask(pathname + search);
  return String(headers["set-cookie"]).split(";")[0] ?? "";
}

describe("access to the status page", () => {
  it.each(["/_status", "/_status/events", "/_status/page.js", "/_status/request", "/elsewhere"])(
    "is refused without the cookie: %s",
    async (path) => {
      expect((await ask(path)).status).toBe(401);
      expect((await ask(path, { cookie: `mlscore-status-${port}=wrong` })).status).toBe(401);
    },
  );

  it("is given once by a link, with a cookie that scripts and other sites do not get", async () => {
    const { pathname, search } = new URL(server.link());
    const first = await ask(pathname + search);
    expect(first.status).toBe(303);
    expect(String(first.headers["set-cookie"])).toMatch(
      /^mlscore-status-\d+=[\w-]{43}; Path=\/_status; HttpOnly; SameSite=Strict$/,
    );
    expect((await ask(pathname + search)).status).toBe(401);
    const [old] = [server.link(), server.link()];
    expect((await ask(old.slice(old.indexOf("/_status")))).status).toBe(401);
  });

  it("is refused to any other host, with the cookie too", async () => {
    const cookie = await cookieOf();
    for (const host of ["example.org", `localhost:${port}`, `127.0.0.1:${port + 1}`]) {
      expect((await ask("/_status", { cookie, host })).status).toBe(421);
    }
    expect((await ask("/_status", { cookie })).status).toBe(200);
  });

  it("sends requests for its own page alone, and shares nothing with other origins", async () => {
    const cookie = await cookieOf();
    for (const origin of [
      undefined,
      "null",
      "http://example.org",
      `http://127.0.0.1:${port + 1}`,
    ]) {
      const headers = { cookie, ...(origin === undefined ? {} : { origin }) };
      const answer = await ask("/_status/request", headers, "POST");
      expect(answer.status).toBe(403);
      expect(answer.headers["access-control-allow-origin"]).toBeUndefined();
    }
    const { headers } = await ask("/_status", { cookie });
    expect(headers["content-security-policy"]).toContain("script-src 'self';");
    expect(headers["content-security-policy"]).not.toContain("unsafe");
  });
});

const found = findChromium("tests/local/endpoint/statusPage/server.test.ts");

(found === undefined ? describe.skip : describe)("the status page in Chromium", () => {
  let context: BrowserContext;
  const elsewhere: string[] = [];
  beforeAll(async () => {
    context = await chromium.launchPersistentContext(join(folder, "profile"), {
      executablePath: found!,
      args: ["--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking"],
    });
    context.on("request", (one) => {
      if (!one.url().startsWith(`http://127.0.0.1:${port}/`)) elsewhere.push(one.url());
    });
  });
  afterAll(() => context.close());

  async function open(): Promise<Page> {
    const page = await context.newPage();
    await page.goto(server.link());
    await page.locator("#connection", { hasText: "Up to date." }).waitFor();
    await page.locator('[data-part="rollout"] p').waitFor();
    return page;
  }

  it("updates without a reload, and goes on after a restart of the endpoint", async () => {
    const page = await open();
    await page
      .locator("td", { hasText: /^200: 5$/ })
      .first()
      .waitFor();
    await page.evaluate("window.isTheSame = true");
    requests = 6;
    await page
      .locator("td", { hasText: /^200: 6$/ })
      .first()
      .waitFor();
    await server.close();
    await page.locator("#connection.lost").waitFor();
    requests = 7;
    await startServer(port);
    await page
      .locator("td", { hasText: /^200: 7$/ })
      .first()
      .waitFor();
    expect(await page.evaluate("window.isTheSame")).toBe(true);
    await page.close();
  });

  it("shows hostile names and log lines as they are, and has no secret", async () => {
    const page = await open();
    await page.locator("#log", { hasText: HOSTILE }).waitFor();
    expect(await page.locator("td code").allInnerTexts()).toEqual(["blue", HOSTILE]);
    expect(await page.locator("img, main script").count()).toBe(0);
    writeFileSync(join(folder, "one.log"), "next\n", { flag: "a" });
    await page.locator("#log", { hasText: "next" }).waitFor();
    expect(await page.content()).not.toContain("primary-secret");
    await page.close();
  });

  it("shows the last hundred of more lines, without the secret in one of them", async () => {
    const page = await open();
    await page.locator("#log", { hasText: HOSTILE }).waitFor();
    const many = Array.from({ length: 150 }, (_, n) => `line ${n}`);
    many[120] = `AccountKey=${"c2VjcmV0".repeat(10)}ABCDEA==`;
    writeFileSync(join(folder, "one.log"), `${many.join("\n")}\n`, { flag: "a" });
    await page.locator("#log", { hasText: "line 149" }).waitFor();
    const text = (await page.locator("#log").innerText()).split("\n");
    expect(text.slice(text.indexOf("… lines left out …")).filter(Boolean)).toHaveLength(101);
    expect(text).not.toContain("line 49");
    expect(text).toContain("line 50");
    expect(text.join("")).not.toContain("c2VjcmV0");
    await page.close();
  });

  it.each(SIZES)("has nothing that axe objects to: %s, %d wide", async (...size) => {
    const page = await open();
    await expectAccessible(page, "status", size);
    await page.close();
    expect(elsewhere).toEqual([]);
  });
});
