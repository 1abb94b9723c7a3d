import { blaming, missing, needs, wrongly, type Case } from "../case";
import { find, set, unset, without, type Change } from "../graphs";

/** Alert rules, who they call, and what they say to do. */

const GROUP = "action-group";
const PODS = "monitoring-pods-alerts";
const METRIC = "monitoring-too-many-requests";
const LOG = "monitoring-no-requests";
const ACTIVITY = "monitoring-deployment-failed";
const EVENT = "certificate-alerts-certificate-expired";

/** An id is unknown before the first run, and right all the same. */
const known = ({ what }: { readonly what: string }) => !what.endsWith("unknown");

export const alerts: Readonly<Record<string, Case>> = {
  "alert-action-group": {
    from: "production",
    breaks: [
      missing("the action group missing", without(GROUP), "cluster"),
      ...blaming("cluster", needs(GROUP, "enabled", false)),
      missing("its receivers missing", unset(GROUP, "emailReceivers"), "cluster"),
      wrongly("no receiver", set(GROUP, "emailReceivers", []), "cluster"),
    ],
  },
  "alert-receivers": {
    from: "sandbox",
    breaks: [
      ...needs(METRIC, "actions.0.actionGroupId", "").filter(known),
      ...needs(LOG, "actions.actionGroups.0", "").filter(known),
      ...needs(ACTIVITY, "actions.actionGroups.0.actionGroupId", "").filter(known),
    ],
  },
  "alert-runbooks": {
    from: "sandbox",
    breaks: [
      ...needs(METRIC, "actions.0.webHookProperties.runbook", "", "see the wiki"),
      ...needs(LOG, "actions.customProperties.runbook", "docs/runbooks/"),
      ...needs(ACTIVITY, "actions.actionGroups.0.webhookProperties.runbook", 7),
    ],
  },
};

/** Without the rule there is nothing that could be wrong. */
const inRule = ({ what }: { readonly what: string }) => !/^rules(?:\.1)? missing$/.test(what);

/** The same of a group of rules, where one of them is wrong. */
export const alertGroups: Readonly<Record<string, Case>> = {
  "alert-receivers": {
    from: "production",
    breaks: needs(PODS, "rules.1.actions.0.actionGroupId", "").filter(known).filter(inRule),
  },
  "alert-runbooks": {
    from: "production",
    breaks: needs(PODS, "rules.1.annotations.runbook_url", "", "runbooks/x.md").filter(inRule),
  },
};

/** The stack has it where it has a certificate. */
const withEvent: Change = (graph) => [
  ...graph,
  {
    ...find(graph, PODS),
    name: EVENT,
    type: "azure-native:eventgrid:SystemTopicEventSubscription",
    inputs: {
      destination: {
        endpointType: "MonitorAlert",
        actionGroups: ["/subscriptions/s/actionGroups/ag"],
        description: "It has expired. Runbook: docs/runbooks/certificate.md",
      },
    },
  },
];

/** The same of alerts on events of the vault. */
export const eventAlerts: Readonly<Record<string, Case>> = {
  "alert-receivers": {
    from: "production",
    given: withEvent,
    breaks: needs(EVENT, "destination.actionGroups.0", "").filter(known),
  },
  "alert-runbooks": {
    from: "production",
    given: withEvent,
    breaks: needs(EVENT, "destination.description", "It has expired. Runbook: wiki"),
  },
};
