import { afterEach, beforeEach, describe, expect, it, jest } from "@jest/globals";
import { queriesOf } from "../../rollout/ownQueries";

/** Who gets a token. Does not prove that Azure accepts it. */

const LOGS = "00000000-0000-0000-0000-000000000000";

describe("the queries of own metrics", () => {
  const sent: (readonly [url: string, authorization: string | null])[] = [];
  const asked: string[] = [];
  beforeEach(() => {
    sent.length = 0;
    asked.length = 0;
    jest.spyOn(globalThis, "fetch").mockImplementation((url, init) => {
      sent.push([
        url instanceof Request ? url.url : url.toString(),
        new Headers(init?.headers).get("authorization"),
      ]);
      return Promise.resolve(new Response("{}", { status: 500 }));
    });
  });
  afterEach(() => {
    jest.restoreAllMocks();
  });
  const token = (resource: string) => {
    asked.push(resource);
    return Promise.resolve("tok");
  };
  const ask = async (language: "promql" | "kql", prometheus: string, isAzure = true) => {
    const queries = queriesOf({ prometheus, logAnalytics: LOGS }, token, isAzure);
    await queries[language]?.ask("x").catch(() => undefined);
  };

  it("have a token for a managed Prometheus and for the logs, each for its own resource", async () => {
    await ask("promql", "https://mine-a1b2.westeurope.prometheus.monitor.azure.com");
    await ask("kql", "https://prometheus.example.com");
    expect(asked).toEqual([
      "https://prometheus.monitor.azure.com",
      "https://api.loganalytics.azure.com",
    ]);
    expect(sent).toEqual([
      ["https://mine-a1b2.westeurope.prometheus.monitor.azure.com/api/v1/query", "Bearer tok"],
      [`https://api.loganalytics.azure.com/v1/workspaces/${LOGS}/query`, "Bearer tok"],
    ]);
  });

  it.each([
    "https://prometheus.example.com",
    "http://mine.westeurope.prometheus.monitor.azure.com",
    "https://prometheus.monitor.azure.com.example.com",
    "https://myprometheus.monitor.azure.com",
    "https://example.com/.prometheus.monitor.azure.com",
  ])("have none for %s", async (url) => {
    await ask("promql", url);
    expect(asked).toEqual([]);
    expect(sent).toEqual([[`${url}/api/v1/query`, null]]);
  });

  it("are of what the settings name, and of logs in Azure alone", () => {
    const all = { prometheus: "http://127.0.0.1:9090", logAnalytics: LOGS };
    expect(Object.keys(queriesOf(all, token, true))).toEqual(["promql", "kql"]);
    expect(Object.keys(queriesOf(all, token, false))).toEqual(["promql"]);
    expect(queriesOf(undefined, token, true)).toEqual({});
  });
});
