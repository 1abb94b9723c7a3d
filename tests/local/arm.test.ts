import { beforeAll, describe, expect, it } from "@jest/globals";
import { armTemplate } from "../../local/arm";
import { graphOf } from "../../local/graph";
import { sandboxRun } from "../stacks";

interface Template {
  readonly metadata: { readonly notInTemplate: readonly string[] };
  readonly parameters: Record<string, unknown>;
  readonly resources: readonly Record<string, unknown>[];
}

describe("the ARM template", () => {
  let template: Template;
  const only = (type: string, name?: string) => {
    const found = template.resources.filter(
      (one) => one["type"] === type && (name === undefined || one["name"] === name),
    );
    if (found.length !== 1) throw new Error(`${found.length} resources ${type} ${name ?? ""}`);
    return found[0]!;
  };
  beforeAll(async () => {
    const run = await sandboxRun();
    template = armTemplate(graphOf(run), run.tenantId) as unknown as Template;
  });

  it("has every resource of ARM once and names the uploads as left out", () => {
    expect(template.resources).toHaveLength(25);
    expect(
      template.metadata.notInTemplate.map((id) => id.split("/folders/")[1]?.split("/")[0]),
    ).toEqual(["code", "model", "model"]);
  });

  it("names storage properties as ARM does, not as azure-native does", () => {
    const { properties } = only("Microsoft.Storage/storageAccounts");
    expect(properties).toMatchObject({
      supportsHttpsTrafficOnly: true,
      networkAcls: { bypass: "AzureServices", defaultAction: "Allow" },
    });
    expect(properties).not.toHaveProperty("enableHttpsTrafficOnly");
    expect(properties).not.toHaveProperty("networkRuleSet");
  });

  it("refers to other resources by expression, never by an id of the stand-in", () => {
    const bodies = JSON.stringify(template.resources);
    expect(bodies).not.toMatch(/"\/subscriptions\/[^"]*"/);
    expect(only("Microsoft.MachineLearningServices/workspaces")["properties"]).toMatchObject({
      storageAccount: "[resourceId('Microsoft.Storage/storageAccounts', 'stflood0d1782')]",
    });
    expect(only("Microsoft.KeyVault/vaults")["properties"]).toMatchObject({
      tenantId: "[subscription().tenantId]",
    });
  });

  it("scopes role assignments and takes the principal from the identity", () => {
    const pull = template.resources.find(
      (one) =>
        one["scope"] === "Microsoft.ContainerRegistry/registries/crflood0d1782" &&
        one["type"] === "Microsoft.Authorization/roleAssignments",
    );
    expect(pull?.["properties"]).toEqual({
      principalId:
        "[reference(resourceId('Microsoft.ManagedIdentity/userAssignedIdentities', 'id-flood-endpoint-0d1782'), '2023-01-31').principalId]",
      principalType: "ServicePrincipal",
      roleDefinitionId:
        "[subscriptionResourceId('Microsoft.Authorization/roleDefinitions', '7f951dda-4ed3-4680-a7ca-43fe172d538d')]",
    });
  });

  it("asks for secrets as secure parameters", () => {
    expect(template.parameters).toEqual({
      endpoint_blue_properties_environmentVariables_UPSTREAM_API_KEY: { type: "securestring" },
    });
    expect(JSON.stringify(template)).not.toContain("hunter2");
  });

  it("creates the endpoint without traffic and writes it in a nested deployment after the deployments", () => {
    const endpoint = only("Microsoft.MachineLearningServices/workspaces/onlineEndpoints");
    expect(endpoint["properties"]).not.toHaveProperty("traffic");
    const nested = only("Microsoft.Resources/deployments");
    expect(nested["dependsOn"]).toEqual(
      expect.arrayContaining([
        "[resourceId('Microsoft.MachineLearningServices/workspaces/onlineEndpoints/deployments', 'mlw-flood-0d1782', 'gauge-endpoint', 'blue')]",
        "[resourceId('Microsoft.MachineLearningServices/workspaces/onlineEndpoints/deployments', 'mlw-flood-0d1782', 'gauge-endpoint', 'green')]",
      ]),
    );
    const inner = (nested["properties"] as { template: Template }).template.resources[0];
    expect(inner?.["properties"]).toMatchObject({
      authMode: "Key",
      traffic: { blue: 90, green: 10 },
    });
  });

  it("depends only on resources that are in it", () => {
    const bodies = template.resources.flatMap((one) => one["dependsOn"] as string[]);
    expect(bodies.every((id) => /^\[(extensionR|r)esourceId\(/.test(id))).toBe(true);
    expect(bodies.join()).not.toContain("/folders");
  });
});
