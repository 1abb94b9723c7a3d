import type * as pulumi from "@pulumi/pulumi";
import type { Notify } from "../../config/notify";
import type { Alert } from "./alert";

/** Who is called, and by what. */
export interface Called {
  readonly notify: Notify;
  readonly actionGroupId: pulumi.Input<string>;
}

/** What a message says beside the alert: who is responsible, and what to do. */
export function properties(
  { runbook }: Alert,
  notify: Notify | undefined,
): { readonly owner?: string; readonly runbook: string } {
  const path = `docs/runbooks/${runbook}.md`;
  return {
    ...(notify === undefined ? {} : { owner: notify.owner }),
    runbook: notify?.runbooks === undefined ? path : `${notify.runbooks}/${path}`,
  };
}

/** The summary with both, for messages that show the description alone: an e-mail, the Azure app. */
export function description(alert: Alert, notify: Notify | undefined): string {
  const { owner, runbook } = properties(alert, notify);
  return [
    alert.summary,
    ...(owner === undefined ? [] : [`Owner: ${owner}.`]),
    `Runbook: ${runbook}`,
  ].join(" ");
}
