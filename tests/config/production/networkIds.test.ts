import { describe, expect, it } from "@jest/globals";
import { SUBSCRIPTION } from "../../stacks";
import { faults, load, network } from "./harness";

/** Does not prove that an existing network has room and the right routes: its ranges are known to Azure only. */

const GROUP = `/subscriptions/${SUBSCRIPTION}/resourceGroups/hub/providers/Microsoft.Network`;
const VNET = `${GROUP}/virtualNetworks/spoke`;
const EXISTING = {
  vnetId: VNET,
  subnetIds: {
    nodes: `${VNET}/subnets/nodes`,
    apiServer: `${VNET}/subnets/api`,
    privateEndpoints: `${VNET}/subnets/endpoints`,
    gateway: `${VNET}/subnets/gateway`,
  },
  egress: "firewall",
};

const zone = (name: string) => `${GROUP}/privateDnsZones/${name}`;

describe("a network that exists", () => {
  it("is taken with its subnets", async () => {
    const { vnet } = (await load({ network: EXISTING })).network;
    const { vnetId, ...rest } = EXISTING;
    expect(vnet).toEqual({ kind: "existing", id: vnetId, ...rest });
  });

  it("is compared without regard to case, as Azure does", async () => {
    const subnetIds = { ...EXISTING.subnetIds, gateway: EXISTING.subnetIds.gateway.toUpperCase() };
    expect(await faults({ network: { ...EXISTING, subnetIds } })).toEqual([]);
  });

  it.each<[string, Record<string, unknown>, string]>([
    [
      "a subnet of another network",
      { subnetIds: { ...EXISTING.subnetIds, gateway: `${VNET}2/subnets/gateway` } },
      `network.subnetIds.gateway: is "${VNET.slice(0, 40)}…${`${VNET}2/subnets/gateway`.slice(-40)}", which is not in the network of vnetId (${VNET})`,
    ],
    [
      "one subnet for two",
      { subnetIds: { ...EXISTING.subnetIds, gateway: EXISTING.subnetIds.nodes } },
      "network.subnetIds.gateway: is the same subnet as nodes; each needs one of its own",
    ],
    [
      "no subnets",
      { subnetIds: undefined },
      "network.subnetIds: is missing; must be a mapping with the ids of the network's subnets",
    ],
    [
      "subnets without their network",
      { vnetId: undefined },
      "network.vnetId: is missing; subnets that exist already (subnetIds) lie in a network that does",
    ],
    [
      "a range of its own",
      { addressSpace: "10.60.0.0/16" },
      "network.addressSpace: is for a network that the stack creates, and vnetId names one that exists; keep one of the two",
    ],
    [
      "routes of its own",
      { egress: { type: "firewall", nextHopIpAddress: "10.0.1.4" } },
      "network.egress: is a mapping; for an existing network write firewall alone, because the stack does not manage its routes",
    ],
    [
      "too small a pod range",
      { podCidr: "10.244.0.0/22" },
      expect.stringContaining("take a /19 or larger") as unknown as string,
    ],
    [
      "an id that is none",
      { vnetId: "spoke" },
      'network.vnetId: is "spoke"; must be a virtual network\'s id, /subscriptions/…/virtualNetworks/<name>',
    ],
  ])("is refused with %s", async (_what, changes, expected) => {
    expect(await faults({ network: { ...EXISTING, ...changes } })).toEqual([expected]);
  });

  it("must lie in the stack's subscription and have names that are labels", async () => {
    const other = VNET.replace(SUBSCRIPTION, SUBSCRIPTION.replace("1111", "9999"));
    const subnetIds = Object.fromEntries(
      Object.entries(EXISTING.subnetIds).map(([name, id]) => [name, id.replace(VNET, other)]),
    );
    expect(await faults({ network: { ...EXISTING, vnetId: other, subnetIds } })).toEqual([
      expect.stringContaining("in a different subscription from the stack's"),
    ]);
    const nodes = `${VNET}/subnets/${"n".repeat(64)}`;
    const long = { ...EXISTING, subnetIds: { ...EXISTING.subnetIds, nodes } };
    expect(await faults({ network: long })).toEqual([
      expect.stringContaining("the name of the subnet has more than 63 characters"),
    ]);
  });

  it("needs a subnet for the agent pool that builds the image", async () => {
    const image = {
      build: "agentPool",
      source: `https://git.example.org/r.git#${"c".repeat(40)}:scoring`,
    };
    const scoring = {
      endpointDirectory: "scoring/flash-flood-predictor",
      deployment: "multi-model",
    };
    expect(await faults({ ...scoring, image, network: EXISTING })).toEqual([
      "network.subnetIds.build: is missing; the agent pool that builds the image (image.build: agentPool) needs a subnet",
    ]);
  });
});

describe("ids of networks", () => {
  const withId = (change: (id: string) => string) => ({
    network: {
      ...EXISTING,
      vnetId: change(VNET),
      subnetIds: Object.fromEntries(
        Object.entries(EXISTING.subnetIds).map(([name, id]) => [name, change(id)]),
      ),
    },
  });

  it.each([
    ["a line break in the group", (id: string) => id.replace("/hub/", "/hu\nb/")],
    ["a group that ends in a full stop", (id: string) => id.replace("/hub/", "/hub./")],
    ["a quotation mark in the network", (id: string) => id.replace("spoke", 'spo"ke')],
    ["a query", (id: string) => id.replace("spoke", "spoke?x")],
    ["a network that begins with a dash", (id: string) => id.replace("spoke", "-spoke")],
    ["a subscription that is no GUID", (id: string) => id.replace(SUBSCRIPTION, "mine")],
  ])("are refused with %s", async (_what, change) => {
    const found = await faults(withId(change));
    expect(found.map((text) => text.split(": is ")[0])).toEqual([
      "network.vnetId",
      "network.subnetIds.nodes",
      "network.subnetIds.apiServer",
      "network.subnetIds.privateEndpoints",
      "network.subnetIds.gateway",
    ]);
  });

  it("are refused for a subnet that ends in a full stop", async () => {
    const subnetIds = { ...EXISTING.subnetIds, nodes: `${VNET}/subnets/nodes.` };
    expect(await faults({ network: { ...EXISTING, subnetIds } })).toEqual([
      expect.stringMatching(/^network\.subnetIds\.nodes: .*must be a subnet's id/),
    ]);
  });

  it("are told once where the network's own is the wrong one", async () => {
    expect(await faults({ network: { ...EXISTING, vnetId: `${VNET}2` } })).toEqual([
      expect.stringMatching(/^network\.vnetId: is .*, but all of subnetIds lie in .*spoke$/),
    ]);
  });
});

describe("private DNS zones", () => {
  const withZones = (privateDnsZoneIds: Record<string, string>) => network({ privateDnsZoneIds });

  it("are taken by the names that Azure has for them", async () => {
    const zones = {
      registry: zone("privatelink.azurecr.io"),
      vault: zone("privatelink.vaultcore.azure.net"),
      blob: zone("privatelink.blob.core.windows.net"),
      dfs: zone("privatelink.dfs.core.windows.net"),
      apiServer: zone("private.canadacentral.azmk8s.io"),
    };
    expect((await load(withZones(zones))).network.privateDnsZoneIds).toEqual(zones);
    const apiServer = zone(`${"s".repeat(32)}.private.canadacentral.azmk8s.io`);
    expect(await faults(withZones({ apiServer }))).toEqual([]);
  });

  it.each([
    ["registry", "azurecr.io", "must be the id of a zone with the name privatelink.azurecr.io"],
    [
      "vault",
      "privatelink.vault.azure.net",
      "must be the id of a zone with the name privatelink.vaultcore.azure.net",
    ],
    [
      "blob",
      "privatelink.dfs.core.windows.net",
      "must be the id of a zone with the name privatelink.blob.core.windows.net",
    ],
    [
      "dfs",
      "privatelink.blob.core.windows.net",
      "must be the id of a zone with the name privatelink.dfs.core.windows.net",
    ],
    [
      "apiServer",
      "privatelink.canadacentral.azmk8s.io",
      "must be the id of a zone with the name private.canadacentral.azmk8s.io or <sub>.private.canadacentral.azmk8s.io",
    ],
    [
      "apiServer",
      "private.eastus.azmk8s.io",
      "must be the id of a zone with the name private.canadacentral.azmk8s.io or <sub>.private.canadacentral.azmk8s.io",
    ],
    [
      "apiServer",
      `${"s".repeat(33)}.private.canadacentral.azmk8s.io`,
      "the part before .private.canadacentral.azmk8s.io has 33 characters, AKS takes 32",
    ],
  ])("are refused: %s as %s", async (service, name, words) => {
    const found = await faults(withZones({ [service]: zone(name) }));
    expect(found).toHaveLength(1);
    expect(found[0]).toMatch(new RegExp(`^network\\.privateDnsZoneIds\\.${service}: is `));
    expect(found[0]?.endsWith(words)).toBe(true);
  });

  it("are refused where the id is of something else", async () => {
    expect(await faults(withZones({ blob: VNET }))).toEqual([
      expect.stringContaining("must be a private DNS zone's id"),
    ]);
  });
});
