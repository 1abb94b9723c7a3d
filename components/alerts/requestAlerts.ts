import type { Alert, Watched } from "./alert";
import { BURN_WINDOWS, burnThreshold, type BurnWindow } from "./burnRate";

/**
 * Fewer failed requests than this call nobody: of three requests in a night, one that fails is no outage (The Site Reliability
 * Workbook, chapter 5, "Low-Traffic Services and Error Budget Alerting").
 */
const FEWEST = 10;

/** So many requests within a day make an hour without any remarkable. */
const BUSY = 1000;

/** What failed by the service's fault, as the gate of a rollout counts it. */
const FAILED_STATUS = "408|424|429|5..";
const FAILED_IN_LOG = "ResponseCode in (408, 424, 429) or ResponseCode >= 500";

/** A table of the Log Analytics workspace with a row for each request (Azure Monitor, table AmlOnlineEndpointTrafficLog). */
const TRAFFIC = "AmlOnlineEndpointTrafficLog";

interface Kind {
  readonly name: "FailedRequests" | "SlowRequests";
  readonly runbook: string;
  readonly what: string;
  readonly percent: number;
  /** Requests a second by PromQL, of the kind and all. */
  readonly rate: (window: string) => string;
  readonly all: (window: string) => string;
  /** KQL that holds for a request of the kind. */
  readonly inLog: string;
}

/** Alerts on requests: failed, slow, refused for want of capacity, or none at all. */
export function requestAlerts(watched: Watched, gatewayNamespace: string): Alert[] {
  const kinds = kindsOf(watched, gatewayNamespace);
  return [
    ...kinds.flatMap((kind) => BURN_WINDOWS.map((window) => burning(kind, window, watched))),
    tooManyRequests(gatewayNamespace),
    noRequests(watched, gatewayNamespace),
  ];
}

/** Metrics of the gateway's proxies (Istio, "Istio Standard Metrics"), which `gatewayScraping` collects. */
function kindsOf({ objectives }: Watched, namespace: string): Kind[] {
  const { goodPercent, fastPercent, latencyMs } = objectives;
  const of = (metric: string, more: string, window: string) =>
    `rate(${metric}{namespace="${namespace}"${more}}[${window}])`;
  const DURATION = "istio_request_duration_milliseconds";
  const all = (window: string) => `sum(${of("istio_requests_total", "", window)})`;
  const timed = (window: string) => `sum(${of(`${DURATION}_count`, "", window)})`;
  return [
    {
      name: "FailedRequests",
      runbook: "failed-requests",
      what: "failed (408, 424, 429 or 5xx)",
      percent: goodPercent,
      rate: (window) =>
        `sum(${of("istio_requests_total", `,response_code=~"${FAILED_STATUS}"`, window)})`,
      all,
      inLog: FAILED_IN_LOG,
    },
    {
      name: "SlowRequests",
      runbook: "latency",
      what: `took longer than ${latencyMs} ms`,
      percent: fastPercent,
      rate: (window) =>
        `(${timed(window)} - sum(${of(`${DURATION}_bucket`, `,le="${latencyMs}"`, window)}))`,
      all: timed,
      inLog: `TotalDurationMs > ${latencyMs}`,
    },
  ];
}

function burning(kind: Kind, window: BurnWindow, { endpointName, objectives }: Watched): Alert {
  const { budget, long, short, log, severity } = window;
  const threshold = burnThreshold(kind.percent, objectives, budget, long);
  const above = (over: string) => `${kind.rate(over)} / ${kind.all(over)} > ${threshold}`;
  const seconds = { "1h": 3600, "6h": 21_600, "1d": 86_400, "3d": 259_200 }[long as "1h"];
  return {
    name: `${kind.name}${window.name}`,
    severity,
    summary: `So many requests ${kind.what} that ${Math.round(budget * 100)} % of what ${objectives.periodDays} days may have are used up, and it goes on.`,
    runbook: kind.runbook,
    prometheus: {
      expression: `(${above(long)}) and (${above(short)}) and (${kind.rate(long)} * ${seconds} >= ${FEWEST})`,
      for: "PT2M",
    },
    log: {
      query: burningInLog(
        kind,
        endpointName,
        log,
        burnThreshold(kind.percent, objectives, budget, log.long),
      ),
      window: log.window,
      frequency: log.frequency,
    },
  };
}

/** `ago` in a query makes Azure read two days, whatever the rule's window is: the long one is a condition as well. */
function burningInLog(
  kind: Kind,
  endpointName: string,
  { long, short }: BurnWindow["log"],
  threshold: number,
): string {
  return [
    TRAFFIC,
    `| where TimeGenerated > ago(${long}) and EndpointName =~ "${endpointName}"`,
    `| extend IsBad = ${kind.inLog}, IsRecent = TimeGenerated > ago(${short})`,
    "| summarize Bad = countif(IsBad), Requests = count(), RecentBad = countif(IsBad and IsRecent), RecentRequests = countif(IsRecent)",
    `| where Bad >= ${FEWEST} and Bad > ${threshold} * Requests and RecentBad > ${threshold} * RecentRequests`,
  ].join("\n");
}

function tooManyRequests(namespace: string): Alert {
  const refused = `istio_requests_total{namespace="${namespace}",response_code="429"}`;
  return {
    name: "TooManyRequests",
    severity: 2,
    summary:
      "Callers are refused with 429: all instances are busy, or a limit of Azure is reached.",
    runbook: "too-many-requests",
    prometheus: { expression: `sum(rate(${refused}[15m])) * 60 > 6`, for: "PT5M" },
    // Azure Monitor, supported metrics of workspaces/onlineEndpoints: Average alone, dimension statusCode.
    metric: {
      of: "endpoint",
      metricName: "RequestsPerMinute",
      aggregation: "Average",
      operator: "GreaterThan",
      threshold: 6,
      dimensions: { statusCode: ["429"] },
      window: "PT15M",
      frequency: "PT5M",
    },
  };
}

/** A metric alert cannot tell it: without requests there is no metric, and without a metric nothing is compared. */
function noRequests({ endpointName }: Watched, namespace: string): Alert {
  const requests = `istio_requests_total{namespace="${namespace}"}`;
  return {
    name: "NoRequests",
    severity: 2,
    summary: `No request has come for an hour, after ${BUSY} or more in the day before.`,
    runbook: "no-requests",
    prometheus: {
      expression: `(sum(increase(${requests}[1h])) or vector(0)) < 1 and sum(increase(${requests}[1d])) >= ${BUSY}`,
      for: "PT10M",
    },
    log: {
      query: [
        TRAFFIC,
        `| where TimeGenerated > ago(1d) and EndpointName =~ "${endpointName}"`,
        "| summarize Requests = count(), Recent = countif(TimeGenerated > ago(1h))",
        `| where Recent == 0 and Requests >= ${BUSY}`,
      ].join("\n"),
      window: "P1D",
      frequency: "PT15M",
    },
  };
}
