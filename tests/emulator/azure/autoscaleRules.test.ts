import { describe, expect, it } from "@jest/globals";
import { AzureStore } from "../../../emulator/azure/azureStore";
import type { CreatedResource } from "../../../graph/graph";

// Proves the emulator's rules for autoscale settings; what Azure says to the same is in docs/azure-assumptions.md.

const TYPE = "azure-native:monitor:AutoscaleSetting";
const GROUP = "/subscriptions/sub/resourceGroups/rg";
const ENDPOINT = `${GROUP}/providers/Microsoft.MachineLearningServices/workspaces/wsp/onlineEndpoints/flood`;
const BLUE = `${ENDPOINT}/deployments/blue`;
const ON_KUBERNETES = `${ENDPOINT}/deployments/k8s`;

function store(): AzureStore {
  const ML = "azure-native:machinelearningservices:";
  const found = (token: string, id: string, inputs = {}): CreatedResource => ({
    token: `${ML}${token}`,
    id,
    inputs,
    outputs: {},
  });
  return new AzureStore({ subscriptionId: "sub", tenantId: "tenant", resourceGroups: ["rg"] }, [
    found("OnlineEndpoint", ENDPOINT),
    found("OnlineDeployment", BLUE, { properties: { endpointComputeType: "Managed" } }),
    found("OnlineDeployment", ON_KUBERNETES, { properties: { endpointComputeType: "Kubernetes" } }),
  ]);
}

const TRIGGER = {
  metricName: "CpuUtilizationPercentage",
  metricResourceUri: BLUE,
  timeGrain: "PT1M",
  statistic: "Average",
  timeWindow: "PT5M",
  timeAggregation: "Average",
  operator: "GreaterThan",
  threshold: 70,
};
const ACTION = { direction: "Increase", type: "ChangeCount", value: "1", cooldown: "PT5M" };
const CAPACITY = { minimum: "1", maximum: "3", default: "2" };

function setting(changes: Record<string, unknown> = {}) {
  return {
    resourceGroupName: "rg",
    autoscaleSettingName: "autoscale-flood-blue",
    location: "canadacentral",
    targetResourceUri: BLUE,
    profiles: [profile()],
    ...changes,
  };
}

function profile(
  changes: { capacity?: object; trigger?: object; action?: object; rules?: number } = {},
) {
  const rule = {
    metricTrigger: { ...TRIGGER, ...changes.trigger },
    scaleAction: { ...ACTION, ...changes.action },
  };
  return {
    name: "default",
    capacity: { ...CAPACITY, ...changes.capacity },
    rules: Array.from({ length: changes.rules ?? 1 }, () => rule),
  };
}

const withProfile = (changes: Parameters<typeof profile>[0]) => ({ profiles: [profile(changes)] });

describe("an autoscale setting of the emulator", () => {
  it("scales a managed deployment by its own metrics and by the endpoint's", () => {
    const latency = { metricName: "RequestLatency_P95", metricResourceUri: ENDPOINT };
    expect(store().create(TYPE, setting()).id).toBe(
      `${GROUP}/providers/Microsoft.Insights/autoscaleSettings/autoscale-flood-blue`,
    );
    expect(() => store().create(TYPE, setting(withProfile({ trigger: latency })))).not.toThrow();
  });

  it.each<[string, Record<string, unknown>, RegExp]>([
    ["no target", { targetResourceUri: undefined }, /^TargetResourceNotFound: nothing to scale/],
    [
      "a target that does not exist",
      { targetResourceUri: `${ENDPOINT}/deployments/gone` },
      /^TargetResourceNotFound: nothing to scale: .*gone does not exist/,
    ],
    ["an endpoint", { targetResourceUri: ENDPOINT }, /is no deployment of an online endpoint/],
    [
      "a Kubernetes deployment",
      { targetResourceUri: ON_KUBERNETES },
      /runs on Kubernetes, which Azure Monitor does not scale/,
    ],
    ["no profile", { profiles: [] }, /^BadRequest: .* needs 1 to 20 profiles/],
    ["21 profiles", { profiles: Array.from({ length: 21 }, () => profile()) }, /1 to 20 profiles/],
    ["11 rules", withProfile({ rules: 11 }), /more than 10 rules/],
    [
      "a number instead of text",
      withProfile({ capacity: { maximum: 3 } }),
      /whole numbers, as text/,
    ],
    ["a missing number", withProfile({ capacity: { default: undefined } }), /whole numbers/],
    [
      "no instance",
      withProfile({ capacity: { minimum: "0" } }),
      /^BadRequest: the minimum capacity of .* is 0; a deployment has at least 1 instance/,
    ],
    [
      "a default below the minimum",
      withProfile({ capacity: { minimum: "3" } }),
      /The minimum capacity value '3' that you specified in the autoscale setting is greater than the default capacity of '2'/,
    ],
    [
      "a minimum above the maximum",
      withProfile({ capacity: { minimum: "4", default: "4" } }),
      /the default capacity 4 of .* is more than its maximum, 3/,
    ],
    [
      "a default above the maximum",
      withProfile({ capacity: { default: "4" } }),
      /the default capacity 4 of .* is more than its maximum, 3/,
    ],
    [
      "an unknown operator",
      withProfile({ trigger: { operator: "Above" } }),
      /metricTrigger.operator of .* is "Above"/,
    ],
    [
      "an unknown statistic",
      withProfile({ trigger: { statistic: "P95" } }),
      /metricTrigger.statistic of .* is "P95"/,
    ],
    [
      "no aggregation",
      withProfile({ trigger: { timeAggregation: undefined } }),
      /timeAggregation of .* is missing/,
    ],
    [
      "an unknown direction",
      withProfile({ action: { direction: "Up" } }),
      /scaleAction.direction of .* is "Up"/,
    ],
    [
      "an unknown kind of action",
      withProfile({ action: { type: "Add" } }),
      /scaleAction.type of .* is "Add"/,
    ],
    [
      "a window of a minute",
      withProfile({ trigger: { timeWindow: "PT1M" } }),
      /timeWindow .* must be 5 minutes to 12 hours/,
    ],
    [
      "a window that is no duration",
      withProfile({ trigger: { timeWindow: "5m" } }),
      /timeWindow of .* is "5m"/,
    ],
    [
      "a grain of seconds",
      withProfile({ trigger: { timeGrain: "PT30S" } }),
      /timeGrain .* must be 1 minute to 12 hours/,
    ],
    [
      "a cooldown of more than a week",
      withProfile({ action: { cooldown: "P7DT1S" } }),
      /cooldown .* 1 minute to 1 week/,
    ],
    [
      "a cooldown without a unit",
      withProfile({ action: { cooldown: "PT" } }),
      /cooldown of .* is "PT"/,
    ],
    ["no threshold", withProfile({ trigger: { threshold: undefined } }), /has no threshold/],
    [
      "a metric of the endpoint on the deployment",
      withProfile({ trigger: { metricName: "RequestLatency" } }),
      /^UnsupportedMetric: .*deployments\/blue has no metric RequestLatency; it has CpuMemory/,
    ],
    [
      "a metric of what does not exist",
      withProfile({ trigger: { metricResourceUri: "/gone" } }),
      /^UnsupportedMetric: .* of \/gone, which does not exist/,
    ],
    [
      "a step of more than the room",
      withProfile({ action: { value: "3" } }),
      /^InvalidActionValue: .*invalid scale action value \('3'\).*, 2\./,
    ],
    ["a step of none", withProfile({ action: { value: "0" } }), /^InvalidActionValue/],
  ])("is refused with %s", (_what, changes, message) => {
    expect(() => store().create(TYPE, setting(changes))).toThrow(message);
  });

  it("is the only one of a deployment", () => {
    const full = store();
    full.create(TYPE, setting());
    const second = setting({ autoscaleSettingName: "second" });
    expect(() => full.create(TYPE, second)).toThrow(
      /^Conflict: .* is scaled by .*flood-blue already/,
    );
  });

  it("can change its limits, and not what it scales", () => {
    const full = store();
    const { id } = full.create(TYPE, setting());
    expect(() =>
      full.update(id, TYPE, setting(withProfile({ capacity: { maximum: "9" } }))),
    ).not.toThrow();
    const other = setting({ targetResourceUri: `${ENDPOINT}/deployments/green` });
    expect(() => full.update(id, TYPE, other)).toThrow(/targetResourceUri of .* cannot change/);
  });
});
