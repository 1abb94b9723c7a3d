import { describe, expect, it } from "@jest/globals";
import { panelsOf } from "../../components/dashboards/description";
import { endpointDashboard, GRAIN } from "../../components/dashboards/endpointDashboard";
import { PANELS, type PanelId } from "../../components/dashboards/panels";
import { workbookData } from "../../components/dashboards/workbook";
import { metricDimensions } from "../../emulator/azure/alertMetrics";
import { metricsOf } from "../../emulator/azure/autoscaleTargets";
import { ALERTS, OBJECTIVES } from "../alerts/allAlerts";
import { parseKql } from "../alerts/kql";
import { runKql, type Row } from "../alerts/runKql";

/**
 * The endpoint's workbook: its queries over prepared rows, the metrics that it names, and its JSON. Not proved: that the portal
 * draws it.
 */

const MINUTE = 60_000;
const NOON = Date.UTC(2026, 0, 15, 12);
const DASHBOARD = endpointDashboard({ endpointName: "flood", objectives: OBJECTIVES });
const PANELS_OF_ENDPOINT = panelsOf(DASHBOARD);
const ENDPOINT =
  "/subscriptions/s/resourceGroups/rg/providers/Microsoft.MachineLearningServices/workspaces/w/onlineEndpoints/flood";
const PLACE = {
  endpointId: ENDPOINT,
  deploymentIds: [`${ENDPOINT}/deployments/blue`, `${ENDPOINT}/deployments/green`],
  logAnalyticsId:
    "/subscriptions/s/resourceGroups/rg/providers/Microsoft.OperationalInsights/workspaces/l",
  resourceGroupId: "/subscriptions/s/resourceGroups/rg",
};

/** A query as the workbook sends it for a grain of five minutes. */
function queryOf(id: PanelId): string {
  const { shown } = PANELS_OF_ENDPOINT.find((panel) => panel.id === id)!;
  if (shown.kind !== "log") throw new Error(`${id} is not of logs`);
  return shown.query.replaceAll(GRAIN, "5m");
}

const request = (minute: number, deployment: string, status: number, ms: number): Row => ({
  TimeGenerated: NOON + minute * MINUTE,
  EndpointName: "Flood",
  DeploymentName: deployment,
  ResponseCode: status,
  TotalDurationMs: ms,
});

/** Eight requests to blue, one of them slow; four to green, two of them failed; one to another endpoint. */
const TRAFFIC: readonly Row[] = [
  ...Array.from({ length: 7 }, (_, index) => request(index, "blue", 200, 100 + index)),
  request(7, "blue", 200, 1500),
  request(0, "green", 200, 50),
  request(1, "green", 424, 60),
  request(6, "green", 503, 70),
  request(7, "green", 200, 80),
  { ...request(0, "blue", 500, 9000), EndpointName: "other" },
];

describe("the queries of the endpoint's workbook", () => {
  const queries = PANELS_OF_ENDPOINT.filter(({ shown }) => shown.kind === "log");

  it.each(queries.map(({ id }) => id))("%s reads columns that there are", (id) => {
    expect(parseKql(queryOf(id)).problems).toEqual([]);
  });

  it("compare the deployments", () => {
    expect(runKql(queryOf("comparison"), TRAFFIC, NOON)).toEqual([
      {
        DeploymentName: "blue",
        Requests: 8,
        FailedPercent: 0,
        SlowPercent: 12.5,
        P50: 103,
        P95: 1500,
        P99: 1500,
      },
      {
        DeploymentName: "green",
        Requests: 4,
        FailedPercent: 50,
        SlowPercent: 0,
        P50: 60,
        P95: 80,
        P99: 80,
      },
    ]);
  });

  it("count requests by deployment and time", () => {
    expect(runKql(queryOf("split"), TRAFFIC, NOON)).toEqual([
      { TimeGenerated: NOON, DeploymentName: "blue", Requests: 5 },
      { TimeGenerated: NOON + 5 * MINUTE, DeploymentName: "blue", Requests: 3 },
      { TimeGenerated: NOON, DeploymentName: "green", Requests: 2 },
      { TimeGenerated: NOON + 5 * MINUTE, DeploymentName: "green", Requests: 2 },
    ]);
  });

  it.each<[PanelId, readonly number[]]>([
    ["failed", [0, 0, 50, 50]],
    ["slow", [0, 100 / 3, 0, 0]],
  ])("show the percentage of %s requests", (id, percents) => {
    const rows = runKql(queryOf(id), TRAFFIC, NOON);
    expect(rows.map(({ Percent }) => Percent)).toEqual(percents);
  });

  it("show by the hour how fast the objectives are used up", () => {
    const later = TRAFFIC.map((row) => ({
      ...row,
      TimeGenerated: Number(row["TimeGenerated"]) + 60 * MINUTE,
      ResponseCode: 200,
    }));
    const rows = runKql(queryOf("burnRate"), [...TRAFFIC, ...later], NOON);
    expect(rows).toHaveLength(2);
    // Two of twelve failed where 0.5 % may, and one was slow where 1 % may.
    expect(rows[0]).toMatchObject({ TimeGenerated: NOON });
    expect(Number(rows[0]!["Failed"])).toBeCloseTo(2 / 12 / 0.005, 9);
    expect(Number(rows[0]!["Slow"])).toBeCloseTo(1 / 12 / 0.01, 9);
    expect(rows[1]).toMatchObject({ TimeGenerated: NOON + 60 * MINUTE, Failed: 0 });
  });

  it("list the endpoint's own events and errors, latest first", () => {
    const line = (minute: number, message: string, endpoint = "flood"): Row => ({
      TimeGenerated: NOON + minute * MINUTE,
      DeploymentName: "blue",
      InstanceId: "i",
      Name: "ContainerStarted",
      Message: message,
      _ResourceId: ENDPOINT.toLowerCase().replace(/flood$/, endpoint),
    });
    const rows = [
      line(0, "ready"),
      line(2, "ValueError: x"),
      line(1, "AN EXCEPTION"),
      line(3, "error", "other"),
    ];
    expect(runKql(queryOf("events"), rows, NOON).map(({ Message }) => Message)).toEqual([
      "ValueError: x",
      "AN EXCEPTION",
      "ready",
    ]);
    expect(runKql(queryOf("errors"), rows, NOON).map(({ Message }) => Message)).toEqual([
      "ValueError: x",
      "AN EXCEPTION",
    ]);
    expect(
      runKql(
        queryOf("events"),
        Array.from({ length: 150 }, (_, i) => line(i, "m")),
        NOON,
      ),
    ).toHaveLength(100);
  });
});

describe("the metrics of the endpoint's workbook", () => {
  const shown = PANELS_OF_ENDPOINT.flatMap((panel) =>
    panel.shown.kind === "metrics" ? [{ id: panel.id, ...panel.shown }] : [],
  );

  it.each(shown)("$id are those of the $of", ({ of, metrics, splitBy, only }) => {
    expect(metrics.filter((name) => !metricsOf(of).includes(name))).toEqual([]);
    const dimensions = [
      ...(splitBy === undefined ? [] : [splitBy]),
      ...(only === undefined ? [] : [only.dimension]),
    ];
    for (const name of metrics) {
      expect(dimensions.filter((one) => !metricDimensions(name).includes(one))).toEqual([]);
    }
  });
});

describe("the endpoint's workbook", () => {
  const { items, version, fallbackResourceIds } = workbookData(DASHBOARD, PLACE, ALERTS, undefined);
  const chartOf = (id: PanelId) => items.find(({ name }) => name === id)!;

  it("has every panel once, each with its text, and a time range that all take", () => {
    expect([version, fallbackResourceIds]).toEqual(["Notebook/1.0", [ENDPOINT]]);
    const charts = items.filter(({ type }) => type === 3 || type === 10);
    expect(charts.map(({ name }) => name)).toEqual(PANELS_OF_ENDPOINT.map(({ id }) => id));
    expect(new Set(items.map(({ name }) => name)).size).toBe(items.length);
    for (const { content } of charts) expect(content["timeContextFromParameter"]).toBe("Time");
    const [time] = items.filter(({ type }) => type === 9);
    expect(time!.content["parameters"]).toMatchObject([{ name: "Time", type: 4 }]);
  });

  it("asks for the endpoint's metrics by deployment", () => {
    expect(chartOf("requests").content).toMatchObject({
      resourceType: "microsoft.machinelearningservices/workspaces/onlineendpoints",
      resourceIds: [ENDPOINT],
      metrics: [
        {
          namespace: "microsoft.machinelearningservices/workspaces/onlineendpoints",
          metric:
            "microsoft.machinelearningservices/workspaces/onlineendpoints-Traffic-RequestsPerMinute",
          aggregation: 4,
          splitBy: "deployment",
        },
      ],
    });
    expect(chartOf("requests").content).not.toHaveProperty("filters");
    expect(chartOf("refused").content).toMatchObject({
      filters: [{ key: "statusCode", operator: 0, values: ["429"] }],
    });
    expect(chartOf("cpu").content["resourceIds"]).toEqual(PLACE.deploymentIds);
    expect(chartOf("split").content["crossComponentResources"]).toEqual([PLACE.logAnalyticsId]);
  });

  it("links the cost, and the runbook of each alert that a panel is about", () => {
    expect(items[0]!.content["json"]).toContain(
      "(https://portal.azure.com/#@/resource/subscriptions/s/resourceGroups/rg/costanalysis)",
    );
    const ofEndpoint = ALERTS.filter(
      ({ metric, log, activity }) => (metric ?? log ?? activity) !== undefined,
    );
    expect(ofEndpoint.length).toBeGreaterThan(10);
    for (const { name, panel, runbook } of ofEndpoint) {
      const text = items.find((item) => item.name === `${panel}-text`)?.content["json"];
      expect(text).toContain(`### ${PANELS[panel]}`);
      expect(text).toContain(`[${name}](docs/runbooks/${runbook}.md)`);
    }
  });

  it("has no link where there are no alerts", () => {
    const silent = workbookData(DASHBOARD, PLACE, [], undefined);
    expect(JSON.stringify(silent)).not.toContain("runbooks");
    expect(silent.items).toHaveLength(items.length);
  });
});
