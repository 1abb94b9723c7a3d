import { describe, expect, it } from "@jest/globals";
import { AzureStore } from "../../../emulator/azure/azureStore";
import type { CreatedResource } from "../../../graph/graph";

// Proves the emulator's rules for alerts; what Azure says to the same is in docs/azure-assumptions.md.

const GROUP = "/subscriptions/sub/resourceGroups/rg";
const ENDPOINT = `${GROUP}/providers/Microsoft.MachineLearningServices/workspaces/wsp/onlineEndpoints/flood`;
const LOGS = `${GROUP}/providers/Microsoft.OperationalInsights/workspaces/logs`;
const CALLED = `${GROUP}/providers/Microsoft.Insights/actionGroups/ag`;
const MONITOR = "azure-native:monitor:";

function store(): AzureStore {
  const found = (token: string, id: string): CreatedResource => ({
    token: `azure-native:${token}`,
    id,
    inputs: {},
    outputs: {},
  });
  return new AzureStore({ subscriptionId: "sub", tenantId: "tenant", resourceGroups: ["rg"] }, [
    found("machinelearningservices:OnlineEndpoint", ENDPOINT),
    found("operationalinsights:Workspace", LOGS),
    found("monitor:ActionGroup", CALLED),
  ]);
}

type Inputs = Record<string, unknown>;
const PLACE = { resourceGroupName: "rg", location: "global" };
const receivers = (count: number, more: Inputs = {}) =>
  Array.from({ length: count }, (_, index) => ({ name: `n${index}`, ...more }));

const BODIES: Readonly<Record<string, Inputs>> = {
  ActionGroup: {
    ...PLACE,
    actionGroupName: "ag-flood",
    groupShortName: "mlscore",
    enabled: true,
    emailReceivers: [{ name: "one", emailAddress: "one@example.org" }],
  },
  MetricAlert: {
    ...PLACE,
    ruleName: "flood-TooManyRequests",
    severity: 2,
    windowSize: "PT15M",
    evaluationFrequency: "PT5M",
    scopes: [ENDPOINT],
    criteria: { allOf: [criterion()] },
    actions: [{ actionGroupId: CALLED }],
  },
  ScheduledQueryRule: {
    ...PLACE,
    ruleName: "flood-NoRequests",
    severity: 2,
    windowSize: "P2D",
    evaluationFrequency: "PT1H",
    scopes: [LOGS],
    criteria: { allOf: [condition()] },
    actions: { actionGroups: [CALLED] },
  },
  ActivityLogAlert: {
    ...PLACE,
    activityLogAlertName: "flood-DeploymentFailed",
    scopes: [ENDPOINT],
    condition: { allOf: [{ field: "category", equals: "Administrative" }] },
    actions: { actionGroups: [{ actionGroupId: CALLED }] },
  },
};

function criterion(changes: Inputs = {}): Inputs {
  return {
    metricName: "RequestsPerMinute",
    operator: "GreaterThan",
    timeAggregation: "Average",
    threshold: 6,
    dimensions: [{ name: "statusCode", operator: "Include", values: ["429"] }],
    ...changes,
  };
}

function condition(changes: Inputs = {}): Inputs {
  return {
    query: "T",
    timeAggregation: "Count",
    operator: "GreaterThan",
    threshold: 0,
    ...changes,
  };
}

const create = (type: string, changes: Inputs = {}) =>
  store().create(`${MONITOR}${type}`, { ...BODIES[type], ...changes });
const metric = (changes: Inputs) => ({ criteria: { allOf: [criterion(changes)] } });
const log = (changes: Inputs) => ({ criteria: { allOf: [condition(changes)] } });

describe("the emulator's alerts", () => {
  it.each(Object.keys(BODIES))("take a %s that is right", (type) => {
    expect(create(type).id).toContain("/providers/Microsoft.Insights/");
  });

  it.each<[string, string, Inputs, RegExp]>([
    ["a long short name", "ActionGroup", { groupShortName: "thirteen char" }, /1 to 12/],
    ["no short name", "ActionGroup", { groupShortName: "" }, /1 to 12/],
    ["11 webhooks", "ActionGroup", { webhookReceivers: receivers(11) }, /at most 10/],
    ["11 apps", "ActionGroup", { azureAppPushReceivers: receivers(11) }, /at most 10/],
    ["1001 addresses", "ActionGroup", { emailReceivers: receivers(1001) }, /at most 1000/],
    [
      "a long address",
      "ActionGroup",
      { emailReceivers: receivers(1, { emailAddress: `${"a".repeat(60)}@a.de` }) },
      /more than 64/,
    ],
    [
      "a name twice, whatever its kind and case",
      "ActionGroup",
      { webhookReceivers: [{ name: "ONE" }] },
      /each once/,
    ],
    ["a name that Azure refuses", "MetricAlert", { ruleName: "a:b" }, /characters other than/],
    ["severity 5", "MetricAlert", { severity: 5 }, /must be 0 to 4/],
    ["severity as text", "ScheduledQueryRule", { severity: "1" }, /must be 0 to 4/],
    ["a window of 2 hours", "MetricAlert", { windowSize: "PT2H" }, /windowSize .* one of PT1M/],
    ["every 10 minutes", "MetricAlert", { evaluationFrequency: "PT10M" }, /evaluationFrequency/],
    [
      "a window shorter than the frequency",
      "MetricAlert",
      { windowSize: "PT5M", evaluationFrequency: "PT15M" },
      /shorter than/,
    ],
    ["a window of 3 days", "ScheduledQueryRule", { windowSize: "P3D" }, /windowSize/],
    ["every 2 days", "ScheduledQueryRule", { evaluationFrequency: "P2D" }, /evaluationFrequency/],
    ["no condition", "MetricAlert", { criteria: { allOf: [] } }, /1 to 5/],
    [
      "six conditions",
      "MetricAlert",
      { criteria: { allOf: receivers(6) } },
      /6 conditions; .* 1 to 5/,
    ],
    ["two scopes", "MetricAlert", { scopes: [ENDPOINT, LOGS] }, /several scopes/],
    ["a scope that is not there", "MetricAlert", { scopes: [`${ENDPOINT}x`] }, /does not exist/],
    ["another resource's metric", "MetricAlert", metric({ metricName: "Cpu" }), /reads Cpu/],
    [
      "a dimension that the metric has not",
      "MetricAlert",
      metric({ dimensions: [{ name: "instanceId", values: ["*"] }] }),
      /has no dimension instanceId/,
    ],
    ["an unknown operator", "MetricAlert", metric({ operator: ">" }), /needs an operator/],
    ["no threshold", "MetricAlert", metric({ threshold: undefined }), /needs an operator/],
    ["no query", "ScheduledQueryRule", log({ query: "" }), /empty or larger/],
    ["a query of 65 KB", "ScheduledQueryRule", log({ query: "a".repeat(66_000) }), /64 KB/],
    [
      "counted rows of a column",
      "ScheduledQueryRule",
      log({ metricMeasureColumn: "n" }),
      /unless rows are counted/,
    ],
    [
      "an average of no column",
      "ScheduledQueryRule",
      log({ timeAggregation: "Average" }),
      /metricMeasureColumn/,
    ],
    ["a workspace that is not there", "ScheduledQueryRule", { scopes: [`${LOGS}x`] }, /not exist/],
    [
      "an action group that is not there",
      "ScheduledQueryRule",
      { actions: { actionGroups: [`${CALLED}x`] } },
      /no action group/,
    ],
    ["no category", "ActivityLogAlert", { condition: { allOf: [] } }, /field category/],
  ])("refuse %s", (_what, type, changes, message) => {
    expect(() => create(type, changes)).toThrow(message);
  });

  it("refuse a Prometheus rule group of 21 rules, and a rule that calls nobody who exists", () => {
    const group = (rules: Inputs[]) => () =>
      store().create("azure-native:alertsmanagement:PrometheusRuleGroup", {
        ...PLACE,
        ruleGroupName: "rules",
        rules,
      });
    expect(group(Array.from({ length: 20 }, () => ({ severity: 1 })))).not.toThrow();
    expect(group(Array.from({ length: 21 }, () => ({ severity: 1 })))).toThrow(/21 rules/);
    expect(group([{ severity: 1, actions: [{ actionGroupId: ENDPOINT }] }])).toThrow(
      /no action group/,
    );
  });
});
