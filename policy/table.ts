import Table from "cli-table3";
import type { Finding } from "./judge";

/** Findings as a text table. */
export function findingsTable(findings: readonly Finding[]): string {
  const table = new Table({
    head: ["severity", "rule", "resource", "problem"],
    colWidths: [11, 30, 24, 62],
    wordWrap: true,
    style: { head: [], border: [] },
  });
  table.push(
    ...findings.map(({ severity, rule, resource, message, exemption }) => [
      exemption === undefined ? severity : "exempt",
      rule,
      resource,
      exemption === undefined
        ? message
        : `${message} (until ${exemption.expires}, ${exemption.owner}: ${exemption.reason})`,
    ]),
  );
  return table.toString();
}

/** The number of findings of each kind, for example `0 mandatory, 2 advisory, 1 exempt`. */
export function findingCounts(findings: readonly Finding[]): string {
  const exempt = findings.filter(({ exemption }) => exemption !== undefined).length;
  const mandatory = findings.filter(({ severity }) => severity === "mandatory").length;
  return `${mandatory} mandatory, ${findings.length - mandatory - exempt} advisory, ${exempt} exempt`;
}
