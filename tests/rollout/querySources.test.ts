import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import { logAnalyticsSource, prometheusSource, QueryFailure } from "../../rollout/querySources";

/**
 * Answers of the form that Prometheus ("HTTP API", format overview and instant queries) and Azure Monitor ("Azure Monitor Log
 * Analytics API response format") document, from servers on loopback. Does not prove that a query means what its author wants.
 */

interface Seen {
  readonly method: string;
  readonly url: string;
  readonly headers: IncomingMessage["headers"];
  readonly body: string;
}

let server: Server;
let url = "";
let seen: Seen[] = [];
let respond: (res: ServerResponse) => unknown;

beforeEach(async () => {
  seen = [];
  server = createServer((req, res) => {
    let body = "";
    req.setEncoding("utf8").on("data", (chunk: string) => (body += chunk));
    req.on("end", () => {
      const { method = "", url: path = "", headers } = req;
      seen.push({ method, url: path, headers, body });
      respond(res);
    });
  });
  await new Promise<void>((resolve) => {
    server.listen(0, "127.0.0.1", resolve);
  });
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterEach(async () => {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});

const json = (value: unknown, status = 200) => {
  respond = (res) =>
    res.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(value));
};
const failure = (asked: Promise<number>) =>
  asked.then(
    (number) => `no failure but ${number}`,
    (error: unknown) => {
      if (!(error instanceof QueryFailure)) throw error;
      return error.message;
    },
  );
const success = (resultType: string, result: unknown, others: object = {}) => ({
  status: "success",
  data: { resultType, result },
  ...others,
});
const one = (value: string) => ({ metric: { job: "score" }, value: [1435781451.781, value] });

describe("a query of Prometheus", () => {
  const ask = () => prometheusSource(`${url}/base/`).ask('sum(up{a="b"})');

  it("is an instant query, and its number that of the only series", async () => {
    json(success("vector", [one("12.5")]));
    expect(await ask()).toBe(12.5);
    expect(seen).toMatchObject([{ method: "POST", url: "/base/api/v1/query" }]);
    expect(new URLSearchParams(seen[0]?.body).get("query")).toBe('sum(up{a="b"})');
    expect(seen[0]?.headers["content-type"]).toMatch(/^application\/x-www-form-urlencoded/);
    expect(seen[0]?.headers).not.toHaveProperty("authorization");
  });

  it("may give a scalar", async () => {
    json(success("scalar", [1435781451.781, "3"]));
    expect(await ask()).toBe(3);
  });

  it("has a token where there is one", async () => {
    json(success("vector", [one("1")], { infos: ["metric might not be a counter"] }));
    const token = () => Promise.resolve("tok");
    expect(await prometheusSource(url, { token }).ask("x")).toBe(1);
    expect(seen[0]?.headers.authorization).toBe("Bearer tok");
  });

  it.each<[string, unknown, number, string]>([
    [
      "no series",
      success("vector", []),
      200,
      "no data (where nothing means zero, write `or vector(0)`)",
    ],
    [
      "two series",
      success("vector", [one("1"), one("2")]),
      200,
      "it gives 2 series; must give one, for example by sum()",
    ],
    [
      "a matrix",
      success("matrix", []),
      200,
      "it gives a matrix; must give one number, for example by sum()",
    ],
    ["no number", success("vector", [one("NaN")]), 200, 'it gives "NaN", which is not a number'],
    ["infinity", success("vector", [one("+Inf")]), 200, 'it gives "+Inf", which is not a number'],
    [
      "a warning",
      success("vector", [one("1")], { warnings: ["a store is gone"] }),
      200,
      "Prometheus warns: a store is gone",
    ],
    [
      "an error with status 200",
      { status: "error", errorType: "execution", error: "boom" },
      200,
      "Prometheus refuses it: boom",
    ],
    [
      "a wrong query",
      { status: "error", errorType: "bad_data", error: "parse error" },
      400,
      "it is refused with 400: parse error",
    ],
    [
      "a query that took too long",
      { status: "error", errorType: "timeout", error: "query timed out" },
      503,
      "it is refused with 503: query timed out",
    ],
    ["another form", { ok: true }, 200, "its answer is not of the documented form"],
    [
      "a value of another form",
      success("vector", [{ value: 1 }]),
      200,
      "its answer is not of the documented form",
    ],
  ])("gives no number when it gets %s", async (_what, answer, status, expected) => {
    json(answer, status);
    expect(await failure(ask())).toBe(expected);
  });
});

describe("a query of Azure Monitor's logs", () => {
  const workspace = "00000000-0000-0000-0000-000000000000";
  const ask = () =>
    logAnalyticsSource(workspace, { url, token: () => Promise.resolve("tok") }).ask("Log | count");
  const table = (columns: readonly string[], rows: unknown[][], others: object = {}) => ({
    tables: [
      { name: "PrimaryResult", columns: columns.map((name) => ({ name, type: "long" })), rows },
    ],
    ...others,
  });

  it("goes to the workspace with a token, and its number is the only cell", async () => {
    json(table(["count_"], [[20839]]));
    expect(await ask()).toBe(20839);
    expect(seen).toMatchObject([
      {
        method: "POST",
        url: `/v1/workspaces/${workspace}/query`,
        headers: { authorization: "Bearer tok", "content-type": "application/json" },
        body: '{"query":"Log | count"}',
      },
    ]);
  });

  it.each<[string, unknown, number, string]>([
    ["no row", table(["count_"], []), 200, "no data (`summarize count()` gives a row with zero)"],
    ["no table", { tables: [] }, 200, "no data (`summarize count()` gives a row with zero)"],
    [
      "two rows",
      table(["count_"], [[1], [2]]),
      200,
      "it gives 2 rows of 1 columns; must give one number, for example by summarize",
    ],
    [
      "two columns",
      table(["a", "b"], [[1, 2]]),
      200,
      "it gives 1 rows of 2 columns; must give one number, for example by summarize",
    ],
    ["null", table(["count_"], [[null]]), 200, "it gives null, which is not a number"],
    [
      "a part",
      table(["count_"], [[1]], {
        error: { code: "PartialError", message: "There were some errors" },
      }),
      200,
      "only a part was found: There were some errors",
    ],
    [
      "a refusal",
      { error: { code: "InsufficientAccessError", message: "no access" } },
      403,
      "it is refused with 403: no access",
    ],
  ])("gives no number when it gets %s", async (_what, answer, status, expected) => {
    json(answer, status);
    expect(await failure(ask())).toBe(expected);
  });
});

describe("a source that does not answer as it should", () => {
  const ask = (options = {}) => failure(prometheusSource(url, options).ask("x"));

  it.each<[string, (res: ServerResponse) => unknown, RegExp]>([
    ["no JSON", (res) => res.end("<html>"), /^its answer is not of the documented form$/],
    [
      "a page of a proxy",
      (res) => res.writeHead(502).end("<h1>Bad\n gateway</h1>"),
      /^it is refused with 502: <h1>Bad gateway<\/h1>$/,
    ],
    [
      "a redirect",
      (res) => res.writeHead(302, { location: "https://example.com" }).end(),
      /cannot be reached: /,
    ],
    [
      "half an answer",
      (res) => res.writeHead(200, { "content-length": "9" }).end("{", () => res.destroy()),
      /cannot be reached: /,
    ],
    ["no answer", (res) => res.destroy(), /cannot be reached: /],
    [
      "more than there can be",
      (res) => res.end("x".repeat(1024 * 1024 + 1)),
      /^its answer is larger than 1 MiB$/,
    ],
  ])("gives no number: %s", async (_what, act, expected) => {
    respond = act;
    expect(await ask()).toMatch(expected);
  });

  it("is given up after a time", async () => {
    respond = () => undefined;
    expect(await ask({ timeoutMs: 20 })).toBe("no answer within 0.02 s");
  });

  it("is not reached where nobody listens", async () => {
    await new Promise((resolve) => server.close(resolve));
    expect(await ask()).toMatch(/^http:\/\/127\.0\.0\.1:\d+ cannot be reached: /);
    server.listen(0, "127.0.0.1");
  });
});
