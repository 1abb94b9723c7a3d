import type { Alert } from "../alerts/alert";
import { runbookAddress } from "../alerts/called";
import type { Notify } from "../../config/notify";
import type { PanelId } from "./panels";

/**
 * One description of a dashboard, from which `workbook` and `grafana` write what Azure takes.
 *
 * @typeParam Shown - what a panel shows: PromQL for the cluster, metrics and KQL for a managed online endpoint
 */
export interface Dashboard<Shown> {
  /** What it is for, in a sentence. */
  readonly purpose: string;
  readonly sections: readonly Section<Shown>[];
}

export interface Section<Shown> {
  readonly title: string;
  readonly panels: readonly Panel<Shown>[];
}

export interface Panel<Shown> {
  readonly id: PanelId;
  /** What it shows and how to read it, in a sentence or two. */
  readonly what: string;
  readonly shown: Shown;
}

export function panelsOf<Shown>({ sections }: Dashboard<Shown>): readonly Panel<Shown>[] {
  return sections.flatMap(({ panels }) => panels);
}

/** What a panel says of itself, in Markdown: with the alerts that are about it, each linked to its runbook. */
export function panelText(
  { id, what }: Panel<unknown>,
  alerts: readonly Alert[],
  notify: Notify | undefined,
): string {
  const links = alerts
    .filter(({ panel }) => panel === id)
    .map(({ name, runbook }) => `[${name}](${runbookAddress(runbook, notify)})`);
  return links.length === 0 ? what : `${what} Alerts, with their runbooks: ${links.join(", ")}.`;
}
