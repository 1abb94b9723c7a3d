import { nameCell, plainTable } from "../plainTable";
import type { DeploymentResult, Latencies, LoadResult } from "./results";

/** What the endpoint answers for itself, such as 401. */
const OWN = "(endpoint)";

/** What became of a load so far, in at most 80 columns. */
export function loadText(result: LoadResult): string {
  const { due, answered, notSent, inFlight, noAnswer, deployments, latencyMs } = result;
  const byName = deployments.toSorted((one, other) => (titleOf(one) < titleOf(other) ? -1 : 1));
  const head = [
    "deployment",
    "answered",
    "share",
    "failed",
    "p50 ms",
    "p95 ms",
    "p99 ms",
    "max ms",
  ];
  const rows = byName.map((one) => [
    nameCell(titleOf(one)),
    ...numbers(one.answered, answered, failedIn(one), one.latencyMs),
  ]);
  const failed = deployments.reduce((sum, one) => sum + failedIn(one), 0);
  const total = ["all", ...numbers(answered, answered, failed, latencyMs)];
  const table = plainTable(
    head,
    [...rows, total],
    head.map((_, column) => column).filter((column) => column > 0),
  );
  const not = [
    ...[...noAnswer].map(([reason, count]) => `no answer: ${count} (${reason})`),
    ...(notSent === 0 ? [] : [`not sent: ${notSent}, because too many were in flight`]),
    ...(inFlight === 0 ? [] : [`without an answer at the end: ${inFlight}`]),
  ];
  const statuses = byName.map((one) => `${titleOf(one)}: ${statusesOf(one)}`);
  return [
    `Requests: ${due} due, ${answered} answered.`,
    ...not,
    ...(answered === 0 ? [] : ["", trimmedLines(table), "", ...statuses]),
    "Latencies count from the moment at which each request was due.",
  ].join("\n");
}

function titleOf({ name }: DeploymentResult): string {
  return name ?? OWN;
}

function numbers(count: number, all: number, failed: number, latencies: Latencies): string[] {
  const { p50, p95, p99, max } = latencies;
  return [
    String(count),
    `${Math.round((100 * count) / Math.max(1, all))} %`,
    String(failed),
    ...[p50, p95, p99, max].map((ms) => ms.toFixed(ms < 1000 ? 1 : 0)),
  ];
}

function failedIn({ byStatus }: DeploymentResult): number {
  return [...byStatus]
    .filter(([status]) => status >= 400)
    .reduce((sum, [, count]) => sum + count, 0);
}

/** `200: 228, 424: 12` */
function statusesOf({ byStatus }: DeploymentResult): string {
  return [...byStatus]
    .toSorted(([one], [other]) => one - other)
    .map(([status, count]) => `${status}: ${count}`)
    .join(", ");
}

function trimmedLines(text: string): string {
  return text
    .split("\n")
    .map((line) => line.trimEnd())
    .join("\n");
}
