import { describe, expect, it } from "@jest/globals";
import { PRODUCTION } from "../../stacks";
import { cluster, faults, network } from "./harness";

/** Does not prove that the ranges are free in networks that this one is peered with. */

const VNET = `/subscriptions/${PRODUCTION["azure-native:subscriptionId"]}/resourceGroups/hub/providers/Microsoft.Network/virtualNetworks/spoke`;

describe("a network of the stack's own", () => {
  it.each<[string, Record<string, unknown>, string]>([
    [
      "a range that is none",
      network({ addressSpace: "10.60.0.0" }),
      'network.addressSpace: is "10.60.0.0"; must be an IPv4 range such as 10.60.0.0/22',
    ],
    [
      "a range by another than its first address",
      network({ subnets: { nodes: "10.60.0.1/22" } }),
      'network.subnets.nodes: is "10.60.0.1/22"; write 10.60.0.0/22, the same range by its first address',
    ],
    [
      "a subnet outside the network",
      network({ subnets: { gateway: "10.61.0.0/27" } }),
      'network.subnets.gateway: is "10.61.0.0/27", which is not inside network.addressSpace (10.60.0.0/16)',
    ],
    [
      "two subnets that overlap",
      network({ subnets: { gateway: "10.60.3.0/27" } }),
      'network.subnets.gateway: is "10.60.3.0/27", which overlaps network.subnets.nodes (10.60.0.0/22); give it addresses of its own',
    ],
    [
      "pods inside the network",
      network({ podCidr: "10.60.128.0/17" }),
      'network.podCidr: is "10.60.128.0/17", which overlaps network.addressSpace (10.60.0.0/16); give it addresses of its own',
    ],
    [
      "services among the pods",
      network({ serviceCidr: "10.244.8.0/24" }),
      'network.serviceCidr: is "10.244.8.0/24", which overlaps network.podCidr (10.244.0.0/16, default); give it addresses of its own',
    ],
    [
      "services in a /12",
      network({ serviceCidr: "10.96.0.0/12" }),
      'network.serviceCidr: is "10.96.0.0/12"; must be smaller than a /12 and not smaller than a /28',
    ],
    [
      "services without a tenth address",
      network({ serviceCidr: "10.96.0.0/29" }),
      'network.serviceCidr: is "10.96.0.0/29"; must be smaller than a /12 and not smaller than a /28',
    ],
    [
      "a range that AKS keeps",
      network({ podCidr: "172.30.0.0/16" }),
      'network.podCidr: is "172.30.0.0/16", which overlaps 172.30.0.0/16; AKS reserves that',
    ],
    [
      "too few addresses for the API server",
      network({ subnets: { apiServer: "10.60.4.0/29" } }),
      'network.subnets.apiServer: is "10.60.4.0/29" with 8 addresses; 14 are needed, 9 and the 5 that Azure reserves: choose a /28 or larger',
    ],
    [
      "too few addresses for private endpoints",
      network({ subnets: { privateEndpoints: "10.60.5.0/29" } }),
      'network.subnets.privateEndpoints: is "10.60.5.0/29" with 8 addresses; 11 are needed, 6 and the 5 that Azure reserves: choose a /28 or larger',
    ],
    [
      "too small a pod range",
      network({ podCidr: "10.244.0.0/20" }),
      'network.podCidr: is "10.244.0.0/20", which has a /24 for 16 nodes; 23 are needed: 17 nodes at most (system 5, scoring 12), 6 more during an upgrade; take a /19 or larger',
    ],
    [
      "flow logs of a network of others",
      {
        network: {
          vnetId: VNET,
          subnetIds: {
            nodes: `${VNET}/subnets/n`,
            apiServer: `${VNET}/subnets/a`,
            privateEndpoints: `${VNET}/subnets/p`,
            gateway: `${VNET}/subnets/g`,
          },
          egress: "firewall",
          flowLogs: "true",
        },
      },
      "network.flowLogs: is for a network that the stack creates; in an existing network they belong to the network team; remove it",
    ],
    [
      "flow logs that are neither on nor off",
      network({ flowLogs: "some" }),
      'network.flowLogs: is "some"; must be true or false',
    ],
    [
      "a NAT gateway with a next hop",
      network({ egress: { type: "natGateway", nextHopIpAddress: "10.0.1.4" } }),
      'network.egress.nextHopIpAddress: is "10.0.1.4", but a NAT gateway has no next hop; remove it, or set type to firewall',
    ],
    [
      "a firewall without a next hop",
      network({ egress: { type: "firewall" } }),
      "network.egress.nextHopIpAddress: is missing; must be the firewall's private IPv4 address",
    ],
    [
      "a firewall inside the network",
      network({ egress: { type: "firewall", nextHopIpAddress: "10.60.9.4" } }),
      'network.egress.nextHopIpAddress: is "10.60.9.4", inside network.addressSpace (10.60.0.0/16); the firewall lies in the hub, outside this network',
    ],
    [
      "a public firewall",
      network({ egress: { type: "firewall", nextHopIpAddress: "20.1.2.3" } }),
      'network.egress.nextHopIpAddress: is "20.1.2.3"; must be a private address, in 10.0.0.0/8, 172.16.0.0/12, 192.168.0.0/16, 100.64.0.0/10',
    ],
    [
      "a network as its next hop",
      network({ egress: { type: "firewall", nextHopIpAddress: "10.0.1.0" } }),
      'network.egress.nextHopIpAddress: is "10.0.1.0", a network address and not a host; must be the firewall\'s address',
    ],
    [
      "no way out",
      network({ egress: undefined }),
      "network.egress: is missing; must be {type: natGateway}, or {type: firewall, nextHopIpAddress: …}",
    ],
    [
      "an empty way out",
      network({ egress: null }),
      "network.egress: has no value; must be {type: natGateway}, or {type: firewall, nextHopIpAddress: …}",
    ],
    [
      "a default that overlaps it",
      network({
        addressSpace: "10.244.0.0/16",
        subnets: {
          nodes: "10.244.0.0/22",
          apiServer: "10.244.4.0/28",
          privateEndpoints: "10.244.5.0/27",
          gateway: "10.244.6.0/27",
        },
      }),
      'network.podCidr: is "10.244.0.0/16" (default), which overlaps network.addressSpace (10.244.0.0/16); give it addresses of its own',
    ],
    [
      "an unknown way out",
      network({ egress: { type: "proxy" } }),
      'network.egress.type: is "proxy"; must be one of natGateway, firewall',
    ],
    [
      "a way out by name alone",
      network({ egress: "natGateway" }),
      'network.egress: is "natGateway"; in a network of the stack\'s own write it as a mapping, {type: natGateway}',
    ],
    [
      "a way out by a wrong name",
      network({ egress: "proxy" }),
      'network.egress: is "proxy"; must be one of natGateway, firewall',
    ],
    [
      "neither ranges nor ids",
      { network: { egress: { type: "natGateway" } } },
      "network: has neither addressSpace and subnets, for a network of its own, nor vnetId and subnetIds, for one that exists",
    ],
    [
      "a missing subnet",
      network({ subnets: { gateway: undefined } }),
      "network.subnets.gateway: is missing; must be an IPv4 range such as 10.60.0.0/22",
    ],
    [
      "a resource group whose name is no label",
      { resourceGroup: { name: "g".repeat(64) } },
      `resourceGroup.name: is "${"g".repeat(64)}"; a resource group with the cluster's network has at most 63 characters, because AKS makes a label of its name`,
    ],
  ])("is refused with %s", async (_what, changes, expected) => {
    expect(await faults(changes)).toEqual([expected]);
  });

  it("is told all that is missing at once", async () => {
    expect(await faults({ network: {} })).toEqual([
      "network: has neither addressSpace and subnets, for a network of its own, nor vnetId and subnetIds, for one that exists",
      "network.egress: is missing; must be {type: natGateway}, or {type: firewall, nextHopIpAddress: …}",
    ]);
  });

  it("has exactly the addresses that nodes need, or one range too few", async () => {
    // 17 nodes, 6 during an upgrade, 5 reserved: 28 of 32.
    expect(await faults(network({ subnets: { nodes: "10.60.0.0/27" } }))).toEqual([]);
    const pools = (maxCount: number) =>
      cluster({ userPools: { scoring: { ...PRODUCTION.cluster.userPools.scoring, maxCount } } });
    const narrow = network({ subnets: { nodes: "10.60.0.0/27" } });
    // 20 nodes and 2 + 5 during an upgrade: 32 of 32.
    expect(await faults({ ...narrow, ...pools(15) })).toEqual([]);
    expect(await faults({ ...narrow, ...pools(16) })).toEqual([
      'network.subnets.nodes: is "10.60.0.0/27" with 32 addresses; 34 are needed: 21 nodes at most (system 5, scoring 16), 8 more during an upgrade, and 5 that Azure reserves; choose a /26 or larger',
    ]);
  });

  it("is refused where one address is missing", async () => {
    const systemPool = { ...PRODUCTION.cluster.systemPool, maxCount: 6 };
    const scoring = { ...PRODUCTION.cluster.userPools.scoring, maxCount: 15 };
    const changes = {
      ...network({ subnets: { nodes: "10.60.0.0/27" } }),
      ...cluster({ systemPool, userPools: { scoring } }),
    };
    expect(await faults(changes)).toEqual([
      expect.stringContaining("with 32 addresses; 33 are needed: 21 nodes"),
    ]);
  });

  it.each([
    ["podCidr", "10.244.3.4", "10.244.0.0/16"],
    ["serviceCidr", "10.245.3.4", "10.245.0.0/16"],
  ])("has no firewall among the addresses of %s", async (key, nextHopIpAddress, range) => {
    const egress = { type: "firewall", nextHopIpAddress };
    expect(await faults(network({ egress }))).toEqual([
      expect.stringContaining(`inside network.${key} (${range}, default)`),
    ]);
  });

  it("tells every overlap, and checks ranges even where other keys are wrong", async () => {
    const changes = network({
      subnets: { apiServer: "10.60.0.0/28", gateway: "10.60.0.0/27" },
      podCidr: "10.0.0.0/10",
      colour: "blue",
    });
    expect(await faults(changes)).toEqual([
      "network.colour: is not a known key; allowed: addressSpace, subnets, vnetId, subnetIds, egress, flowLogs, podCidr, serviceCidr, privateDnsZoneIds",
      'network.subnets.apiServer: is "10.60.0.0/28", which overlaps network.subnets.nodes (10.60.0.0/22); give it addresses of its own',
      'network.subnets.gateway: is "10.60.0.0/27", which overlaps network.subnets.nodes (10.60.0.0/22); give it addresses of its own',
      'network.subnets.gateway: is "10.60.0.0/27", which overlaps network.subnets.apiServer (10.60.0.0/28); give it addresses of its own',
      'network.podCidr: is "10.0.0.0/10", which overlaps network.addressSpace (10.60.0.0/16); give it addresses of its own',
    ]);
  });
});
