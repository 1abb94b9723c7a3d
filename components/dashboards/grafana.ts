/* eslint-disable @typescript-eslint/no-deprecated -- deprecated for Grafana's second schema of dashboards, which no document of Azure mentions */
import * as common from "@grafana/grafana-foundation-sdk/common";
import {
  DashboardBuilder,
  DatasourceVariableBuilder,
  RowBuilder,
  ThresholdsConfigBuilder,
  ThresholdsMode,
  type Dashboard as GrafanaDashboard,
} from "@grafana/grafana-foundation-sdk/dashboard";
import { DataqueryBuilder } from "@grafana/grafana-foundation-sdk/prometheus";
import { PanelBuilder as TextBuilder, TextMode } from "@grafana/grafana-foundation-sdk/text";
import { PanelBuilder } from "@grafana/grafana-foundation-sdk/timeseries";
import type { Alert } from "../alerts/alert";
import type { Notify } from "../../config/notify";
import type { ClusterShown, Unit } from "./clusterShown";
import { panelText, type Dashboard, type Panel } from "./description";
import { PANELS } from "./panels";

/** Grafana's ids of units (grafana-data, valueFormats). */
const UNITS: Readonly<Record<Unit, string>> = {
  perSecond: "reqps",
  perMinute: "reqpm",
  share: "percentunit",
  milliseconds: "ms",
  seconds: "s",
  number: "short",
};

/** Chosen at the top of the dashboard: the Azure Monitor workspace with the cluster's metrics. */
const SOURCE = { type: "prometheus", uid: "${source}" } as const;

/** Places in it are the panels' ids, which Grafana wants to be numbers; rows come behind. */
const PANEL_IDS = Object.keys(PANELS);
const FIRST_ROW = PANEL_IDS.length + 1;

/** Grafana's grid is 24 wide. */
const WIDE = 24;
const HALF = 12;

/** Writes a dashboard of the cluster as Grafana's JSON model. Azure replaces its title by the resource's name. */
export function grafanaDashboard(
  title: string,
  dashboard: Dashboard<ClusterShown>,
  alerts: readonly Alert[],
  notify: Notify | undefined,
): GrafanaDashboard {
  const built = new DashboardBuilder(title)
    .description(dashboard.purpose)
    .tags(["mlscore"])
    .readonly()
    .timezone("browser")
    .time({ from: "now-6h", to: "now" })
    .refresh("1m")
    .withVariable(
      new DatasourceVariableBuilder("source").label("Azure Monitor workspace").type("prometheus"),
    )
    .withPanel(text(dashboard.purpose));
  for (const [index, section] of dashboard.sections.entries()) {
    built.withRow(new RowBuilder(section.title).id(FIRST_ROW + index));
    for (const panel of section.panels) built.withPanel(chart(panel, alerts, notify));
  }
  return built.build();
}

function text(content: string): TextBuilder {
  return new TextBuilder()
    .mode(TextMode.Markdown)
    .content(content)
    .height(2)
    .span(WIDE)
    .transparent(true);
}

function chart(
  panel: Panel<ClusterShown>,
  alerts: readonly Alert[],
  notify: Notify | undefined,
): PanelBuilder {
  const { unit, series, limit } = panel.shown;
  const built = new PanelBuilder()
    .id(PANEL_IDS.indexOf(panel.id) + 1)
    .title(PANELS[panel.id])
    .description(panelText(panel, alerts, notify))
    .datasource(SOURCE)
    .unit(UNITS[unit])
    .min(0)
    .height(8)
    .span(HALF)
    .legend(
      new common.VizLegendOptionsBuilder()
        .displayMode(common.LegendDisplayMode.List)
        .placement(common.LegendPlacement.Bottom)
        .showLegend(true),
    );
  for (const [index, { legend, expression }] of series.entries()) {
    built.withTarget(
      new DataqueryBuilder()
        .refId(String.fromCharCode("A".charCodeAt(0) + index))
        .datasource(SOURCE)
        .expr(expression)
        .legendFormat(legend)
        .range(),
    );
  }
  if (limit === undefined) return built;
  return built
    .thresholds(
      new ThresholdsConfigBuilder().mode(ThresholdsMode.Absolute).steps([
        { value: null, color: "green" },
        { value: limit, color: "red" },
      ]),
    )
    .thresholdsStyle(
      new common.GraphThresholdsStyleConfigBuilder().mode(common.GraphThresholdsStyleMode.Line),
    );
}
