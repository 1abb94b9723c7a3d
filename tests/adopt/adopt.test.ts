import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, it, jest } from "@jest/globals";
import { adopt, type Adoption, type AdoptOptions, type Evaluated } from "../../adopt/adopt";
import { reportText } from "../../adopt/report";
import { readEndpointDirectory } from "../../config/azureml";
import type { ArmServer } from "../../emulator/arm/server";
import { AzureStore } from "../../emulator/azure/azureStore";
import { azurePlace } from "../../emulator/azurePlace";
import type { Arm } from "../../traffic/arm";
import { ROLLOUT_TAG } from "../../traffic/rolloutTag";
import { evaluatedUp } from "../evaluation/client";
import { sandboxSettings, SUBSCRIPTION } from "../stacks";
import { overHttps, serveArm, WORKSPACE } from "./liveEndpoints";

/**
 * Adoption from the emulator's ARM API over HTTPS. Does not prove what Azure's answers have beside the sample that is used here;
 * tests/engine/adoption.test.ts imports and previews.
 */

const BASE = `/subscriptions/${SUBSCRIPTION}/resourceGroups/rg-ml/providers/Microsoft.MachineLearningServices/workspaces/mlw-team`;
const IDENTITY = `/subscriptions/${SUBSCRIPTION}/resourceGroups/rg-ml/providers/Microsoft.ManagedIdentity/userAssignedIdentities/id`;
const PASSWORD = "hunter2-Tr0ub4dor&3";

let folder = "";
let armServer: ArmServer;
let arm: Arm;
let count = 0;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "adopt-"));
  const store = new AzureStore(azurePlace(sandboxSettings({ workspace: WORKSPACE })));
  armServer = await serveArm(store, join(folder, "arm"));
  arm = overHttps(armServer);
});
afterAll(async () => {
  await armServer.close();
  rmSync(folder, { recursive: true });
});
beforeEach(() => {
  mkdirSync(join(folder, String(++count)));
});

const out = () => join(folder, String(count), "out");
const options = (endpoint: string, more: Partial<AdoptOptions> = {}): AdoptOptions => ({
  out: out(),
  stack: "adopted",
  workload: "flood",
  subscriptionId: SUBSCRIPTION,
  workspace: WORKSPACE.name,
  endpoint,
  ...more,
});
const adopted = (endpoint: string, more?: Partial<AdoptOptions>, evaluated?: Evaluated) =>
  adopt(options(endpoint, more), arm, evaluated ?? evaluatedUp);
const output = (name: string) => readFileSync(join(out(), name), "utf8");
const left = () => readdirSync(join(folder, String(count)));

/** An endpoint `e<N>` with one deployment `blue`; the sample's properties, with changes. */
async function live(
  properties: object = {},
  {
    identity,
    tags,
    ...endpoint
  }: { identity?: object; tags?: object; [key: string]: unknown } = {},
): Promise<string> {
  const name = `endpoint-${count}`;
  await arm.put(`${BASE}/onlineEndpoints/${name}`, {
    location: "canadacentral",
    identity: identity ?? { type: "SystemAssigned" },
    tags: {},
    properties: { authMode: "Key", ...endpoint },
  });
  await arm.put(`${BASE}/onlineEndpoints/${name}/deployments/blue`, {
    location: "canadacentral",
    tags: {},
    sku: { name: "Default", capacity: 2 },
    properties: {
      endpointComputeType: "Managed",
      instanceType: "Standard_DS3_v2",
      appInsightsEnabled: false,
      model: `${BASE}/models/gauge/versions/7`,
      environmentId: `${BASE}/environments/CliV2AnonymousEnvironment/versions/9f2c`,
      codeConfiguration: { codeId: `${BASE}/codes/0c1e/versions/1`, scoringScript: "score.py" },
      environmentVariables: {},
      properties: { AzureAsyncOperationUri: "https://management.azure.com/operation/1" },
      ...properties,
    },
  });
  if (tags !== undefined) await arm.patch(`${BASE}/onlineEndpoints/${name}`, { tags });
  return name;
}

const updates = ({ preview }: Adoption) =>
  preview.planned.filter(({ op }) => op === "update").flatMap(({ paths }) => paths);

describe("a live endpoint", () => {
  it("is written as YAML, settings and an import file, by reads alone", async () => {
    const name = await live();
    const before = armServer.recorded.length;
    const adoption = await adopted(name);
    expect(armServer.recorded.slice(before).map(({ method }) => method)).not.toContain("PUT");
    expect([...new Set(armServer.recorded.slice(before).map(({ method }) => method))]).toEqual([
      "GET",
    ]);
    expect(updates(adoption)).toEqual([]);
    expect(left()).toEqual(["out"]);
    expect(readdirSync(out()).sort()).toEqual(["Pulumi.adopted.yaml", "endpoint", "import.json"]);
    expect(output("endpoint/blue.yml")).toBe(
      `$schema: https://azuremlschemas.azureedge.net/latest/managedOnlineDeployment.schema.json
name: blue
endpoint_name: ${name}
model: azureml:gauge:7
code_configuration:
  # A registered version; its files are not here. To change the code, name a folder with it instead.
  code: azureml:0c1e:1
  scoring_script: score.py
environment: azureml:CliV2AnonymousEnvironment:9f2c
instance_type: Standard_DS3_v2
instance_count: 2
app_insights_enabled: false
request_settings:
  request_timeout_ms: 5000
  max_concurrent_requests_per_instance: 1
liveness_probe:
  initial_delay: 10
  period: 10
  timeout: 2
  success_threshold: 1
  failure_threshold: 30
readiness_probe:
  initial_delay: 10
  period: 10
  timeout: 2
  success_threshold: 1
  failure_threshold: 30
`,
    );
    expect(output("endpoint/endpoint.yml")).toContain(`auth_mode: key\n`);
    expect(output("endpoint/endpoint.yml")).toContain("az ml online-endpoint get-credentials");
    expect(output("Pulumi.adopted.yaml")).toContain(
      "  mlscore:workspace:\n    name: mlw-team\n    resourceGroup: rg-ml\n",
    );
    const version = expect.stringMatching(/^\d+\.\d+\.\d+$/);
    expect(JSON.parse(output("import.json"))).toEqual({
      resources: [
        {
          type: "mlscore:onlineEndpoint:OnlineEndpoint",
          name: "endpoint-component",
          logicalName: "endpoint",
          component: true,
        },
        {
          type: "azure-native:machinelearningservices:OnlineEndpoint",
          name: "endpoint",
          id: `${BASE}/onlineEndpoints/${name}`,
          parent: "endpoint-component",
          version,
          properties: [
            "endpointName",
            "identity",
            "location",
            "properties",
            "resourceGroupName",
            "tags",
            "workspaceName",
          ],
        },
        {
          type: "azure-native:machinelearningservices:OnlineDeployment",
          name: "endpoint-blue",
          id: `${BASE}/onlineEndpoints/${name}/deployments/blue`,
          parent: "endpoint-component",
          version,
          properties: [
            "deploymentName",
            "endpointName",
            "location",
            "properties",
            "resourceGroupName",
            "sku",
            "tags",
            "workspaceName",
          ],
        },
      ],
    });
    const report = reportText(adoption, options(name));
    expect(report).toMatch(/\| create +\| endpoint-traffic +\| the live traffic/);
    expect(report).not.toMatch(/\| update/);
  });

  it("has what Azure sets itself left out, and the update that takes it away named", async () => {
    const name = await live({
      environmentVariables: {
        AML_APP_ROOT: "/var/azureml-app/onlinescoring",
        AZUREML_ENTRY_SCRIPT: "score.py",
        AZUREML_MODEL_DIR: "/var/azureml-app/azureml-models/gauge/7",
        MODE: "fast",
      },
    });
    const adoption = await adopted(name);
    expect(updates(adoption)).toEqual([
      "properties.environmentVariables.AML_APP_ROOT",
      "properties.environmentVariables.AZUREML_ENTRY_SCRIPT",
      "properties.environmentVariables.AZUREML_MODEL_DIR",
    ]);
    const text = output("endpoint/blue.yml");
    expect(text).not.toContain("/var/azureml-app");
    expect(text).not.toContain("AzureAsyncOperationUri");
    expect(text).toContain("environment_variables:\n  MODE: fast\n");
    expect(text).toMatch(
      /^# The first update changes properties\.environmentVariables\.AML_APP_ROOT: Azure sets it/m,
    );
    expect(reportText(adoption, options(name))).toMatch(
      /\| update +\| endpoint-blue +\| properties\.environmentVariables\.AZUREML_MODEL_DIR: Azure/,
    );
  });

  it.each([
    [
      "sampling rates that differ",
      {
        dataCollector: {
          collections: {
            request: { dataCollectionMode: "Enabled", samplingRate: 0.1 },
            response: { dataCollectionMode: "Enabled", samplingRate: 0.5 },
          },
        },
      },
      "properties.dataCollector.collections.response.samplingRate",
    ],
    [
      "half seconds of a probe",
      { readinessProbe: { timeout: "PT2.5S" } },
      "properties.readinessProbe.timeout",
    ],
    ["a property that no YAML has", { extra: { of: "later" } }, "properties.extra"],
    [
      "a scale type of Kubernetes",
      { scaleSettings: { scaleType: "TargetUtilization" } },
      "properties.scaleSettings.scaleType",
    ],
  ])("with %s is written, and the difference named", async (_what, properties, path) => {
    const adoption = await adopted(await live(properties));
    expect(updates(adoption)).toEqual([path]);
    expect(output("endpoint/blue.yml")).toContain(
      `changes ${path}: the YAML cannot say what is live`,
    );
  });

  it("has no secret in any file or in the report, and the loader asks for it", async () => {
    const name = await live({
      environmentVariables: {
        DB_PASSWORD: PASSWORD,
        VAULT: "${{keyvault:https://v.vault.azure.net/secrets/s}}",
      },
    });
    await arm.patch(`${BASE}/onlineEndpoints/${name}/deployments/blue`, {
      tags: { token: PASSWORD },
    });
    const adoption = await adopted(name);
    const files = [
      "endpoint/endpoint.yml",
      "endpoint/blue.yml",
      "Pulumi.adopted.yaml",
      "import.json",
    ];
    for (const file of files) expect(output(file)).not.toContain(PASSWORD);
    const report = reportText(adoption, options(name));
    expect(report).not.toContain(PASSWORD);
    expect(report).toContain("blue, environment_variables.DB_PASSWORD");
    expect(updates(adoption)).toEqual(["tags.token"]);
    const text = output("endpoint/blue.yml");
    expect(text).toMatch(
      /# Looks like a secret .*\n {2}DB_PASSWORD: <SECRET>\n {2}VAULT: \$\{\{keyvault:/,
    );
    expect(text).toMatch(/^# tags\.token is left out: in Azure it looks like a secret/m);
    const { problems } = await readEndpointDirectory(join(out(), "endpoint"));
    expect(problems.filter(({ severity }) => severity === "error")).toMatchObject([
      { key: "environment_variables.DB_PASSWORD", message: expect.stringContaining("placeholder") },
    ]);
  });

  it("goes into an empty folder, and by a resource group that is named", async () => {
    mkdirSync(out());
    await adopted(await live(), { resourceGroup: "rg-ml" });
    expect(existsSync(join(out(), "import.json"))).toBe(true);
  });
});

describe("nothing is written", () => {
  const refused = async (endpoint: string, message: RegExp, more?: Partial<AdoptOptions>) => {
    await expect(adopted(endpoint, more)).rejects.toThrow(message);
    expect(left()).toEqual([]);
  };

  it("over what is in a folder", async () => {
    const name = await live();
    mkdirSync(out());
    writeFileSync(join(out(), "mine"), "");
    await expect(adopted(name)).rejects.toThrow(
      /out is not empty \(mine\); name a folder that is empty/,
    );
    expect(readdirSync(out())).toEqual(["mine"]);
    expect(left()).toEqual(["out"]);
  });

  it("of an endpoint or a workspace that is not there", async () => {
    const name = await live();
    await refused(
      "missing",
      new RegExp(`no online endpoint missing in the workspace mlw-team; there are: .*${name}`),
    );
    await refused(name, /There is no workspace other in subscription/, { workspace: "other" });
    await refused(name, /There is no workspace mlw-team in the resource group rg-x/, {
      resourceGroup: "rg-x",
    });
  });

  it.each([
    [
      "both kinds of identity",
      { type: "SystemAssigned,UserAssigned", userAssignedIdentities: { [IDENTITY]: {} } },
      /identity SystemAssigned,UserAssigned, and/,
    ],
    [
      "two identities",
      { type: "UserAssigned", userAssignedIdentities: { [IDENTITY]: {}, [`${IDENTITY}2`]: {} } },
      /\(2 user-assigned\)/,
    ],
  ])("of an endpoint with %s, which would be made anew", async (_what, identity, message) => {
    await refused(await live({}, { identity }), message);
  });

  it("of a deployment on Kubernetes", async () => {
    await refused(
      await live({ endpointComputeType: "Kubernetes" }),
      /blue of compute type Kubernetes, so that it cannot be adopted/,
    );
  });

  it("while a rollout is under way", async () => {
    await refused(
      await live({}, { tags: { [ROLLOUT_TAG]: "2026-11-30" } }),
      /a rollout is under way/,
    );
  });

  it("where the loader refuses what is live, with the file that it would be in", async () => {
    const name = await live({ instanceType: "Basic_A1" });
    await refused(
      name,
      /out\/endpoint\/blue\.yml:\d+: instance_type: .*Basic_A1.*nothing was written/s,
    );
  });

  it("when the evaluation fails or the command is interrupted", async () => {
    const name = await live();
    const beside = () => left().filter((entry) => /^out\.\d+\.next$/.test(entry));
    const failing = () => {
      expect(beside()).toHaveLength(1);
      return Promise.reject(new Error("out of memory"));
    };
    await expect(adopted(name, {}, failing)).rejects.toThrow("out of memory");
    expect(left()).toEqual([]);
    const exit = jest.spyOn(process, "exit").mockImplementation(() => {
      expect(left()).toEqual([]);
      throw new Error("exited");
    });
    const interrupted = () =>
      Promise.resolve().then(() => {
        expect(beside()).toHaveLength(1);
        process.emit("SIGINT", "SIGINT");
        return Promise.reject(new Error("not reached"));
      });
    await expect(adopted(name, {}, interrupted)).rejects.toThrow("exited");
    expect(exit).toHaveBeenCalledWith(130);
    exit.mockRestore();
    expect(process.listenerCount("SIGINT")).toBe(0);
  });
});
