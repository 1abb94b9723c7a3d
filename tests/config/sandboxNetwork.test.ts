import { appendFileSync, cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "@jest/globals";
import { loadConfig } from "../../config/index";
import { ConfigError, formatPlace } from "../../errors";
import * as pulumi from "@pulumi/pulumi";
import {
  ENDPOINT_DIRECTORY,
  PRIVATE_BOTH_WAYS,
  PRIVATE_INBOUND,
  sandboxSettings,
  SUBSCRIPTION,
} from "../stacks";

// Proves what the setting takes and what it refuses, with place and reason; nothing is declared.

const HUB = `/subscriptions/${SUBSCRIPTION}/resourceGroups/rg-hub/providers/Microsoft.Network`;
const VNET = `${HUB}/virtualNetworks/vnet-hub`;
const IN_HUB = {
  level: "privateInbound",
  vnetId: VNET,
  subnetIds: { privateEndpoints: `${VNET}/subnets/private-endpoints` },
  imageBuild: { vmSize: "Standard_DS3_v2" },
};
const folders: string[] = [];

afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true });
});

/** A copy of the tests' endpoint whose file has more in it. */
function endpointWith(file: string, text: string): string {
  const folder = mkdtempSync(join(tmpdir(), "endpoint-"));
  folders.push(folder);
  cpSync(ENDPOINT_DIRECTORY, folder, { recursive: true });
  appendFileSync(join(folder, file), text);
  return folder;
}

async function faults(changes: Record<string, unknown>): Promise<string[]> {
  pulumi.runtime.setAllConfig(sandboxSettings(changes));
  try {
    await loadConfig("test");
    return [];
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return error.problems
      .filter(({ severity }) => severity === "error")
      .map(({ key, message }) => `${key ?? ""}: ${message}`);
  }
}

describe("the setting network", () => {
  it.each([
    ["nothing", undefined],
    ["a mode of the open level", { isolationMode: "AllowInternetOutbound" }],
    ["a network of its own", PRIVATE_INBOUND],
    ["both ways", PRIVATE_BOTH_WAYS],
    ["a network of others", IN_HUB],
    [
      "some zones of others",
      {
        ...IN_HUB,
        privateDnsZoneIds: { blob: `${HUB}/privateDnsZones/privatelink.blob.core.windows.net` },
      },
    ],
  ])("takes %s", async (_what, network) => {
    expect(await faults({ network })).toEqual([]);
  });

  it.each<[string, Record<string, unknown>, string]>([
    [
      "the setting that it replaces",
      { isolationMode: "AllowInternetOutbound" },
      'isolationMode: is "AllowInternetOutbound", and is a part of network now: write network: {isolationMode: "AllowInternetOutbound"}',
    ],
    [
      "a level that there is not",
      { network: { level: "privat" } },
      'network.level: is "privat"; must be one of open, privateInbound, privateBothWays',
    ],
    [
      "a mode beside a private level",
      { network: { ...PRIVATE_INBOUND, isolationMode: "AllowOnlyApprovedOutbound" } },
      'network.isolationMode: is "AllowOnlyApprovedOutbound", which level privateInbound sets by itself; remove it',
    ],
    [
      "a place at the open level",
      { network: { addressSpace: "10.70.0.0/24" } },
      "network.addressSpace: is for a private level, and level is open; remove it, or set level",
    ],
    [
      "a private level without a place",
      { network: { level: "privateInbound", imageBuild: { vmSize: "Standard_DS3_v2" } } },
      "network: has level privateInbound, but neither addressSpace and subnets, for a network of its own, nor vnetId and subnetIds, for one that exists",
    ],
    [
      "both a network of its own and one of others",
      { network: { ...IN_HUB, addressSpace: "10.70.0.0/24" } },
      "network.addressSpace: is for a network that the stack creates, and vnetId names one that exists; keep one of the two",
    ],
    [
      "a subnet without its network",
      { network: { ...IN_HUB, vnetId: undefined } },
      "network.vnetId: is missing; a subnet that exists already (subnetIds) lies in a network that does",
    ],
    [
      "too small a subnet",
      { network: { ...PRIVATE_INBOUND, subnets: { privateEndpoints: "10.70.0.0/28" } } },
      'network.subnets.privateEndpoints: is "10.70.0.0/28" with 16 addresses; 18 are needed, 13 for the private endpoints and the 5 that Azure reserves: choose a /27 or larger',
    ],
    [
      "a subnet outside of the network",
      { network: { ...PRIVATE_INBOUND, subnets: { privateEndpoints: "10.71.0.0/27" } } },
      'network.subnets.privateEndpoints: is "10.71.0.0/27", which is not inside network.addressSpace (10.70.0.0/24)',
    ],
    [
      "the range of Docker's bridge",
      {
        network: {
          ...PRIVATE_INBOUND,
          addressSpace: "172.17.0.0/24",
          subnets: { privateEndpoints: "172.17.0.0/27" },
        },
      },
      'network.addressSpace: is "172.17.0.0/24", which overlaps 172.17.0.0/16: Docker\'s bridge has that range, and Azure ML cannot use a network with it',
    ],
    [
      "a subnet of another network",
      { network: { ...IN_HUB, subnetIds: { privateEndpoints: `${VNET}2/subnets/p` } } },
      `network.subnetIds.privateEndpoints: is "/subscriptions/11111111-2222-3333-4444-5…work/virtualNetworks/vnet-hub2/subnets/p", which is not in the network of vnetId (${VNET})`,
    ],
    [
      "a zone of another name",
      {
        network: {
          ...IN_HUB,
          privateDnsZoneIds: { vault: `${HUB}/privateDnsZones/privatelink.azurecr.io` },
        },
      },
      `network.privateDnsZoneIds.vault: is "/subscriptions/11111111-2222-3333-4444-5…k/privateDnsZones/privatelink.azurecr.io"; must be the id of a zone with the name privatelink.vaultcore.azure.net`,
    ],
    [
      "a place in an existing workspace",
      { network: PRIVATE_INBOUND, workspace: { name: "mlw-team", resourceGroup: "rg-ml" } },
      "network: places private endpoints or an image build, but the workspace mlw-team is not the stack's own: its network belongs to its owner; keep level alone, which the workspace must then have",
    ],
    [
      "a rule that the level cannot have",
      {
        network: PRIVATE_INBOUND,
        outboundRules: { pypi: { type: "FQDN", destination: "pypi.org" } },
      },
      "outboundRules.pypi: a rule of type FQDN needs network.isolationMode AllowOnlyApprovedOutbound, not AllowInternetOutbound (level privateInbound sets it)",
    ],
  ])("refuses %s", async (_what, changes, message) => {
    expect(await faults(changes)).toEqual([message]);
  });

  it.each(["privateInbound", "privateBothWays"])(
    "at the level %s refuses an environment that nothing can build, at its line",
    async (level) => {
      const network = { ...PRIVATE_INBOUND, level, imageBuild: undefined };
      pulumi.runtime.setAllConfig(sandboxSettings({ network }));
      const error: unknown = await loadConfig("test").catch((reason: unknown) => reason);
      if (!(error instanceof ConfigError)) throw error;
      const found = error.problems.filter(({ severity }) => severity === "error");
      expect(found.map(formatPlace)).toEqual(
        ["blue", "green"].map((name): unknown =>
          expect.stringMatching(
            new RegExp(
              `^tests/fixtures/endpoint/${name}.yml:11: environment.conda_file: makes Azure ML build .*set mlscore:network imageBuild: {vmSize: `,
            ),
          ),
        ),
      );
      expect(await faults({ network: { isolationMode: "AllowInternetOutbound" } })).toEqual([]);
    },
  );

  it("refuses an image that nothing reaches both ways, and takes one that a rule or the workspace reaches", async () => {
    const image = (name: string) => {
      const folder = endpointWith("endpoint.yml", "");
      for (const file of ["blue.yml", "green.yml"]) {
        const path = join(folder, file);
        const text = readFileSync(path, "utf8");
        writeFileSync(path, text.replace(/^( +image: ).*$/m, `$1${name}`));
      }
      return folder;
    };
    const both = (name: string, changes: Record<string, unknown> = {}) =>
      faults({ network: PRIVATE_BOTH_WAYS, endpointDirectory: image(name), ...changes });
    const refused = expect.stringMatching(
      /^environment.image: is in the registry docker.io, which nothing reaches at level privateBothWays/,
    ) as unknown;
    expect(await both("team/gauge:1")).toEqual([refused, refused]);
    const hub = { hub: { type: "FQDN", destination: "docker.io" } };
    expect(await both("team/gauge:1", { outboundRules: hub })).toEqual([]);
    pulumi.runtime.setAllConfig(sandboxSettings());
    const { names } = await loadConfig("test");
    expect(await both(`${names.registry}.azurecr.io/gauge:1`)).toEqual([]);
    expect(await both("mcr.microsoft.com/azureml/base:1")).toEqual([]);
    expect(
      await faults({ network: PRIVATE_INBOUND, endpointDirectory: image("team/gauge:1") }),
    ).toEqual([]);
  });

  it("refuses an endpoint that its YAML opens, and closes one that says nothing", async () => {
    const open = endpointWith("endpoint.yml", "public_network_access: enabled\n");
    const network = PRIVATE_INBOUND;
    expect(await faults({ network, endpointDirectory: open })).toEqual([
      expect.stringMatching(
        /^public_network_access: is enabled, and mlscore:network has level privateInbound/,
      ),
    ]);
    const closed = endpointWith("endpoint.yml", "public_network_access: disabled\n");
    expect(await faults({ network, endpointDirectory: closed })).toEqual([]);
  });
});
