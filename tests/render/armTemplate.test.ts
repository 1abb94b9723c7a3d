import { beforeAll, describe, expect, it } from "@jest/globals";
import { armTemplate } from "../../render/armTemplate";
import { AzureStore } from "../../emulator/azure/azureStore";
import { graphOf, type GraphResource } from "../../graph/graph";
import { sandboxRun, SUBSCRIPTION } from "../stacks";
import { declaredResource } from "../declaredResource";

interface Template {
  readonly metadata: { readonly notInTemplate: readonly string[] };
  readonly parameters: Record<string, unknown>;
  readonly resources: readonly Record<string, unknown>[];
}

/** Proves the form of templates; it does not prove that Azure takes them. */

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
    expect(template.resources).toHaveLength(26);
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

  it("names properties of Application Insights as ARM does, its unlike ones too", () => {
    expect(only("Microsoft.Insights/components")["properties"]).toEqual({
      Application_Type: "web",
      Flow_Type: "Bluefield",
      IngestionMode: "LogAnalytics",
      Request_Source: "rest",
      WorkspaceResourceId:
        "[resourceId('Microsoft.OperationalInsights/workspaces', 'log-flood-0d1782')]",
      publicNetworkAccessForIngestion: "Enabled",
      publicNetworkAccessForQuery: "Enabled",
    });
  });

  it("gives no properties to what takes none", () => {
    expect(only("Microsoft.ManagedIdentity/userAssignedIdentities")).not.toHaveProperty(
      "properties",
    );
  });

  it("refers to other resources by expression, never by an id of the emulator", () => {
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

describe("bodies of which azure-native lifts more than the top", () => {
  const store = new AzureStore({
    subscriptionId: SUBSCRIPTION,
    tenantId: "tenant",
    resourceGroups: ["rg"],
  });
  const resource = (type: string, inputs: Record<string, unknown>): GraphResource => {
    const token = `azure-native:${type}`;
    const created = store.create(token, { resourceGroupName: "rg", ...inputs });
    return { declared: declaredResource(token, type, created.inputs), created };
  };
  const template = (...graph: GraphResource[]) =>
    armTemplate(graph, "tenant")["resources"] as Record<string, unknown>[];

  const group = resource("network:NetworkSecurityGroup", {
    networkSecurityGroupName: "nsg",
    location: "canadacentral",
    securityRules: [{ name: "DenyAll", access: "Deny", sourceAddressPrefix: "*" }],
  });
  const network = resource("network:VirtualNetwork", {
    virtualNetworkName: "vnet",
    location: "canadacentral",
    tags: { owner: "tests" },
    addressSpace: { addressPrefixes: ["10.0.0.0/16"] },
    subnets: [
      {
        name: "api",
        addressPrefix: "10.0.0.0/28",
        networkSecurityGroup: { id: group.created.id },
        delegations: [{ name: "aks", serviceName: "Microsoft.ContainerService/managedClusters" }],
      },
      { name: "plain", addressPrefix: "10.0.1.0/28" },
    ],
  });

  it("puts properties of list items, and of lists in them, back where ARM has them", () => {
    const [vnet, nsg] = template(network, group);
    expect(vnet).toEqual({
      type: "Microsoft.Network/virtualNetworks",
      apiVersion: "2024-05-01",
      name: "vnet",
      location: "canadacentral",
      tags: { owner: "tests" },
      properties: {
        addressSpace: { addressPrefixes: ["10.0.0.0/16"] },
        subnets: [
          {
            name: "api",
            properties: {
              addressPrefix: "10.0.0.0/28",
              networkSecurityGroup: {
                id: "[resourceId('Microsoft.Network/networkSecurityGroups', 'nsg')]",
              },
              delegations: [
                {
                  name: "aks",
                  properties: { serviceName: "Microsoft.ContainerService/managedClusters" },
                },
              ],
            },
          },
          { name: "plain", properties: { addressPrefix: "10.0.1.0/28" } },
        ],
      },
      dependsOn: [],
    });
    expect(nsg?.["properties"]).toEqual({
      securityRules: [
        { name: "DenyAll", properties: { access: "Deny", sourceAddressPrefix: "*" } },
      ],
    });
  });

  it("leaves out what azure-native adds to a reference to another resource", () => {
    const endpoint = resource("network:PrivateEndpoint", {
      privateEndpointName: "pe-vault",
      subnet: {
        id: `${network.created.id}/subnets/plain`,
        privateEndpointNetworkPolicies: "Disabled",
      },
    });
    expect(template(network, endpoint)[1]?.["properties"]).toEqual({
      subnet: {
        id: "[concat(resourceId('Microsoft.Network/virtualNetworks', 'vnet'), '/subnets/plain')]",
      },
    });
  });

  it("leaves an object that is only a reference as it is, and says where its outer resource is", () => {
    const endpoint = resource("network:PrivateEndpoint", {
      privateEndpointName: "pe-registry",
      location: "canadacentral",
      subnet: { id: `${network.created.id}/subnets/plain` },
      privateLinkServiceConnections: [{ name: "pe", groupIds: ["registry"] }],
    });
    expect(template(network, endpoint)[1]?.["properties"]).toEqual({
      subnet: {
        id: "[concat(resourceId('Microsoft.Network/virtualNetworks', 'vnet'), '/subnets/plain')]",
      },
      privateLinkServiceConnections: [{ name: "pe", properties: { groupIds: ["registry"] } }],
    });
    // Another stack's network is no part of the template.
    expect(template(endpoint)[0]?.["properties"]).toMatchObject({
      subnet: { id: `${network.created.id}/subnets/plain` },
    });
  });

  it("writes routes, connections and zones of a private endpoint as ARM has them", () => {
    const routes = resource("network:RouteTable", {
      routeTableName: "rt",
      disableBgpRoutePropagation: true,
      routes: [{ name: "out", addressPrefix: "0.0.0.0/0", nextHopType: "VirtualAppliance" }],
    });
    const zones = resource("network:PrivateDnsZoneGroup", {
      privateEndpointName: "pe-registry",
      privateDnsZoneGroupName: "default",
      privateDnsZoneConfigs: [{ name: "zone", privateDnsZoneId: "/zone" }],
    });
    const [table, zoneGroup] = template(routes, zones);
    expect(table?.["properties"]).toEqual({
      disableBgpRoutePropagation: true,
      routes: [
        {
          name: "out",
          properties: { addressPrefix: "0.0.0.0/0", nextHopType: "VirtualAppliance" },
        },
      ],
    });
    expect(zoneGroup).toMatchObject({
      type: "Microsoft.Network/privateEndpoints/privateDnsZoneGroups",
      name: "pe-registry/default",
      properties: {
        privateDnsZoneConfigs: [{ name: "zone", properties: { privateDnsZoneId: "/zone" } }],
      },
    });
  });

  it("grants a role on a subnet by expression", () => {
    const on = `${network.created.id}/subnets/plain`;
    // The emulator knows no subnets, so this one cannot be made there.
    const inputs = { scope: on, roleAssignmentName: "a", principalType: "User" };
    const grant: GraphResource = {
      declared: { ...group.declared, urn: "grant", inputs },
      created: {
        token: "azure-native:authorization:RoleAssignment",
        id: `${on}/providers/Microsoft.Authorization/roleAssignments/a`,
        inputs,
        outputs: {},
      },
    };
    const user = resource("managedidentity:UserAssignedIdentity", {
      resourceName: "refers",
      tags: { grant: grant.created.id },
    });
    const [, assignment, identity] = template(network, grant, user);
    expect(assignment).toMatchObject({
      name: "a",
      scope: "Microsoft.Network/virtualNetworks/vnet/subnets/plain",
    });
    expect(identity?.["tags"]).toEqual({
      grant:
        "[extensionResourceId(concat(resourceId('Microsoft.Network/virtualNetworks', 'vnet'), '/subnets/plain'), 'Microsoft.Authorization/roleAssignments', 'a')]",
    });
  });
});
