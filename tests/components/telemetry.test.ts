import { appendFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "@jest/globals";
import * as pulumi from "@pulumi/pulumi";
import { loadConfig } from "../../config";
import { ConfigError } from "../../errors";
import type { EmulatorRun } from "../../emulator/onEmulator";
import { masked, MASKED, plainInputs } from "../../graph/plainInputs";
import type { StackSettings } from "../../graph/settings";
import { entraEndpointDirectory } from "../callers";
import {
  inputsOf,
  namesOf,
  productionSettings,
  sandboxRun,
  sandboxSettings,
  SUBSCRIPTION,
} from "../stacks";

/**
 * A sandbox whose deployments send metrics and traces to Application Insights. Proves what is declared and refused; it does not
 * prove that Azure gives a deployment a token for it.
 */

const INSIGHTS = `/subscriptions/${SUBSCRIPTION}/resourceGroups/rg/providers/Microsoft.Insights/components/appi-flood-0d1782`;
const GRANT = "endpoint-metrics-publisher";
const ON = { telemetry: "azure_monitor" };

const variablesOf = (run: EmulatorRun, name: string) =>
  (
    inputsOf(run, "machinelearningservices:OnlineDeployment", name)["properties"] as {
      environmentVariables: Record<string, string>;
    }
  ).environmentVariables;
const created = (run: EmulatorRun, key: string) => run.created.get(`azure-native:${key}`)?.outputs;

async function faults(settings: StackSettings, isLocalRun = false) {
  pulumi.runtime.setAllConfig({ ...settings });
  const error: unknown = await loadConfig("test", isLocalRun).then(
    () => new ConfigError([]),
    (reason: unknown) => reason,
  );
  if (!(error instanceof ConfigError)) throw error;
  return error.problems
    .filter(({ severity }) => severity === "error")
    .map(({ key, message }) => `${key ?? ""}: ${message}`);
}

describe("a sandbox without the setting", () => {
  it("tells its deployments nothing about telemetry, and grants nothing for it", async () => {
    const run = await sandboxRun();
    expect(namesOf(run, ":RoleAssignment")).not.toContain(GRANT);
    expect(Object.keys(variablesOf(run, "endpoint-blue"))).toEqual(
      Object.keys(variablesOf(await sandboxRun({ telemetry: "none" }), "endpoint-blue")),
    );
    expect(variablesOf(run, "endpoint-blue")).not.toHaveProperty("TELEMETRY");
  });
});

describe("a sandbox that sends to Application Insights", () => {
  let run: EmulatorRun;
  beforeAll(async () => {
    run = await sandboxRun(ON);
  });

  it("grants the endpoint's identity one role more, on that component alone", () => {
    const identity = created(run, "managedidentity:UserAssignedIdentity::endpoint-identity");
    expect(inputsOf(run, "authorization:RoleAssignment", GRANT)).toEqual({
      roleAssignmentName: expect.stringMatching(/^[0-9a-f-]{36}$/) as unknown,
      roleDefinitionId: `/subscriptions/${SUBSCRIPTION}/providers/Microsoft.Authorization/roleDefinitions/3913510d-42f4-4e42-8a64-420c390055eb`,
      scope: INSIGHTS,
      principalId: identity?.["principalId"],
      principalType: "ServicePrincipal",
    });
  });

  it.each(["endpoint-blue", "endpoint-green"])("tells %s where to send to, and as whom", (name) => {
    const identity = created(run, "managedidentity:UserAssignedIdentity::endpoint-identity");
    const insights = created(
      run,
      "applicationinsights:Component::observability-application-insights",
    );
    expect(insights?.["connectionString"]).toMatch(/^InstrumentationKey=[0-9a-f-]{36};/);
    expect(variablesOf(run, name)).toMatchObject({
      TELEMETRY: "azure_monitor",
      APPLICATIONINSIGHTS_CONNECTION_STRING: insights?.["connectionString"],
      AZURE_CLIENT_ID: identity?.["clientId"],
    });
  });

  it("keeps the connection string a secret, and the deployments' answers with it", () => {
    const deployments = run.resources.filter(({ type }) => type.endsWith(":OnlineDeployment"));
    expect(deployments).toHaveLength(2);
    for (const { inputs } of deployments) {
      const shown = plainInputs(inputs, masked)["properties"] as {
        environmentVariables: Record<string, unknown>;
      };
      expect(shown.environmentVariables["APPLICATIONINSIGHTS_CONNECTION_STRING"]).toBe(MASKED);
    }
  });
});

describe("telemetry", () => {
  it.each([
    [{ telemetry: "otlp" }, 'telemetry: is "otlp"; must be one of none, azure_monitor'],
    [
      { ...ON, workspace: { name: "mlw-team", resourceGroup: "rg-ml" } },
      'telemetry: is "azure_monitor", but the workspace mlw-team is not the stack\'s own: its Application Insights belongs to its owner; remove the setting',
    ],
    [
      { telemetry: { connectionString: "x" } },
      expect.stringMatching(/^telemetry: .*must be one of none, azure_monitor/),
    ],
  ])("is refused: %j", async (changes, message) => {
    expect(await faults(sandboxSettings(changes))).toEqual([message]);
  });

  it("is refused beside an identity and variables of the YAML, and not on this machine alone", async () => {
    const endpointDirectory = entraEndpointDirectory();
    appendFileSync(join(endpointDirectory, "endpoint.yml"), "identity:\n  type: system_assigned\n");
    const green = join(endpointDirectory, "green.yml");
    appendFileSync(green, "environment_variables:\n  TELEMETRY: none\n");
    const settings = sandboxSettings({ ...ON, endpointDirectory });
    expect(await faults(settings)).toEqual([
      "identity: is given, and mlscore:telemetry: azure_monitor sends as the identity that the stack makes; remove one of them",
      "environment_variables.TELEMETRY: is set by the stack, because of mlscore:telemetry: azure_monitor; remove one of them",
    ]);
    expect(await faults(settings, true)).toEqual([]);
  });

  it("is refused in production", async () => {
    expect(await faults(productionSettings(ON))).toEqual([
      'telemetry: is "azure_monitor", and is a setting of sandboxes: production has no Application Insights to send to; remove it',
    ]);
  });
});

describe("the alert on the age of features", () => {
  const notify = { owner: "flood team", email: ["on-call@example.org"] };
  const old = { objectives: { featureAgeHours: 36 } };

  it("is there where telemetry shows it and a limit is given, and not otherwise", async () => {
    const rule = "monitoring-features-stale";
    const run = await sandboxRun({ ...ON, ...old, notify });
    const { criteria } = inputsOf(run, "monitor:ScheduledQueryRule", rule) as {
      criteria: { allOf: { query: string }[] };
    };
    expect(criteria.allOf[0]?.query).toBe(
      'AppMetrics\n| where TimeGenerated > ago(1h) and Name == "mlscore.feature_table.age"\n' +
        "| summarize Old = countif(Sum > 129600)\n| where Old >= 10",
    );
    expect(namesOf(await sandboxRun({ ...ON, notify }), ":ScheduledQueryRule")).not.toContain(rule);
  });

  it("is refused where nothing shows it", async () => {
    expect(await faults(sandboxSettings(old))).toEqual([
      "objectives.featureAgeHours: is 36, but nothing tells how old the features are; set telemetry: azure_monitor, or remove it",
    ]);
    expect(await faults(productionSettings(old))).toEqual([
      "objectives.featureAgeHours: is a setting of sandboxes: nothing tells how old production's features are; remove it",
    ]);
    expect(await faults(sandboxSettings({ ...ON, objectives: { featureAgeHours: 0 } }))).toEqual([
      expect.stringContaining("objectives.featureAgeHours: is 0"),
    ]);
  });
});
