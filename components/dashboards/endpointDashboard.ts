import type { Watched } from "../alerts/alert";
import { FAILED_IN_LOG, TRAFFIC_LOG } from "../alerts/requestQueries";
import type { Dashboard, Panel } from "./description";

/** What a panel of a managed online endpoint shows. */
export type EndpointShown = MetricsShown | LogShown;

/** Metrics of Azure Monitor (Azure Monitor, "Supported metrics" of workspaces/onlineEndpoints and …/deployments). */
export interface MetricsShown {
  readonly kind: "metrics";
  readonly of: "endpoint" | "deployment";
  readonly metrics: readonly string[];
  /** Dimension with a line for each value. */
  readonly splitBy?: string;
  /** Value of a dimension; only that is shown. */
  readonly only?: { readonly dimension: string; readonly value: string };
}

/** Rows of the Log Analytics workspace. */
export interface LogShown {
  readonly kind: "log";
  /** KQL. The workbook puts in the grain of its time range, and filters by that range. */
  readonly query: string;
  readonly as: "linechart" | "barchart" | "table";
}

/** A workbook's own text for the grain that goes with its time range (Azure Workbooks, "Time parameters"). */
export const GRAIN = "{Time:grain}";

/** A managed online endpoint: its old deployment beside its new one. */
export function endpointDashboard(watched: Watched): Dashboard<EndpointShown> {
  return {
    purpose:
      "Requests, errors, latency and capacity of the endpoint's deployments side by side, as a rollout needs them.",
    sections: [
      { title: "Rollout", panels: rolloutPanels(watched) },
      { title: "Traffic", panels: requestPanels() },
      { title: "Objectives", panels: objectivePanels(watched) },
      { title: "Capacity", panels: capacityPanels() },
      { title: "Containers", panels: containerPanels(watched) },
    ],
  };
}

function rolloutPanels({ endpointName, objectives }: Watched): Panel<EndpointShown>[] {
  const slow = `TotalDurationMs > ${objectives.latencyMs}`;
  const percentile = (share: number) => `P${share} = percentile(TotalDurationMs, ${share})`;
  return [
    {
      id: "comparison",
      what: `Requests, share of failed and slow ones (longer than ${objectives.latencyMs} ms), and milliseconds that 50, 95 and 99 % of them keep to.`,
      shown: log("table", [
        ...requestsTo(endpointName),
        `| summarize Requests = count(), Failed = countif(${FAILED_IN_LOG}), Slow = countif(${slow}), ${[50, 95, 99].map(percentile).join(", ")} by DeploymentName`,
        "| project DeploymentName, Requests, FailedPercent = 100.0 * Failed / Requests, SlowPercent = 100.0 * Slow / Requests, P50, P95, P99",
        "| order by Requests desc",
      ]),
    },
    {
      id: "split",
      what: "Requests by the deployment that answered them. Mirrored requests are not among them.",
      shown: log("barchart", [
        ...requestsTo(endpointName),
        `| summarize Requests = count() by bin(TimeGenerated, ${GRAIN}), DeploymentName`,
      ]),
    },
    {
      id: "failed",
      what: "Percent of a deployment's requests that were answered with 408, 424, 429 or 5xx.",
      shown: share(endpointName, FAILED_IN_LOG),
    },
    {
      id: "slow",
      what: `Percent of a deployment's requests that took longer than ${objectives.latencyMs} ms.`,
      shown: share(endpointName, slow),
    },
  ];
}

function requestPanels(): Panel<EndpointShown>[] {
  const requests = (splitBy: string) =>
    ({ kind: "metrics", of: "endpoint", metrics: ["RequestsPerMinute"], splitBy }) as const;
  return [
    { id: "requests", what: "Requests a minute by deployment.", shown: requests("deployment") },
    {
      id: "statuses",
      what: "Requests a minute by the status that callers get.",
      shown: requests("statusCode"),
    },
    {
      id: "latency",
      what: "Milliseconds that 50, 95 and 99 % of a deployment's requests keep to.",
      shown: {
        kind: "metrics",
        of: "endpoint",
        metrics: ["RequestLatency_P50", "RequestLatency_P95", "RequestLatency_P99"],
        splitBy: "deployment",
      },
    },
    {
      id: "refused",
      what: "Requests a minute that were refused because all instances were busy, or by a limit of Azure.",
      shown: {
        kind: "metrics",
        of: "endpoint",
        metrics: ["RequestsPerMinute"],
        only: { dimension: "statusCode", value: "429" },
      },
    },
  ];
}

function objectivePanels({ endpointName, objectives }: Watched): Panel<EndpointShown>[] {
  const { goodPercent, fastPercent, latencyMs, periodDays } = objectives;
  const allowed = (percent: number) => Number((1 - percent / 100).toPrecision(6));
  return [
    {
      id: "burnRate",
      what: `How fast each hour used up the failed and slow requests that ${periodDays} days may have: at 1 they last for exactly that long.`,
      shown: log("linechart", [
        ...requestsTo(endpointName),
        `| summarize Requests = count(), Failed = countif(${FAILED_IN_LOG}), Slow = countif(TotalDurationMs > ${latencyMs}) by bin(TimeGenerated, 1h)`,
        `| project TimeGenerated, Failed = Failed / (Requests * ${allowed(goodPercent)}), Slow = Slow / (Requests * ${allowed(fastPercent)})`,
      ]),
    },
  ];
}

function capacityPanels(): Panel<EndpointShown>[] {
  const metric = (name: string) =>
    ({ kind: "metrics", of: "deployment", metrics: [name] }) as const;
  return [
    {
      id: "instances",
      what: "Instances of each deployment.",
      shown: metric("DeploymentCapacity"),
    },
    {
      id: "cpu",
      what: "Percent of the instances' CPU in use, on average.",
      shown: metric("CpuUtilizationPercentage"),
    },
    {
      id: "memory",
      what: "Percent of the instances' memory in use, on average.",
      shown: metric("CpuMemoryUtilizationPercentage"),
    },
    {
      id: "disk",
      what: "Percent of the instances' disks in use, on average.",
      shown: metric("DiskUtilization"),
    },
  ];
}

function containerPanels({ endpointName }: Watched): Panel<EndpointShown>[] {
  // The tables of containers have no column for the endpoint (Azure Monitor, tables AmlOnlineEndpointEventLog, …ConsoleLog).
  const ofEndpoint = `| where _ResourceId endswith "/onlineendpoints/${endpointName}"`;
  return [
    {
      id: "events",
      what: "What happened to the containers of the deployments, latest first: starts, ends, failed probes.",
      shown: log("table", [
        "AmlOnlineEndpointEventLog",
        ofEndpoint,
        "| project TimeGenerated, DeploymentName, InstanceId, Name, Message",
        "| top 100 by TimeGenerated desc",
      ]),
    },
    {
      id: "errors",
      what: "Lines of the containers' logs with an error or an exception, latest first.",
      shown: log("table", [
        "AmlOnlineEndpointConsoleLog",
        `${ofEndpoint} and (Message contains "error" or Message contains "exception")`,
        "| project TimeGenerated, DeploymentName, InstanceId, Message",
        "| top 100 by TimeGenerated desc",
      ]),
    },
  ];
}

function share(endpointName: string, condition: string): LogShown {
  return log("linechart", [
    ...requestsTo(endpointName),
    `| summarize Requests = count(), Counted = countif(${condition}) by bin(TimeGenerated, ${GRAIN}), DeploymentName`,
    "| project TimeGenerated, DeploymentName, Percent = 100.0 * Counted / Requests",
  ]);
}

function requestsTo(endpointName: string): string[] {
  return [TRAFFIC_LOG, `| where EndpointName =~ "${endpointName}"`];
}

function log(as: LogShown["as"], lines: readonly string[]): LogShown {
  return { kind: "log", as, query: lines.join("\n") };
}
