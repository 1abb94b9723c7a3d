import { at, items, knownText, UNKNOWN } from "../inputChecks";
import { ofType, violations } from "../relations";
import { PRODUCTION, type PolicyResource, type RuleDefinition } from "../rule";

const GROUP = "azure-native:monitor:ActionGroup";
const CLUSTER = "azure-native:containerservice:ManagedCluster";

/** For each type of alert rules: where it names whom it calls, and what it says to them. */
const RULES: Readonly<Record<string, (inputs: PolicyResource["inputs"]) => readonly AlertRule[]>> =
  {
    "azure-native:alertsmanagement:PrometheusRuleGroup": (inputs) =>
      items(inputs["rules"])
        // A rule without an alert only records a metric.
        .filter((rule) => at(rule, "alert") !== undefined)
        .map((rule) => ({
          called: items(at(rule, "actions")).map((action) => at(action, "actionGroupId")),
          runbook: at(rule, "annotations.runbook_url"),
          name: `rule ${knownText(rule, "alert") ?? "?"}`,
        })),
    "azure-native:eventgrid:SystemTopicEventSubscription": (inputs) =>
      // Whatever does not say that it is something else.
      ["MonitorAlert", undefined, UNKNOWN].includes(at(inputs, "destination.endpointType"))
        ? [
            {
              called: items(at(inputs, "destination.actionGroups")),
              // It has no other place for it.
              runbook: /Runbook: (\S+)$/.exec(
                knownText(inputs, "destination.description") ?? "",
              )?.[1],
            },
          ]
        : [],
    "azure-native:monitor:MetricAlert": (inputs) => [
      {
        called: items(inputs["actions"]).map((action) => at(action, "actionGroupId")),
        runbook: at(items(inputs["actions"])[0], "webHookProperties.runbook"),
      },
    ],
    "azure-native:monitor:ScheduledQueryRule": (inputs) => [
      {
        called: items(at(inputs, "actions.actionGroups")),
        runbook: at(inputs, "actions.customProperties.runbook"),
      },
    ],
    "azure-native:monitor:ActivityLogAlert": (inputs) => {
      const groups = items(at(inputs, "actions.actionGroups"));
      return [
        {
          called: groups.map((group) => at(group, "actionGroupId")),
          runbook: at(groups[0], "webhookProperties.runbook"),
        },
      ];
    },
  };

interface AlertRule {
  readonly called: readonly unknown[];
  readonly runbook: unknown;
  /** Missing: the resource is the rule. */
  readonly name?: string;
}

const RECEIVERS = ["emailReceivers", "azureAppPushReceivers", "webhookReceivers"];

export const alertRules: readonly RuleDefinition[] = [
  // An alert that nobody gets is found in the portal, hours later. Advisory: who is called is decided by those who operate.
  {
    id: "alert-action-group",
    title: "Alerts of production call somebody",
    severity: "advisory",
    targets: PRODUCTION,
    references: { other: ["Azure Monitor, Action groups", "docs/configuration.md, notify"] },
    checkStack: (resources) => {
      const isCalling = ofType(resources, GROUP).some(
        ({ inputs }) =>
          inputs["enabled"] === true && RECEIVERS.some((kind) => items(inputs[kind]).length > 0),
      );
      if (isCalling) return [];
      return ofType(resources, CLUSTER).flatMap((cluster) =>
        violations(cluster, ["has alerts that call nobody; set mlscore:notify"]),
      );
    },
  },
  // Where a stack says who is called, a rule that was forgotten would be the one that nobody hears of.
  {
    id: "alert-receivers",
    title: "Where a stack has an action group, every alert rule calls one",
    references: { other: ["Azure Monitor, Action groups"] },
    checkStack: (resources) => {
      if (ofType(resources, GROUP).length === 0) return [];
      return alertsOf(resources).flatMap(({ resource, rule }) =>
        rule.called.some(
          (group) => group === UNKNOWN || (typeof group === "string" && group !== ""),
        )
          ? []
          : violations(resource, [`${named(rule)}calls no action group`]),
      );
    },
  },
  // The person who is called at night must not have to search for what to do.
  {
    id: "alert-runbooks",
    title: "Every alert rule names its runbook",
    references: { other: ["The Site Reliability Workbook, chapter 8, On-Call, playbooks"] },
    checkStack: (resources) =>
      alertsOf(resources).flatMap(({ resource, rule }) =>
        typeof rule.runbook === "string" &&
        /(?:^|\/)docs\/runbooks\/[a-z-]+\.md$/.test(rule.runbook)
          ? []
          : violations(resource, [`${named(rule)}names no runbook, docs/runbooks/….md`]),
      ),
  },
];

function alertsOf(resources: readonly PolicyResource[]) {
  return ofType(resources, ...Object.keys(RULES)).flatMap((resource) =>
    (RULES[resource.type]?.(resource.inputs) ?? []).map((rule) => ({ resource, rule })),
  );
}

function named({ name }: AlertRule): string {
  return name === undefined ? "" : `${name} `;
}
