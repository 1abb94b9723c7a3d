import type { Alert, Watched } from "./alert";
import { BURN_WINDOWS, burnThreshold, type BurnWindow } from "./burnRate";
import { FAILED_IN_LOG, requestQueries, TRAFFIC_LOG } from "./requestQueries";

/**
 * Fewer failed requests than this call nobody: of three requests in a night, one that fails is no outage (The Site Reliability
 * Workbook, chapter 5, "Low-Traffic Services and Error Budget Alerting").
 */
const FEWEST = 10;

/** More refused requests a minute than this are told. */
export const REFUSED_A_MINUTE = 6;

/** So many requests within a day make an hour without any remarkable. */
const BUSY = 1000;

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
    tooManyRequests(watched, gatewayNamespace),
    noRequests(watched, gatewayNamespace),
  ];
}

function kindsOf({ objectives }: Watched, namespace: string): Kind[] {
  const { goodPercent, fastPercent, latencyMs } = objectives;
  const { all, failed, timed, slow } = requestQueries(namespace, objectives);
  return [
    {
      name: "FailedRequests",
      runbook: "failed-requests",
      what: "failed (408, 424, 429 or 5xx)",
      percent: goodPercent,
      rate: failed,
      all,
      inLog: FAILED_IN_LOG,
    },
    {
      name: "SlowRequests",
      runbook: "latency",
      what: `took longer than ${latencyMs} ms`,
      percent: fastPercent,
      rate: slow,
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
    panel: "burnRate",
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
    TRAFFIC_LOG,
    `| where TimeGenerated > ago(${long}) and EndpointName =~ "${endpointName}"`,
    `| extend IsBad = ${kind.inLog}, IsRecent = TimeGenerated > ago(${short})`,
    "| summarize Bad = countif(IsBad), Requests = count(), RecentBad = countif(IsBad and IsRecent), RecentRequests = countif(IsRecent)",
    `| where Bad >= ${FEWEST} and Bad > ${threshold} * Requests and RecentBad > ${threshold} * RecentRequests`,
  ].join("\n");
}

function tooManyRequests({ objectives }: Watched, namespace: string): Alert {
  const { refused } = requestQueries(namespace, objectives);
  return {
    name: "TooManyRequests",
    severity: 2,
    summary:
      "Callers are refused with 429: all instances are busy, or a limit of Azure is reached.",
    runbook: "too-many-requests",
    panel: "refused",
    prometheus: { expression: `${refused("15m")} * 60 > ${REFUSED_A_MINUTE}`, for: "PT5M" },
    // Azure Monitor, supported metrics of workspaces/onlineEndpoints: Average alone, dimension statusCode.
    metric: {
      of: "endpoint",
      metricName: "RequestsPerMinute",
      aggregation: "Average",
      operator: "GreaterThan",
      threshold: REFUSED_A_MINUTE,
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
    panel: "requests",
    prometheus: {
      expression: `(sum(increase(${requests}[1h])) or vector(0)) < 1 and sum(increase(${requests}[1d])) >= ${BUSY}`,
      for: "PT10M",
    },
    log: {
      query: [
        TRAFFIC_LOG,
        `| where TimeGenerated > ago(1d) and EndpointName =~ "${endpointName}"`,
        "| summarize Requests = count(), Recent = countif(TimeGenerated > ago(1h))",
        `| where Recent == 0 and Requests >= ${BUSY}`,
      ].join("\n"),
      window: "P1D",
      frequency: "PT15M",
    },
  };
}
