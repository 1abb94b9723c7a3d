import * as network from "@pulumi/azure-native/network";
import { beforeAll, describe, expect, it } from "@jest/globals";
import { FlowLogs } from "../../../components/flowLogs";
import type { EmulatorRun } from "../../../emulator/onEmulator";
import { inputsOf, SUBSCRIPTION } from "../../stacks";
import { declared, dependenciesOf, GROUP, guarded, LOG_ANALYTICS, PLACE } from "./declared";

// Proves what is declared and that the emulator takes it, not that Network Watcher writes a record.

const NETWORK = `${GROUP}/providers/Microsoft.Network/virtualNetworks/vnet-flood`;
const ACCOUNT = `${GROUP}/providers/Microsoft.Storage/storageAccounts/stflowflood`;
const IDENTITY = `${GROUP}/providers/Microsoft.ManagedIdentity/userAssignedIdentities/id-flow`;
const SUBNET = `${NETWORK}/subnets/snet-private-endpoints`;
const ZONE = `${GROUP}/providers/Microsoft.Network/privateDnsZones/privatelink.blob.core.windows.net`;

function created(logRetentionDays: number): Promise<EmulatorRun> {
  return declared(() => {
    const vnet = new network.VirtualNetwork("network", {
      ...PLACE,
      virtualNetworkName: "vnet-flood",
    });
    new FlowLogs("flow-logs", {
      ...PLACE,
      names: {
        virtualNetwork: "vnet-flood",
        flowLogStorage: "stflowflood",
        flowLogIdentity: "id-flow",
      },
      subscriptionId: SUBSCRIPTION,
      virtualNetworkId: vnet.id,
      subnetId: SUBNET,
      blobZoneId: ZONE,
      logAnalyticsId: LOG_ANALYTICS,
      logRetentionDays,
      protect: true,
    });
  });
}

describe("the flow logs of a network", () => {
  let run: EmulatorRun;
  beforeAll(async () => {
    run = await created(90);
  });

  it("are kept by Azure's own network watcher of the region, which is not made here", () => {
    expect(inputsOf(run, "network:FlowLog", "flow-logs")).toEqual({
      resourceGroupName: "NetworkWatcherRG",
      networkWatcherName: "NetworkWatcher_canadacentral",
      flowLogName: "fl-vnet-flood",
      location: "canadacentral",
      tags: PLACE.tags,
      targetResourceId: NETWORK,
      storageId: ACCOUNT,
      identity: { type: "UserAssigned", userAssignedIdentities: [IDENTITY] },
      enabled: true,
      format: { type: "JSON", version: 2 },
      retentionPolicy: { enabled: true, days: 90 },
    });
    expect(run.resources.filter(({ type }) => type.endsWith(":NetworkWatcher"))).toEqual([]);
  });

  it("wait for their identity's role, on their own account alone", () => {
    expect(dependenciesOf(run, "flow-logs")).toContain("flow-logs-writer");
    expect(inputsOf(run, "authorization:RoleAssignment", "flow-logs-writer")).toMatchObject({
      scope: ACCOUNT,
      principalType: "ServicePrincipal",
      roleDefinitionId: expect.stringMatching(/ba92f5b4-2d11-453d-a403-e96b0029c9fe$/),
    });
  });

  it("lie in an account without keys and public access, which lets Azure's trusted services in", () => {
    expect(inputsOf(run, "storage:StorageAccount", "flow-logs-storage")).toMatchObject({
      isHnsEnabled: false,
      sku: { name: "Standard_ZRS" },
      allowSharedKeyAccess: false,
      publicNetworkAccess: "Disabled",
      networkRuleSet: { bypass: "AzureServices", defaultAction: "Deny" },
    });
    expect(inputsOf(run, "network:PrivateEndpoint", "flow-logs-endpoint")).toMatchObject({
      subnet: { id: SUBNET },
      privateLinkServiceConnections: [{ privateLinkServiceId: ACCOUNT, groupIds: ["blob"] }],
    });
    expect(guarded(run)).toEqual(["storage:StorageAccount flow-logs-storage"]);
  });

  it.each([
    [365, 365],
    [366, 365],
    [730, 365],
  ])("are kept as long as other logs (%i days), at most as Azure takes: %i", async (kept, days) => {
    const { retentionPolicy } = inputsOf(await created(kept), "network:FlowLog", "flow-logs");
    expect(retentionPolicy).toEqual({ enabled: true, days });
  });
});
