import { beforeAll, describe, expect, it } from "@jest/globals";
import { securityRules } from "../../../components/securityRules";
import { VirtualNetwork } from "../../../components/virtualNetwork";
import type { Egress, Subnets } from "../../../config/production/productionTypes";
import type { EmulatorRun } from "../../../emulator/onEmulator";
import { inputsOf, namesOf } from "../../stacks";
import {
  declared,
  dependenciesOf,
  diagnosticsOf,
  GROUP,
  LOG_ANALYTICS,
  PLACE,
  typeCounts,
} from "./declared";

// Proves what is declared, not that Azure routes or filters packets as its documentation says.

const SUBNETS: Subnets<string> = {
  nodes: "10.60.0.0/22",
  apiServer: "10.60.4.0/28",
  privateEndpoints: "10.60.5.0/27",
  gateway: "10.60.6.0/27",
};
const POD_CIDR = "192.168.0.0/16";
const VNET = `${GROUP}/providers/Microsoft.Network/virtualNetworks/vnet-flood`;
const groupId = (subnet: string) =>
  `${GROUP}/providers/Microsoft.Network/networkSecurityGroups/nsg-vnet-flood-${subnet}`;
const ARGS = {
  ...PLACE,
  names: { virtualNetwork: "vnet-flood", natGateway: "ng-flood", routeTable: "rt-flood" },
  podCidr: POD_CIDR,
  zones: ["1", "2", "3"],
  logAnalyticsId: LOG_ANALYTICS,
};

async function created(
  egress: Egress,
  subnets: Subnets<string> = SUBNETS,
): Promise<{ run: EmulatorRun; network: VirtualNetwork }> {
  let network!: VirtualNetwork;
  const run = await declared(() => {
    const range = { addressSpace: "10.60.0.0/16", subnets };
    const vnet = { kind: "created", ...range, egress, flowLogs: true } as const;
    network = new VirtualNetwork("network", { ...ARGS, network: vnet });
  });
  return { run, network };
}

const valueOf = <T>(output: { apply(f: (value: T) => void): unknown }): Promise<T> =>
  new Promise((resolve) => {
    output.apply(resolve);
  });

describe("a network made here, with a NAT gateway", () => {
  let run: EmulatorRun;
  let network: VirtualNetwork;
  beforeAll(async () => {
    ({ run, network } = await created({ type: "natGateway" }));
  });

  it("declares no subnet beside the network", () => {
    expect(typeCounts(run)).toEqual({
      "monitor:DiagnosticSetting": 4,
      "network:NatGateway": 1,
      "network:NetworkSecurityGroup": 4,
      "network:PublicIPAddress": 1,
      "network:VirtualNetwork": 1,
    });
  });

  it("has all subnets in its body, each with its rules and without Azure's hidden way out", () => {
    const natGateway = {
      id: `${GROUP}/providers/Microsoft.Network/natGateways/ng-flood`,
    };
    expect(inputsOf(run, "network:VirtualNetwork", "network")).toEqual({
      ...PLACE,
      virtualNetworkName: "vnet-flood",
      addressSpace: { addressPrefixes: ["10.60.0.0/16"] },
      enableDdosProtection: false,
      enableVmProtection: false,
      subnets: [
        {
          name: "snet-nodes",
          addressPrefix: "10.60.0.0/22",
          defaultOutboundAccess: false,
          natGateway,
          networkSecurityGroup: { id: groupId("snet-nodes") },
        },
        {
          name: "snet-api-server",
          addressPrefix: "10.60.4.0/28",
          defaultOutboundAccess: false,
          delegations: [{ name: "aks", serviceName: "Microsoft.ContainerService/managedClusters" }],
          networkSecurityGroup: { id: groupId("snet-api-server") },
        },
        {
          name: "snet-private-endpoints",
          addressPrefix: "10.60.5.0/27",
          defaultOutboundAccess: false,
          privateEndpointNetworkPolicies: "NetworkSecurityGroupEnabled",
          networkSecurityGroup: { id: groupId("snet-private-endpoints") },
        },
        {
          name: "snet-gateway",
          addressPrefix: "10.60.6.0/27",
          defaultOutboundAccess: false,
          networkSecurityGroup: { id: groupId("snet-gateway") },
        },
      ],
    });
  });

  it("sends everything out by one static address that spans the zones", () => {
    expect(inputsOf(run, "network:PublicIPAddress", "network-outbound-address")).toEqual({
      ...PLACE,
      publicIpAddressName: "pip-ng-flood",
      sku: { name: "Standard", tier: "Regional" },
      publicIPAllocationMethod: "Static",
      publicIPAddressVersion: "IPv4",
      zones: ["1", "2", "3"],
    });
    expect(inputsOf(run, "network:NatGateway", "network-nat-gateway")).toEqual({
      ...PLACE,
      natGatewayName: "ng-flood",
      sku: { name: "Standard" },
      publicIpAddresses: [
        { id: `${GROUP}/providers/Microsoft.Network/publicIPAddresses/pip-ng-flood` },
      ],
    });
    expect(network.outboundType).toBe("userAssignedNATGateway");
  });

  it("knows the ids of its subnets from its own id", async () => {
    expect(await valueOf(network.id)).toBe(VNET);
    expect(Object.keys(network.subnetIds)).toEqual(Object.keys(SUBNETS));
    expect(await valueOf(network.subnetIds.apiServer)).toBe(`${VNET}/subnets/snet-api-server`);
    expect(await valueOf(network.subnetIds.nodes)).toBe(`${VNET}/subnets/snet-nodes`);
    expect(network.gatewaySubnetName).toBe("snet-gateway");
  });

  it("is ready when the network is, which waits for rules and egress", () => {
    expect(network.ready).toHaveLength(1);
    expect(dependenciesOf(run, "network")).toEqual([
      "network-apiServer-rules",
      "network-gateway-rules",
      "network-nat-gateway",
      "network-nodes-rules",
      "network-privateEndpoints-rules",
    ]);
  });

  it("logs every security group and asks none for metrics", () => {
    expect(namesOf(run, ":DiagnosticSetting")).toEqual([
      "network-apiServer-rules-diagnostics",
      "network-gateway-rules-diagnostics",
      "network-nodes-rules-diagnostics",
      "network-privateEndpoints-rules-diagnostics",
    ]);
    expect(diagnosticsOf(run, "network-nodes-rules-diagnostics")).toEqual({
      resourceUri: groupId("snet-nodes"),
      workspaceId: LOG_ANALYTICS,
      logs: [{ categoryGroup: "allLogs", enabled: true }],
      metrics: undefined,
    });
  });

  it("declares the rules of the table below for each group", () => {
    const rules = securityRules(SUBNETS, POD_CIDR);
    expect(
      inputsOf(run, "network:NetworkSecurityGroup", "network-nodes-rules")["securityRules"],
    ).toEqual(rules.nodes);
    expect(
      inputsOf(run, "network:NetworkSecurityGroup", "network-apiServer-rules")["securityRules"],
    ).toEqual(rules.apiServer);
    expect(
      inputsOf(run, "network:NetworkSecurityGroup", "network-gateway-rules")["securityRules"],
    ).toEqual(rules.gateway);
    expect(
      inputsOf(run, "network:NetworkSecurityGroup", "network-privateEndpoints-rules")[
        "securityRules"
      ],
    ).toEqual(rules.privateEndpoints);
  });
});

describe("a network made here, behind a firewall", () => {
  const BUILD: Subnets<string> = { ...SUBNETS, build: "10.60.7.0/27" };
  let run: EmulatorRun;
  let network: VirtualNetwork;
  beforeAll(async () => {
    ({ run, network } = await created({ type: "firewall", nextHopIpAddress: "10.0.0.4" }, BUILD));
  });

  it("routes everything to the firewall and learns no other route", () => {
    expect(typeCounts(run)).toEqual({
      "monitor:DiagnosticSetting": 5,
      "network:NetworkSecurityGroup": 5,
      "network:RouteTable": 1,
      "network:VirtualNetwork": 1,
    });
    expect(inputsOf(run, "network:RouteTable", "network-routes")).toEqual({
      ...PLACE,
      routeTableName: "rt-flood",
      disableBgpRoutePropagation: true,
      routes: [
        {
          name: "to-firewall",
          addressPrefix: "0.0.0.0/0",
          nextHopType: "VirtualAppliance",
          nextHopIpAddress: "10.0.0.4",
        },
      ],
    });
    expect(network.outboundType).toBe("userDefinedRouting");
  });

  it("gives the route to nodes and build agents, not to the API server", () => {
    const subnets = inputsOf(run, "network:VirtualNetwork", "network")["subnets"] as Record<
      string,
      unknown
    >[];
    const id = `${GROUP}/providers/Microsoft.Network/routeTables/rt-flood`;
    expect(subnets.map(({ name, routeTable }) => [name, routeTable])).toEqual([
      ["snet-nodes", { id }],
      ["snet-api-server", undefined],
      ["snet-private-endpoints", undefined],
      ["snet-gateway", undefined],
      ["snet-build", { id }],
    ]);
    expect(subnets.map(({ natGateway }) => natGateway)).toEqual(Array(5).fill(undefined));
  });
});

describe("an existing network", () => {
  it.each([
    ["natGateway", "userAssignedNATGateway"],
    ["firewall", "userDefinedRouting"],
  ] as const)("passes ids on and declares nothing, with egress by %s", async (egress, outbound) => {
    let network!: VirtualNetwork;
    const subnetIds = {
      nodes: `${VNET}/subnets/a`,
      apiServer: `${VNET}/subnets/b`,
      privateEndpoints: `${VNET}/subnets/c`,
      gateway: `${VNET}/subnets/d`,
    };
    const run = await declared(() => {
      const vnet = { kind: "existing", id: VNET, subnetIds, egress } as const;
      network = new VirtualNetwork("network", { ...ARGS, network: vnet });
    });
    expect(typeCounts(run)).toEqual({});
    expect(network.ready).toEqual([]);
    expect(network.outboundType).toBe(outbound);
    expect(await valueOf(network.id)).toBe(VNET);
    expect(Object.keys(network.subnetIds)).toEqual(Object.keys(subnetIds));
    expect(await valueOf(network.subnetIds.gateway)).toBe(`${VNET}/subnets/d`);
    expect(network.gatewaySubnetName).toBe("d");
  });
});
