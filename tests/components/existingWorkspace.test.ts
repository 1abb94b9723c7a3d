import { beforeAll, describe, expect, it } from "@jest/globals";
import { runOnEmulator } from "../../emulator/onEmulator";
import type { EmulatorRun } from "../../emulator/onEmulator";
import { armTemplate } from "../../render/armTemplate";
import { graphOf } from "../../graph/graph";
import { inputsOf, namesOf, sandboxRun, sandboxSettings, SUBSCRIPTION } from "../stacks";

/**
 * A workspace that exists already. Proves what is declared and what is asked, on the emulator; it does not prove that Azure lets
 * the identity read the workspace.
 */

const OTHER_GROUP = `/subscriptions/${SUBSCRIPTION}/resourceGroups/rg-ml/providers`;
const WORKSPACE = `${OTHER_GROUP}/Microsoft.MachineLearningServices/workspaces/mlw-team`;
const EXISTING = { workspace: { name: "mlw-team", resourceGroup: "rg-ml" } };

describe("a sandbox in an existing workspace", () => {
  let run: EmulatorRun;
  beforeAll(async () => {
    run = await sandboxRun(EXISTING);
  });

  it("declares its own parts alone: no workspace, storage account, vault, registry or Application Insights", () => {
    const counts: Record<string, number> = {};
    for (const { type, custom } of run.resources) {
      if (custom) counts[type] = (counts[type] ?? 0) + 1;
    }
    expect(counts).toEqual({
      "azure-native:applicationinsights:Workbook": 1,
      "azure-native:authorization:RoleAssignment": 4,
      "azure-native:machinelearningservices:Datastore": 1,
      "azure-native:machinelearningservices:OnlineDeployment": 2,
      "azure-native:machinelearningservices:OnlineEndpoint": 1,
      "azure-native:managedidentity:UserAssignedIdentity": 1,
      "azure-native:monitor:DiagnosticSetting": 1,
      "azure-native:operationalinsights:Workspace": 1,
      "azure-native:storage:BlobContainer": 1,
      "pulumi-nodejs:dynamic/mlscore:AssetUpload": 3,
      "pulumi-nodejs:dynamic/mlscore:CodeVersion": 1,
      "pulumi-nodejs:dynamic/mlscore:EnvironmentVersion": 1,
      "pulumi-nodejs:dynamic/mlscore:ModelVersion": 2,
      "pulumi-nodejs:dynamic/mlscore:TrafficSplit": 1,
    });
  });

  it("grants roles on exactly the workspace's own storage, registry and the stack's container", () => {
    const scopes = namesOf(run, ":RoleAssignment").map(
      (name) => inputsOf(run, "authorization:RoleAssignment", name)["scope"],
    );
    const storage = expect.stringMatching(
      new RegExp(`^${OTHER_GROUP}/Microsoft.Storage/storageAccounts/stexisting[0-9a-f]{8}$`),
    );
    const registry = expect.stringMatching(
      new RegExp(`^${OTHER_GROUP}/Microsoft.ContainerRegistry/registries/crexisting[0-9a-f]{8}$`),
    );
    const container = expect.stringMatching(/\/containers\/assets-flood-0d1782$/);
    expect(scopes).toEqual([container, registry, WORKSPACE, storage]);
  });

  it("puts the endpoint and its assets in the workspace's group, and its identity and logs in the stack's", () => {
    const groupOf = (type: string, name: string) => inputsOf(run, type, name)["resourceGroupName"];
    const ml = "machinelearningservices";
    expect(groupOf(`${ml}:OnlineEndpoint`, "endpoint")).toBe("rg-ml");
    expect(groupOf(`${ml}:OnlineDeployment`, "endpoint-blue")).toBe("rg-ml");
    expect(groupOf("storage:BlobContainer", "assets-container")).toBe("rg-ml");
    expect(groupOf("managedidentity:UserAssignedIdentity", "endpoint-identity")).toBe("rg");
    expect(groupOf("operationalinsights:Workspace", "log-analytics")).toBe("rg");
    expect(inputsOf(run, `${ml}:Datastore`, "assets-datastore")).toMatchObject({
      name: "assets_flood_0d1782",
      resourceGroupName: "rg-ml",
      workspaceName: "mlw-team",
      properties: {
        containerName: "assets-flood-0d1782",
        serviceDataAccessAuthIdentity: "WorkspaceSystemAssignedIdentity",
      },
    });
  });

  it("changes nothing of the workspace in a second update, nor when the stack goes", async () => {
    const settings = sandboxSettings(EXISTING);
    const again = await runOnEmulator("sandbox", settings, run.stored);
    expect(again.changes.filter(({ op }) => op !== "same")).toEqual([]);
    const changed = [...run.changes, ...again.changes].map(({ type }) => type);
    expect(changed.filter((type) => type.endsWith("machinelearningservices:Workspace"))).toEqual(
      [],
    );
    expect(run.stored.map(({ id }) => id)).not.toContain(WORKSPACE);
  });

  it("renders a template that names the workspace's group wherever it means it", () => {
    const template = armTemplate(graphOf(run), run.tenantId);
    const text = JSON.stringify(template);
    expect(text).toContain(
      "resourceId('rg-ml', 'Microsoft.MachineLearningServices/workspaces/models/versions', 'mlw-team', 'gauge-endpoint-blue-model-ecb90f1847c50906', '1')",
    );
    expect(text).not.toContain("resourceId('Microsoft.MachineLearningServices");
    const resources = template["resources"] as readonly Record<string, unknown>[];
    const outside = resources.filter((one) => one["resourceGroup"] === "rg-ml");
    expect(outside.map(({ name }) => name)).toContain("endpoint-traffic");
  });
});

describe("settings for an existing workspace", () => {
  const group = { name: "rg-own", create: true };
  it.each([
    [{ ...EXISTING }, "mlw-team", "rg-ml"],
    [{ workspace: { name: "mlw-team" } }, "mlw-team", "rg"],
    [{ ...EXISTING, resourceGroup: group }, "mlw-team", "rg-ml"],
    [{ ...EXISTING, resourceGroup: undefined }, "mlw-team", "rg-ml"],
  ])("fit together: %j", async (settings, name, resourceGroupName) => {
    const run = await sandboxRun(settings);
    expect(inputsOf(run, "machinelearningservices:OnlineEndpoint", "endpoint")).toMatchObject({
      workspaceName: name,
      resourceGroupName,
    });
  });

  it.each([
    [
      { workspace: { name: "mlw-team" }, resourceGroup: group },
      "workspace: needs resourceGroup: the workspace exists already, and this stack creates its own resource group",
    ],
    [
      { workspace: { name: "mlw-team" }, resourceGroup: undefined },
      "workspace: needs resourceGroup: the workspace exists already, and this stack creates its own resource group",
    ],
    [
      { workspace: { name: "mlw-team", resourceGroup: "RG-own" }, resourceGroup: group },
      'workspace.resourceGroup: is "RG-own", which this stack creates (resourceGroup.create)',
    ],
    [
      {
        ...EXISTING,
        network: { isolationMode: "AllowOnlyApprovedOutbound" },
        outboundRules: { pypi: { type: "FQDN", destination: "pypi.example.org" } },
      },
      "outboundRules: cannot be set: the workspace mlw-team is not the stack's own",
    ],
    [{ workspace: { name: "a b", resourceGroup: "rg" } }, 'workspace.name: is "a b"'],
    [{ workspace: { nam: "mlw-team" } }, "workspace.nam: is not a known key"],
  ])("do not fit: %j", async (settings, message) => {
    await expect(sandboxRun(settings)).rejects.toThrow(message);
  });
});
