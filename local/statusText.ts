import {
  faultText,
  type AutoscaleStatus,
  type DeploymentStatus,
  type EndpointStatus,
  type MetricsSnapshot,
} from "./endpoint";
import { nameCell, plainTable } from "./plainTable";

/** What runs, as a table that fits 80 columns, and its processes below. */
export function statusText(status: EndpointStatus): string {
  const head = ["deployment", "state", "traffic", "mirror", "requests", "failed", "p95 ms"];
  const rows = status.deployments.map((one) => [
    nameCell(one.name),
    one.state,
    `${one.traffic} %`,
    `${one.mirrorTraffic} %`,
    ...counted(one, ({ requests }) => String(requests)),
    ...counted(one, (metrics) => String(failed(metrics))),
    ...counted(one, ({ latencyMs }) => latencyMs.p95.toFixed(1)),
  ]);
  const instances = status.deployments.flatMap(({ name, instances: all }) =>
    all.map(
      ({ id, state, pid, restarts }) =>
        `${name} ${id}: ${state}, process ${pid ?? "–"}, ${restarts} ${restarts === 1 ? "restart" : "restarts"}`,
    ),
  );
  const scaled = status.deployments.flatMap(({ name, instances: all, autoscale }) =>
    autoscale === undefined ? [] : [`${name}: ${scalingText(autoscale, all.length)}`],
  );
  const faults = status.deployments.flatMap(({ name, fault }) =>
    fault === undefined ? [] : [`${name}: injected fault: ${faultText(fault)}`],
  );
  const name = status.name ?? "(nothing deployed yet)";
  return [
    `${name}  ${status.scoringUri}`,
    plainTable(head, rows),
    "",
    ...faults,
    ...scaled,
    ...instances,
  ]
    .join("\n")
    .trimEnd();
}

function scalingText({ minimum, maximum, lastChange }: AutoscaleStatus, now: number): string {
  const range = `${now} of ${minimum} to ${maximum} instances, by autoscale`;
  if (lastChange === undefined) return range;
  const { at, from, to, reason, hasFailed } = lastChange;
  const outcome = hasFailed ? ", which failed: see its log" : "";
  return `${range}; last change ${from} → ${to} (${reason}) at ${at}${outcome}`;
}

/** One that gets mirrored requests has only those: live and mirrored ones exclude each other in Azure. */
function counted(
  { mirrorTraffic, metrics, mirrored }: DeploymentStatus,
  show: (metrics: MetricsSnapshot) => string,
): string[] {
  return [
    mirrorTraffic > 0 || mirrored.requests > metrics.requests ? show(mirrored) : show(metrics),
  ];
}

/** Whatever was not answered with less than 400, callers that left among them. */
function failed({ byStatus }: MetricsSnapshot): number {
  return Object.entries(byStatus)
    .filter(([code]) => Number(code) >= 400)
    .reduce((sum, [, count]) => sum + count, 0);
}
