import type { Alert } from "../alerts/alert";
import { METRIC_NAMESPACES } from "../alerts/azureRules";
import type { Notify } from "../../config/notify";
import { panelText, type Dashboard, type Panel } from "./description";
import type { EndpointShown, LogShown, MetricsShown } from "./endpointDashboard";
import { PANELS } from "./panels";
import { portalLink } from "./portalLink";

export interface WorkbookPlace {
  readonly endpointId: string;
  readonly deploymentIds: readonly string[];
  readonly logAnalyticsId: string;
  /** Of the stack, whose cost is linked. */
  readonly resourceGroupId: string;
}

/** Of an Azure workbook, as far as this project writes it (Application-Insights-Workbooks, schema/workbook.json). */
export interface WorkbookData {
  readonly version: "Notebook/1.0";
  readonly items: readonly WorkbookItem[];
  readonly fallbackResourceIds: readonly string[];
  readonly $schema: string;
}

export interface WorkbookItem {
  /** 1 text, 3 query, 9 parameters, 10 metrics. */
  readonly type: 1 | 3 | 9 | 10;
  readonly content: Readonly<Record<string, unknown>>;
  /** Percent of the page. */
  readonly customWidth?: string;
  readonly name: string;
}

const SCHEMA =
  "https://github.com/Microsoft/Application-Insights-Workbooks/blob/master/schema/workbook.json";

/** The parameter that all panels take their time range from. */
const TIME = "Time";

/** Numbers of the portal for what a chart draws and how it aggregates, as its templates have them (same repository). */
const LINES = 2;
const AVERAGE = 4;

/** Category of a metric in its id, and of what it is (Azure Monitor, "Supported metrics", column Category). */
const CATEGORY = { endpoint: "Traffic", deployment: "Resource" } as const;

/** Writes a dashboard as an Azure workbook. */
export function workbookData(
  dashboard: Dashboard<EndpointShown>,
  place: WorkbookPlace,
  alerts: readonly Alert[],
  notify: Notify | undefined,
): WorkbookData {
  return {
    version: "Notebook/1.0",
    items: [
      text(
        "purpose",
        `${dashboard.purpose} [Cost of the resource group](${portalLink(place.resourceGroupId, "costanalysis")})`,
      ),
      timeRange(),
      ...dashboard.sections.flatMap(({ title, panels }) => [
        text(title, `## ${title}`),
        ...panels.flatMap((panel) => [
          { ...text(`${panel.id}-text`, heading(panel, alerts, notify)), customWidth: "30" },
          chart(panel, place),
        ]),
      ]),
    ],
    fallbackResourceIds: [place.endpointId],
    $schema: SCHEMA,
  };
}

function heading(
  panel: Panel<EndpointShown>,
  alerts: readonly Alert[],
  notify: Notify | undefined,
): string {
  return `### ${PANELS[panel.id]}\n\n${panelText(panel, alerts, notify)}`;
}

function text(name: string, json: string): WorkbookItem {
  return { type: 1, content: { json }, name };
}

function timeRange(): WorkbookItem {
  const hours = (count: number) => ({ durationMs: count * 3_600_000 });
  return {
    type: 9,
    content: {
      version: "KqlParameterItem/1.0",
      parameters: [
        {
          id: TIME,
          version: "KqlParameterItem/1.0",
          name: TIME,
          // A time range (same repository, Documentation/Parameters/Time.md).
          type: 4,
          isRequired: true,
          value: hours(24),
          typeSettings: {
            selectableValues: [1, 6, 24, 72, 168, 720].map(hours),
            allowCustom: true,
          },
        },
      ],
      style: "pills",
    },
    name: "time",
  };
}

function chart(panel: Panel<EndpointShown>, place: WorkbookPlace): WorkbookItem {
  const { shown, id } = panel;
  const item =
    shown.kind === "metrics"
      ? { type: 10 as const, content: metricsContent(id, shown, place) }
      : { type: 3 as const, content: queryContent(shown, place) };
  return {
    ...item,
    content: {
      ...item.content,
      size: 0,
      title: PANELS[id],
      timeContextFromParameter: TIME,
    },
    customWidth: "70",
    name: id,
  };
}

function metricsContent(id: string, shown: MetricsShown, place: WorkbookPlace) {
  const { of, metrics, splitBy, only } = shown;
  const namespace = METRIC_NAMESPACES[of];
  return {
    version: "MetricsItem/2.0",
    chartId: `chart-${id}`,
    chartType: LINES,
    resourceType: namespace,
    metricScope: 0,
    resourceIds: of === "endpoint" ? [place.endpointId] : place.deploymentIds,
    metrics: metrics.map((metric) => ({
      namespace,
      metric: `${namespace}-${CATEGORY[of]}-${metric}`,
      aggregation: AVERAGE,
      splitBy: splitBy ?? null,
    })),
    ...(only === undefined
      ? {}
      : { filters: [{ key: only.dimension, operator: 0, values: [only.value] }] }),
  };
}

function queryContent({ query, as }: LogShown, place: WorkbookPlace) {
  return {
    version: "KqlItem/1.0",
    query,
    queryType: 0,
    resourceType: "microsoft.operationalinsights/workspaces",
    crossComponentResources: [place.logAnalyticsId],
    visualization: as,
  };
}
