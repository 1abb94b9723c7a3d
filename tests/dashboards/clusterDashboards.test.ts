import { describe, expect, it } from "@jest/globals";
import type { ClusterShown } from "../../components/dashboards/clusterShown";
import { panelsOf, type Dashboard } from "../../components/dashboards/description";
import { grafanaDashboard } from "../../components/dashboards/grafana";
import { nodesDashboard } from "../../components/dashboards/nodesDashboard";
import { PANELS, type PanelId } from "../../components/dashboards/panels";
import { scoringDashboard } from "../../components/dashboards/scoringDashboard";
import { ALERTS, OBJECTIVES } from "../alerts/allAlerts";
import { testValues, whyNoPromtool, type Evaluation } from "../alerts/promtool";
import { skipLoudly } from "../cluster/cluster";
import { CLUSTER, MINUTES } from "./clusterData";
import { CLUSTER_VALUES } from "./clusterValues";

/**
 * The cluster's dashboards: each line over prepared series in Prometheus itself, and Grafana's JSON. Not proved: that managed
 * Prometheus and Grafana in the portal show the same.
 */

const DASHBOARDS: Readonly<Record<"scoring" | "nodes", Dashboard<ClusterShown>>> = {
  scoring: scoringDashboard({
    endpointName: "flood",
    namespace: "flood",
    gatewayNamespace: "flood-gateway",
    objectives: OBJECTIVES,
  }),
  nodes: nodesDashboard(),
};
const NAMES = ["scoring", "nodes"] as const;

/** Each line of a dashboard, with what it is to show. */
function evaluations(name: "scoring" | "nodes"): Evaluation[] {
  return panelsOf(DASHBOARDS[name]).flatMap(({ id, shown }) =>
    shown.series.map(({ legend, expression }) => ({
      expression: `round(${expression}, 0.001)`,
      samples: CLUSTER_VALUES[name][id]?.[legend] ?? {},
    })),
  );
}

describe.each(NAMES)("the dashboard %s", (name) => {
  const panels = panelsOf(DASHBOARDS[name]);

  it("has a value for each of its lines", () => {
    const lines = panels.map(({ id, shown }) => [id, shown.series.map(({ legend }) => legend)]);
    const values = Object.entries(CLUSTER_VALUES[name]).map(([id, of]) => [id, Object.keys(of)]);
    expect(Object.fromEntries(lines)).toEqual(Object.fromEntries(values));
    expect(lines).toHaveLength(values.length);
  });

  it("reads metrics that its alerts read, and no other", () => {
    const metrics = (texts: readonly string[]) =>
      new Set(
        texts.flatMap(
          (text) => text.match(/\b(?:container|kube|kubelet|node|rest|istio)_\w+/g) ?? [],
        ),
      );
    const alerted = metrics(ALERTS.flatMap(({ prometheus }) => prometheus?.expression ?? []));
    const shown = metrics(
      panels.flatMap(({ shown: { series } }) => series.map(({ expression }) => expression)),
    );
    expect(shown.size).toBeGreaterThan(8);
    expect([...shown].filter((metric) => !alerted.has(metric))).toEqual([]);
  });
});

const skipped = skipLoudly("tests/dashboards, PromQL", whyNoPromtool());

(skipped ? describe.skip : describe)("the lines in Prometheus", () => {
  it.each(NAMES)("of %s show what is the case", (name) => {
    expect(testValues(CLUSTER, MINUTES, evaluations(name))).toEqual({
      ok: true,
      output: expect.stringContaining("SUCCESS"),
    });
  });

  it("are told apart from other values", () => {
    const [first] = evaluations("scoring");
    const samples = { ...first!.samples, '{destination_service_name="scoring-canary"}': 2.001 };
    expect(testValues(CLUSTER, MINUTES, [{ ...first!, samples }]).ok).toBe(false);
  });

  it("of failures are 0 and not missing where nothing failed", () => {
    const good = Object.fromEntries(
      Object.entries(CLUSTER).filter(([series]) => !/response_code="(?:429|500)"/.test(series)),
    );
    const [failed] = panelsOf(DASHBOARDS.scoring).filter(({ id }) => id === "failed");
    const samples = {
      '{destination_service_name="scoring-stable"}': 0,
      '{destination_service_name="scoring-canary"}': 0,
    };
    const { expression } = failed!.shown.series[0]!;
    expect(testValues(good, MINUTES, [{ expression, samples }])).toMatchObject({ ok: true });
  });
});

describe("Grafana's JSON of a dashboard", () => {
  const notify = {
    owner: "flood team",
    email: ["a@example.org"],
    azureApp: [],
    webhooks: [],
    runbooks: "https://example.org/repo",
  };
  const json = JSON.parse(
    JSON.stringify(grafanaDashboard("flood-scoring", DASHBOARDS.scoring, ALERTS, notify)),
  ) as Model;

  it("has a row for each section and a panel for each description, none over another", () => {
    expect(json.panels.filter(({ type }) => type === "row").map(({ title }) => title)).toEqual(
      DASHBOARDS.scoring.sections.map(({ title }) => title),
    );
    const charts = json.panels.filter(({ type }) => type === "timeseries");
    expect(charts.map(({ title }) => title)).toEqual(
      panelsOf(DASHBOARDS.scoring).map(({ id }) => PANELS[id]),
    );
    const cells = json.panels.flatMap(({ gridPos: { x, y, w, h } }) =>
      Array.from(
        { length: w * h },
        (_, index) => `${x + (index % w)}/${y + Math.floor(index / w)}`,
      ),
    );
    expect(new Set(cells).size).toBe(cells.length);
    const ids = json.panels.flatMap(({ id }) => id ?? []);
    expect(new Set(ids).size).toBe(json.panels.length - 1);
    expect(json.panels.every(({ gridPos: { x, w } }) => x + w <= 24)).toBe(true);
  });

  it("asks the chosen Azure Monitor workspace, whose variable is the only one", () => {
    expect(json.templating.list).toMatchObject([
      { name: "source", type: "datasource", query: "prometheus" },
    ]);
    const targets = json.panels.flatMap(({ targets = [] }) => targets);
    expect(targets.length).toBe(evaluations("scoring").length);
    for (const { datasource, expr } of targets) {
      expect(datasource).toEqual({ type: "prometheus", uid: "${source}" });
      expect(expr).not.toBe("");
    }
  });

  it("links each alert's runbook from the alert's panel", () => {
    const shown: readonly PanelId[] = panelsOf(DASHBOARDS.scoring).map(({ id }) => id);
    for (const { name, panel, runbook, prometheus } of ALERTS) {
      if (prometheus === undefined || !shown.includes(panel)) continue;
      const described = json.panels.find(
        ({ type, title }) => type === "timeseries" && title === PANELS[panel],
      )?.description;
      expect(described).toContain(
        `[${name}](https://example.org/repo/docs/runbooks/${runbook}.md)`,
      );
    }
  });
});

describe("an alert of the cluster", () => {
  const alerts = ALERTS.filter(({ prometheus }) => prometheus !== undefined);
  it.each(alerts)("$name has its panel on one dashboard", ({ panel }) => {
    const found = NAMES.filter((name) => panelsOf(DASHBOARDS[name]).some(({ id }) => id === panel));
    expect(found).toHaveLength(1);
  });
});

interface Model {
  readonly templating: { readonly list: readonly unknown[] };
  readonly panels: readonly {
    readonly type: string;
    /** All but the text at the top have one. */
    readonly id?: number;
    readonly title: string;
    readonly description?: string;
    readonly gridPos: {
      readonly x: number;
      readonly y: number;
      readonly w: number;
      readonly h: number;
    };
    readonly targets?: readonly { readonly datasource: unknown; readonly expr: string }[];
  }[];
}
