import { beforeAll, describe, expect, it } from "@jest/globals";
import type { EmulatorRun } from "../../emulator/onEmulator";
import { inputsOf, namesOf, sandboxRun } from "../stacks";

// Proves which rules an endpoint has and whom they call; tests/alerts proves when they fire.

const NOTIFY = {
  owner: "flood team",
  email: ["on-call@example.org"],
  azureApp: ["somebody@example.org"],
  webhooks: [{ name: "pager", url: { secure: "v1:abc" } }],
  runbooks: "https://github.com/example/mlscore/blob/main",
};
const WORKBOOK = "applicationinsights:Workbook";
const RULES = ["MetricAlert", "ScheduledQueryRule", "ActivityLogAlert"];
const GROUP = "/subscriptions/11111111-2222-3333-4444-555555555555/resourceGroups/rg";

describe("the alerts of a sandbox", () => {
  let run: EmulatorRun;
  beforeAll(async () => {
    run = await sandboxRun({
      notify: NOTIFY,
      autoscale: { green: { minInstances: 1, maxInstances: 5 } },
    });
  });

  it("are none where nobody is called, and there is a dashboard all the same", async () => {
    const silent = await sandboxRun();
    expect([...RULES, "ActionGroup"].flatMap((type) => namesOf(silent, `monitor:${type}`))).toEqual(
      [],
    );
    const { serializedData } = inputsOf(silent, WORKBOOK, "monitoring-dashboard");
    expect(serializedData).not.toContain("runbooks");
  });

  it("name no dashboard where there is none", async () => {
    const without = await sandboxRun({ notify: NOTIFY, dashboards: false });
    expect(namesOf(without, WORKBOOK)).toEqual([]);
    const rule = inputsOf(without, "monitor:MetricAlert", "monitoring-too-many-requests");
    expect(rule["actions"]).toMatchObject([{ webHookProperties: { owner: "flood team" } }]);
    expect(JSON.stringify(rule["actions"])).not.toMatch(/dashboard|panel/);
  });

  it("are none and there is no dashboard where both are off", async () => {
    const none = await sandboxRun({ dashboards: false });
    expect(none.resources.filter(({ type }) => type.includes("ndpointMonitoring"))).toEqual([]);
  });

  it("have a workbook about the endpoint and its deployments, in the gallery of Azure Monitor", () => {
    const { serializedData, ...workbook } = inputsOf(run, WORKBOOK, "monitoring-dashboard");
    expect(workbook).toEqual({
      resourceName: expect.stringMatching(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/),
      resourceGroupName: "rg",
      location: "canadacentral",
      kind: "shared",
      category: "workbook",
      displayName: "Endpoint gauge-endpoint",
      sourceId: "azure monitor",
      version: "Notebook/1.0",
      tags: { owner: "tests" },
    });
    const { fallbackResourceIds, items } = JSON.parse(String(serializedData)) as Workbook;
    expect(fallbackResourceIds).toEqual([
      expect.stringMatching(/\/onlineEndpoints\/gauge-endpoint$/),
    ]);
    const cpu = items.find(({ name }) => name === "cpu");
    expect(cpu?.content.resourceIds).toEqual([
      expect.stringMatching(/\/deployments\/blue$/),
      expect.stringMatching(/\/deployments\/green$/),
    ]);
  });

  it("are log alerts on requests, metric alerts on each deployment, and one on failed deployments", () => {
    expect(namesOf(run, "monitor:ScheduledQueryRule")).toEqual([
      "monitoring-failed-requests-in-a-day",
      "monitoring-failed-requests-in-an-hour",
      "monitoring-failed-requests-in-days",
      "monitoring-failed-requests-in-six-hours",
      "monitoring-no-requests",
      "monitoring-nothing-answers",
      "monitoring-slow-requests-in-a-day",
      "monitoring-slow-requests-in-an-hour",
      "monitoring-slow-requests-in-days",
      "monitoring-slow-requests-in-six-hours",
    ]);
    expect(namesOf(run, "monitor:MetricAlert")).toEqual([
      "monitoring-at-maximum-instances-green",
      ...["blue", "green"].map((name) => `monitoring-cpu-near-limit-${name}`),
      ...["blue", "green"].map((name) => `monitoring-disk-near-limit-${name}`),
      ...["blue", "green"].map((name) => `monitoring-memory-near-limit-${name}`),
      "monitoring-too-many-requests",
    ]);
    expect(namesOf(run, "monitor:ActivityLogAlert")).toEqual(["monitoring-deployment-failed"]);
  });

  it("call one action group, which has a receiver for each person and webhook", () => {
    expect(inputsOf(run, "monitor:ActionGroup", "monitoring-action-group")).toEqual({
      actionGroupName: "ag-flood-0d1782",
      resourceGroupName: "rg",
      location: "Global",
      enabled: true,
      groupShortName: "mlscore",
      emailReceivers: [
        { name: "email-1", emailAddress: "on-call@example.org", useCommonAlertSchema: true },
      ],
      azureAppPushReceivers: [{ name: "azure-app-1", emailAddress: "somebody@example.org" }],
      webhookReceivers: [
        { name: "pager", serviceUri: "https://encrypted.invalid/", useCommonAlertSchema: true },
      ],
      tags: { owner: "tests" },
    });
  });

  it("compare a deployment's own metric, and say who is responsible and what to do", () => {
    const id = `${GROUP}/providers/Microsoft.Insights/actionGroups/ag-flood-0d1782`;
    const runbook = `${NOTIFY.runbooks}/docs/runbooks/too-many-requests.md`;
    const rule = inputsOf(run, "monitor:MetricAlert", "monitoring-at-maximum-instances-green");
    expect(rule).toMatchObject({
      severity: 2,
      windowSize: "PT30M",
      evaluationFrequency: "PT5M",
      description: `The deployment runs its highest number of instances; more load makes requests wait. Owner: flood team. Runbook: ${runbook}`,
      actions: [
        {
          actionGroupId: id,
          webHookProperties: {
            owner: "flood team",
            runbook,
            dashboard: expect.stringMatching(
              /^https:\/\/portal\.azure\.com\/#@\/resource\/subscriptions\/.*\/workbooks\/[0-9a-f-]{36}\/workbook$/,
            ) as unknown,
            panel: "Instances",
          },
        },
      ],
    });
    expect(String((rule["scopes"] as string[])[0])).toMatch(/\/deployments\/green$/);
    expect(rule["criteria"]).toMatchObject({
      allOf: [{ metricName: "DeploymentCapacity", threshold: 5, operator: "GreaterThanOrEqual" }],
    });
  });
});

interface Workbook {
  readonly fallbackResourceIds: readonly string[];
  readonly items: readonly {
    readonly name: string;
    readonly content: { readonly resourceIds?: readonly string[] };
  }[];
}
