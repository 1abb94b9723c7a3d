import type { AssumptionId } from "../../assumptions";
import { listAt, numberAt, textAt, textsAt, valueAt, type Inputs } from "../../graph/paths";
import { metricDimensions } from "./alertMetrics";
import { scaledMetrics } from "./autoscaleTargets";
import { refuseUnless } from "./refusal";
import type { StoredResources, TypeRules } from "./typeRules";

const ACTION_GROUP = "azure-native:monitor:ActionGroup";

/** Most receivers of each kind (Azure Monitor, service limits, action groups). */
const MOST_RECEIVERS: Readonly<Record<string, number>> = {
  azureAppPushReceivers: 10,
  emailReceivers: 1000,
  logicAppReceivers: 10,
  webhookReceivers: 10,
};

/** Azure REST API, Monitor metric alerts 2018-03-01. */
const METRIC = {
  frequencies: ["PT1M", "PT5M", "PT15M", "PT30M", "PT1H"],
  windows: ["PT1M", "PT5M", "PT15M", "PT30M", "PT1H", "PT6H", "PT12H", "P1D"],
  operators: ["Equals", "GreaterThan", "GreaterThanOrEqual", "LessThan", "LessThanOrEqual"],
  aggregations: ["Average", "Count", "Minimum", "Maximum", "Total"],
} as const;

/** Azure REST API, scheduled query rules 2023-03-15-preview and later. */
const LOG = {
  frequencies: [
    ...["PT1M", "PT5M", "PT10M", "PT15M", "PT30M", "PT45M"],
    ...["PT1H", "PT2H", "PT3H", "PT4H", "PT5H", "PT6H", "P1D"],
  ],
  windows: [
    ...["PT1M", "PT5M", "PT10M", "PT15M", "PT30M", "PT45M"],
    ...["PT1H", "PT2H", "PT3H", "PT4H", "PT5H", "PT6H", "P1D", "P2D"],
  ],
  operators: ["Equals", "GreaterThan", "GreaterThanOrEqual", "LessThan", "LessThanOrEqual"],
} as const;

const MOST_CRITERIA = 5;
const MOST_RULES = 20;
const MOST_QUERY_BYTES = 64 * 1024;

/** Rules of alerts beyond names and parents. */
export const alertRules: Readonly<Record<string, TypeRules>> = {
  [ACTION_GROUP]: {
    put(inputs, id) {
      assertReceivers(inputs, id);
    },
  },
  "azure-native:monitor:ActivityLogAlert": {
    put(inputs, id, store) {
      const conditions = listAt(inputs, "condition.allOf");
      refuseUnless(
        conditions.some((one) => textAt(one, "field") === "category"),
        `${id} has no condition on the field category`,
        "activity-alert-category",
      );
      assertActionGroups(groupIdsAt(inputs, "actions.actionGroups"), id, store);
    },
  },
  "azure-native:monitor:MetricAlert": {
    put(inputs, id, store) {
      assertSeverity(valueAt(inputs, "severity"), id);
      assertSchedule(inputs, id, METRIC, "metric-alert-schedule");
      assertCriteria(inputs, id, store);
      assertActionGroups(groupIdsAt(inputs, "actions"), id, store);
    },
  },
  "azure-native:monitor:ScheduledQueryRule": {
    put(inputs, id, store) {
      assertSeverity(valueAt(inputs, "severity"), id);
      assertSchedule(inputs, id, LOG, "log-alert-schedule");
      assertQueries(inputs, id, store);
      assertActionGroups(textsAt(inputs, "actions.actionGroups"), id, store);
    },
  },
  "azure-native:alertsmanagement:PrometheusRuleGroup": {
    put(inputs, id, store) {
      const rules = listAt(inputs, "rules");
      refuseUnless(
        rules.length >= 1 && rules.length <= MOST_RULES,
        `${id} has ${rules.length} rules; a group takes 1 to ${MOST_RULES}`,
        "prometheus-rule-limit",
      );
      for (const rule of rules) {
        assertSeverity(valueAt(rule, "severity"), id);
        assertActionGroups(groupIdsAt(rule, "actions"), id, store);
      }
    },
  },
};

function assertReceivers(inputs: Inputs, id: string): void {
  const short = textAt(inputs, "groupShortName");
  refuseUnless(
    short.length >= 1 && short.length <= 12,
    `groupShortName of ${id} is "${short}"; must have 1 to 12 characters`,
    "action-group-short-name",
  );
  for (const [kind, most] of Object.entries(MOST_RECEIVERS)) {
    const receivers = listAt(inputs, kind);
    refuseUnless(
      receivers.length <= most,
      `${id} has ${receivers.length} ${kind}; at most ${most}`,
      "action-group-receivers",
    );
  }
  const all = Object.keys(MOST_RECEIVERS).flatMap((kind) => listAt(inputs, kind));
  const names = all.map((one) => textAt(one, "name").toLowerCase());
  refuseUnless(
    new Set(names).size === names.length && !names.includes(""),
    `receivers of ${id} need names, each once in the group`,
    "action-group-receivers",
  );
  const long = all.map((one) => textAt(one, "emailAddress")).find(({ length }) => length > 64);
  refuseUnless(
    long === undefined,
    `${id} has an e-mail address of more than 64 characters`,
    "action-group-receivers",
  );
}

function assertSeverity(severity: unknown, id: string): void {
  refuseUnless(
    typeof severity === "number" && [0, 1, 2, 3, 4].includes(severity),
    `severity of ${id} is ${JSON.stringify(severity)}; must be 0 to 4`,
    "alert-severity",
  );
}

function assertSchedule(
  inputs: Inputs,
  id: string,
  { frequencies, windows }: { frequencies: readonly string[]; windows: readonly string[] },
  source: AssumptionId,
): void {
  const frequency = textAt(inputs, "evaluationFrequency");
  const window = textAt(inputs, "windowSize");
  refuseUnless(
    frequencies.includes(frequency),
    `evaluationFrequency of ${id} is "${frequency}"; must be one of ${frequencies.join(", ")}`,
    source,
  );
  refuseUnless(
    windows.includes(window),
    `windowSize of ${id} is "${window}"; must be one of ${windows.join(", ")}`,
    source,
  );
  // Both lists are in ascending order, and every frequency is a window.
  refuseUnless(
    windows.indexOf(window) >= windows.indexOf(frequency),
    `windowSize of ${id}, ${window}, is shorter than its evaluationFrequency, ${frequency}`,
    source,
  );
}

function assertCriteria(inputs: Inputs, id: string, store: StoredResources): void {
  const criteria = listAt(inputs, "criteria.allOf");
  refuseUnless(
    criteria.length >= 1 && criteria.length <= MOST_CRITERIA,
    `${id} has ${criteria.length} conditions; a metric alert takes 1 to ${MOST_CRITERIA}`,
    "metric-alert-criteria",
  );
  const [scope = "", ...others] = textsAt(inputs, "scopes");
  refuseUnless(
    others.length === 0,
    `${id} has several scopes, which Azure takes for few types of resources`,
    "metric-alert-scope",
  );
  const metrics = scaledMetrics(scope, store);
  for (const criterion of criteria) {
    const name = textAt(criterion, "metricName");
    refuseUnless(
      metrics?.includes(name) === true,
      `${id} reads ${name || "no metric"} of ${scope || "nothing"}, which ${metrics === undefined ? "does not exist or has no metrics here" : `has ${metrics.join(", ")}`}`,
      "metric-alert-metrics",
    );
    refuseUnless(
      METRIC.operators.some((one) => one === textAt(criterion, "operator")) &&
        METRIC.aggregations.some((one) => one === textAt(criterion, "timeAggregation")) &&
        numberAt(criterion, "threshold") !== undefined,
      `a condition of ${id} needs an operator, an aggregation and a threshold`,
      "metric-alert-criteria",
    );
    for (const dimension of listAt(criterion, "dimensions")) {
      const known = metricDimensions(name);
      refuseUnless(
        known.includes(textAt(dimension, "name")) && textsAt(dimension, "values").length > 0,
        `${name} has no dimension ${textAt(dimension, "name")} with values; it has ${known.join(", ") || "none"} (${id})`,
        "metric-alert-metrics",
      );
    }
  }
}

function assertQueries(inputs: Inputs, id: string, store: StoredResources): void {
  for (const scope of textsAt(inputs, "scopes")) {
    refuseUnless(
      store.read(scope) !== undefined,
      `${id} is about ${scope}, which does not exist`,
      "log-alert-query",
    );
  }
  const conditions = listAt(inputs, "criteria.allOf");
  refuseUnless(conditions.length === 1, `${id} needs one condition`, "log-alert-query");
  for (const condition of conditions) {
    const query = textAt(condition, "query");
    refuseUnless(
      query !== "" && Buffer.byteLength(query) <= MOST_QUERY_BYTES,
      `the query of ${id} is empty or larger than 64 KB`,
      "log-alert-query",
    );
    // A value is aggregated of a column, rows are counted.
    const counts = textAt(condition, "timeAggregation") === "Count";
    refuseUnless(
      LOG.operators.some((one) => one === textAt(condition, "operator")) &&
        numberAt(condition, "threshold") !== undefined &&
        counts === (valueAt(condition, "metricMeasureColumn") === undefined),
      `the condition of ${id} needs an operator and a threshold, and a metricMeasureColumn unless rows are counted`,
      "log-alert-query",
    );
  }
}

function groupIdsAt(inputs: unknown, path: string): string[] {
  return listAt(inputs, path).map((one) => textAt(one, "actionGroupId"));
}

function assertActionGroups(groups: readonly string[], id: string, store: StoredResources): void {
  refuseUnless(groups.length <= 5, `${id} calls more than five action groups`, "alert-actions");
  for (const group of groups) {
    refuseUnless(
      store.read(group)?.token === ACTION_GROUP,
      `${id} calls ${group || "nothing"}, which is no action group that exists`,
      "alert-actions",
    );
  }
}
