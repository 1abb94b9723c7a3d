import { describe, expect, it } from "@jest/globals";
import { AzureStore } from "../../../emulator/azure/azureStore";

// What Azure refuses of the networks around a workspace, as documented; no test here asks Azure.

const ML = "azure-native:machinelearningservices:";
const GROUP = { resourceGroupName: "rg", location: "canadacentral" };
const PLACE = { subscriptionId: "sub", tenantId: "tenant", resourceGroups: ["rg"] };
const PROVIDERS = "/subscriptions/sub/resourceGroups/rg/providers";
const SUBNET = `${PROVIDERS}/Microsoft.Network/virtualNetworks/v/subnets/s`;

type Body = Record<string, unknown>;

/** A store with a workspace and its services, each with changes. */
function workspace(changes: { vault?: Body; registry?: Body; workspace?: Body; storage?: Body }) {
  const store = new AzureStore({ ...PLACE, existing: [SUBNET] });
  const storageAccount = store.create("azure-native:storage:StorageAccount", {
    ...GROUP,
    accountName: "storage1",
    ...changes.storage,
  }).id;
  const keyVault = store.create("azure-native:keyvault:Vault", {
    ...GROUP,
    vaultName: "vault-1",
    properties: changes.vault ?? {},
  }).id;
  const containerRegistry = store.create("azure-native:containerregistry:Registry", {
    ...GROUP,
    registryName: "registry1",
    sku: { name: "Premium" },
    ...changes.registry,
  }).id;
  const logs = store.create("azure-native:operationalinsights:Workspace", {
    ...GROUP,
    workspaceName: "logs",
  }).id;
  const applicationInsights = store.create("azure-native:applicationinsights:Component", {
    ...GROUP,
    resourceName: "insights",
    workspaceResourceId: logs,
  }).id;
  const id = store.create(`${ML}Workspace`, {
    ...GROUP,
    workspaceName: "wsp",
    storageAccount,
    keyVault,
    containerRegistry,
    applicationInsights,
    ...changes.workspace,
  }).id;
  return { store, id, storageAccount, keyVault, containerRegistry };
}

describe("a private endpoint", () => {
  const connect = (serviceId: string, store: AzureStore) =>
    store.create("azure-native:network:PrivateEndpoint", {
      ...GROUP,
      privateEndpointName: "pe-registry",
      subnet: { id: SUBNET },
      privateLinkServiceConnections: [
        { name: "pe", privateLinkServiceId: serviceId, groupIds: ["registry"] },
      ],
    });

  it("leads to a Premium registry, and to no other", () => {
    const premium = workspace({});
    expect(connect(premium.containerRegistry, premium.store).id).toMatch(/pe-registry$/);
    const standard = workspace({ registry: { sku: { name: "Standard" } } });
    expect(() => connect(standard.containerRegistry, standard.store)).toThrow(
      "a registry of the SKU Standard has no private link, only Premium has",
    );
  });
});

describe("a registry", () => {
  it("has its public access off as Premium alone", () => {
    expect(() =>
      workspace({ registry: { sku: { name: "Standard" }, publicNetworkAccess: "Disabled" } }),
    ).toThrow("its SKU is Standard, and must be Premium");
    expect(workspace({ registry: { publicNetworkAccess: "Disabled" } }).id).toMatch(/wsp$/);
  });
});

describe("an outbound rule", () => {
  const rule = ({ store }: ReturnType<typeof workspace>, properties: Body) =>
    store.create(`${ML}ManagedNetworkSettingsRule`, {
      resourceGroupName: "rg",
      workspaceName: "wsp",
      ruleName: "rule",
      properties,
    });
  const toStorage = (of: ReturnType<typeof workspace>) => ({
    type: "PrivateEndpoint",
    destination: { serviceResourceId: of.storageAccount, subresourceTarget: "blob" },
  });
  const mode = (isolationMode: string) => ({ workspace: { managedNetwork: { isolationMode } } });

  it("for a host name needs a network that approves", () => {
    const fqdn = { type: "FQDN", destination: "pypi.org" };
    expect(rule(workspace(mode("AllowOnlyApprovedOutbound")), fqdn).id).toMatch(/rule$/);
    expect(() => rule(workspace(mode("AllowInternetOutbound")), fqdn)).toThrow(
      "which needs AllowOnlyApprovedOutbound; the managed network is AllowInternetOutbound",
    );
  });

  it("to a service of the workspace is refused where the network has its own", () => {
    const approved = workspace(mode("AllowOnlyApprovedOutbound"));
    expect(() => rule(approved, toStorage(approved))).toThrow("has a rule of its own already");
    const closed = workspace({
      ...mode("AllowInternetOutbound"),
      storage: { publicNetworkAccess: "Disabled" },
    });
    expect(() => rule(closed, toStorage(closed))).toThrow("has a rule of its own already");
    const open = workspace(mode("AllowInternetOutbound"));
    expect(rule(open, toStorage(open)).id).toMatch(/rule$/);
  });
});

describe("an endpoint", () => {
  const endpoint = ({ store }: ReturnType<typeof workspace>, authMode: string) =>
    store.create(`${ML}OnlineEndpoint`, {
      ...GROUP,
      workspaceName: "wsp",
      endpointName: "flood",
      properties: { authMode },
    });
  const firewall = (bypass: string) => ({
    vault: { networkAcls: { defaultAction: "Deny", bypass } },
  });

  it("with keys needs a vault that lets in trusted services", () => {
    expect(() => endpoint(workspace(firewall("None")), "Key")).toThrow(
      "its firewall lets no trusted service in (bypass None)",
    );
    expect(endpoint(workspace(firewall("AzureServices")), "Key").id).toMatch(/flood$/);
    expect(endpoint(workspace(firewall("None")), "AADToken").id).toMatch(/flood$/);
  });

  it("is not made in a workspace in the legacy mode", () => {
    expect(() => endpoint(workspace({ workspace: { v1LegacyMode: true } }), "AADToken")).toThrow(
      "its workspace has v1LegacyMode on",
    );
  });
});
