import { describe, expect, it } from "@jest/globals";
import * as pulumi from "@pulumi/pulumi";
import { privateEndpoint } from "../../../components/privateEndpoint";
import { inputsOf } from "../../stacks";
import { declared, dependenciesOf, GROUP, PLACE, typeCounts } from "./declared";

// Proves what is declared, not that Azure approves the connection or writes the records.

const NETWORK = `${GROUP}/providers/Microsoft.Network`;
const SUBNET = `${NETWORK}/virtualNetworks/vnet-flood/subnets/snet-private-endpoints`;
const SERVICE = `${GROUP}/providers/Microsoft.Storage/storageAccounts/stflood`;
const ZONE = `${NETWORK}/privateDnsZones/privatelink.dfs.core.windows.net`;

describe("a private endpoint", () => {
  it("is a connection to one side of a service, with names that tell what it is for", async () => {
    let created!: ReturnType<typeof privateEndpoint>;
    const run = await declared(() => {
      const parent = new pulumi.ComponentResource("mlscore:test:Parent", "parent");
      created = privateEndpoint(
        "features-dfs",
        {
          ...PLACE,
          subnetId: SUBNET,
          serviceId: SERVICE,
          serviceName: "stflood",
          groupId: "dfs",
          zoneIds: [pulumi.output(ZONE)],
        },
        { parent },
      );
    });
    expect(created).toHaveLength(2);
    expect(typeCounts(run)).toEqual({
      "network:PrivateDnsZoneGroup": 1,
      "network:PrivateEndpoint": 1,
    });
    expect(inputsOf(run, "network:PrivateEndpoint", "features-dfs")).toEqual({
      ...PLACE,
      privateEndpointName: "pe-stflood-dfs",
      customNetworkInterfaceName: "nic-pe-stflood-dfs",
      subnet: {
        id: SUBNET,
        // Added by azure-native to every reference to a subnet.
        privateEndpointNetworkPolicies: "Disabled",
        privateLinkServiceNetworkPolicies: "Enabled",
      },
      privateLinkServiceConnections: [
        { name: "pe-stflood-dfs", privateLinkServiceId: SERVICE, groupIds: ["dfs"] },
      ],
    });
    expect(inputsOf(run, "network:PrivateDnsZoneGroup", "features-dfs-dns")).toEqual({
      resourceGroupName: "rg",
      privateEndpointName: "pe-stflood-dfs",
      privateDnsZoneGroupName: "default",
      privateDnsZoneConfigs: [{ name: "privatelink-dfs-core-windows-net", privateDnsZoneId: ZONE }],
    });
    expect(dependenciesOf(run, "features-dfs-dns")).toEqual(["features-dfs"]);
    const parents = run.resources.filter(({ custom }) => custom).map(({ parent }) => parent);
    expect(parents.map((urn) => urn?.split("::").at(-1))).toEqual(["parent", "parent"]);
  });
});
