import type * as pulumi from "@pulumi/pulumi";
import type { Notify } from "../../config/notify";
import { PANELS } from "../dashboards/panels";
import type { Alert } from "./alert";

/** Who is called, and by what. */
export interface Called {
  readonly notify: Notify;
  readonly actionGroupId: pulumi.Input<string>;
}

/** Address of a runbook, or its path where the settings give no address. */
export function runbookAddress(runbook: string, notify: Notify | undefined): string {
  const path = `docs/runbooks/${runbook}.md`;
  return notify?.runbooks === undefined ? path : `${notify.runbooks}/${path}`;
}

/**
 * What a message says beside the alert: who is responsible, what to do, and where to look.
 *
 * @param dashboard address of the dashboard with the alert's panel; missing: the stack has none
 */
export function properties(
  { runbook, panel }: Alert,
  notify: Notify | undefined,
  dashboard: pulumi.Input<string> | undefined,
): {
  readonly owner?: string;
  readonly runbook: string;
  readonly dashboard?: pulumi.Input<string>;
  readonly panel?: string;
} {
  return {
    ...(notify === undefined ? {} : { owner: notify.owner }),
    runbook: runbookAddress(runbook, notify),
    ...(dashboard === undefined ? {} : { dashboard, panel: PANELS[panel] }),
  };
}

/** The summary with owner and runbook, for messages that show the description alone: an e-mail, the Azure app. */
export function description({ summary, runbook }: Alert, notify: Notify | undefined): string {
  return [
    summary,
    ...(notify === undefined ? [] : [`Owner: ${notify.owner}.`]),
    `Runbook: ${runbookAddress(runbook, notify)}`,
  ].join(" ");
}
