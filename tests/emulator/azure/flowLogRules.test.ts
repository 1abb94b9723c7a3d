import { describe, expect, it } from "@jest/globals";
import { AzureStore } from "../../../emulator/azure/azureStore";

// Proves the emulator's rules for flow logs; what Azure says to the same is in docs/azure-assumptions.md.

const PLACE = {
  subscriptionId: "sub",
  tenantId: "tenant",
  resourceGroups: ["rg", "NetworkWatcherRG"],
};
const TYPE = "azure-native:network:FlowLog";
const GROUP = "/subscriptions/sub/resourceGroups/rg/providers";
const NETWORK = `${GROUP}/Microsoft.Network/virtualNetworks/vnet`;
const inGroup = { resourceGroupName: "rg", location: "canadacentral" };

function store(account: Record<string, unknown> = {}): AzureStore {
  const created = new AzureStore(PLACE);
  created.create("azure-native:network:VirtualNetwork", { ...inGroup, virtualNetworkName: "vnet" });
  created.create("azure-native:storage:StorageAccount", {
    ...inGroup,
    accountName: "stflow",
    sku: { name: "Standard_ZRS" },
    ...account,
  });
  return created;
}

const FLOW_LOG = {
  resourceGroupName: "NetworkWatcherRG",
  networkWatcherName: "NetworkWatcher_canadacentral",
  flowLogName: "fl-vnet",
  location: "canadacentral",
  targetResourceId: NETWORK,
  storageId: `${GROUP}/Microsoft.Storage/storageAccounts/stflow`,
  identity: { type: "UserAssigned", userAssignedIdentities: ["id"] },
  retentionPolicy: { enabled: true, days: 90 },
};

describe("a flow log of the emulator", () => {
  it.each([
    ["a network", NETWORK],
    ["a subnet", `${NETWORK}/subnets/nodes`],
    ["a network interface", `${GROUP}/Microsoft.Network/networkInterfaces/nic`],
  ])("records %s", (_what, targetResourceId) => {
    expect(store().create(TYPE, { ...FLOW_LOG, targetResourceId }).id).toBe(
      "/subscriptions/sub/resourceGroups/NetworkWatcherRG/providers/Microsoft.Network/networkWatchers/NetworkWatcher_canadacentral/flowLogs/fl-vnet",
    );
  });

  it.each<[string, Record<string, unknown>, RegExp]>([
    [
      "a security group",
      { targetResourceId: `${GROUP}/Microsoft.Network/networkSecurityGroups/nsg` },
      /^BadRequest: .*: a virtual network, a subnet or a network interface is recorded$/,
    ],
    ["nothing", { targetResourceId: undefined }, /cannot record nothing/],
    [
      "a network of another subscription",
      { targetResourceId: NETWORK.replace("/sub/", "/other/") },
      /is in another subscription than/,
    ],
    [
      "an account that is missing",
      { storageId: `${GROUP}/Microsoft.Storage/storageAccounts/none` },
      /^BadRequest: storageId of .* names an account that does not exist$/,
    ],
    [
      "an identity of the system's",
      { identity: { type: "SystemAssigned" } },
      /^CannotSetResourceIdentity: .*The supported types are 'UserAssigned'/,
    ],
    ["366 days", { retentionPolicy: { enabled: true, days: 366 } }, /is 0 to 365 days$/],
    ["-1 days", { retentionPolicy: { enabled: true, days: -1 } }, /is 0 to 365 days$/],
  ])("refuses %s", (_what, change, message) => {
    expect(() => store().create(TYPE, { ...FLOW_LOG, ...change })).toThrow(message);
  });

  it.each<[string, Record<string, unknown>, RegExp]>([
    ["of another region", { location: "canadaeast" }, /is in another region than the network of/],
    ["of the tier Premium", { sku: { name: "Premium_LRS" } }, /and flow logs need Standard/],
  ])("refuses an account %s", (_what, account, message) => {
    expect(() => store(account).create(TYPE, FLOW_LOG)).toThrow(message);
  });

  it("refuses a network of another region than its watcher's", () => {
    const created = store();
    created.create("azure-native:network:VirtualNetwork", {
      ...inGroup,
      location: "canadaeast",
      virtualNetworkName: "east",
    });
    const targetResourceId = NETWORK.replace(/vnet$/, "east");
    expect(() => created.create(TYPE, { ...FLOW_LOG, targetResourceId })).toThrow(
      /is in another region than/,
    );
  });

  it.each([
    ["of a region without networks", { networkWatcherName: "NetworkWatcher_canadaeast" }],
    ["of another group", { resourceGroupName: "rg" }],
  ])("finds no network watcher %s", (_what, change) => {
    expect(() => store().create(TYPE, { ...FLOW_LOG, ...change })).toThrow(
      /^ParentResourceNotFound: /,
    );
  });
});
