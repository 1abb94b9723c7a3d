import { describe, expect, it } from "@jest/globals";
import * as pulumi from "@pulumi/pulumi";
import { loadConfig } from "../../../config";
import { foundation, foundationProblems } from "../../../config/production/foundation";
import { PRODUCTION, sandboxSettings, SUBSCRIPTION } from "../../stacks";
import { cluster, load, network } from "./harness";

/** Does not prove what Azure and the provider replace: the list follows their documentation. */

const CREATED = {
  target: "production",
  "subscription.id": SUBSCRIPTION,
  "resourceGroup.name": "rg",
  "resourceGroup.create": "false",
  location: "canadacentral",
  workload: "flood",
  generation: "1",
  endpointName: "gauge-endpoint",
  "network.vnetId": "(created by the stack)",
  "network.egress": "natGateway",
  "network.podCidr": "10.244.0.0/16",
  "network.serviceCidr": "10.245.0.0/16",
  "network.privateDnsZoneIds.apiServer": "(created by the stack)",
  "network.subnets.nodes": "10.60.0.0/22",
  "network.subnets.apiServer": "10.60.4.0/28",
  "network.subnets.privateEndpoints": "10.60.5.0/27",
  "network.subnets.gateway": "10.60.6.0/27",
  "cluster.zones": "1, 2, 3",
  "cluster.hostEncryption": "false",
  "cluster.systemPool.vmSize": "Standard_D4ds_v5",
  "cluster.systemPool.osDiskSizeGB": "128",
  "cluster.userPools.scoring.vmSize": "Standard_D4ds_v5",
  "cluster.userPools.scoring.osDiskSizeGB": "128",
};

describe("foundation", () => {
  it("holds the choices of production that stay for life", async () => {
    expect(foundation(await load())).toEqual(CREATED);
  });

  it("holds those of a sandbox", async () => {
    pulumi.runtime.setAllConfig({ ...sandboxSettings() });
    expect(foundation(await loadConfig("test"))).toEqual({
      target: "sandbox",
      "subscription.id": SUBSCRIPTION,
      "resourceGroup.name": "rg",
      "resourceGroup.create": "false",
      location: "canadacentral",
      workload: "flood",
      generation: "1",
      workspace: "(created by the stack)",
    });
  });

  it("keeps a sandbox in its workspace, one from before that choice in its own", async () => {
    const settings = { workspace: { name: "mlw-team", resourceGroup: "Rg-ML" } };
    pulumi.runtime.setAllConfig({ ...sandboxSettings(settings) });
    const now = foundation(await loadConfig("test"));
    expect(now["workspace"]).toBe("rg-ml/mlw-team");
    const { workspace: _workspace, ...older } = now;
    const problem = {
      key: "workspace",
      message:
        'is "rg-ml/mlw-team"; this stack was created with "(created by the stack)", and a change would move the endpoint, ' +
        "and delete a workspace of the stack's own with all that is registered in it: set it back, or create a second stack",
    };
    expect(foundationProblems(older, now)).toEqual([problem]);
    expect(foundationProblems(now, now)).toEqual([]);
    expect(foundationProblems(undefined, now)).toEqual([]);
  });

  it("does not change with what Azure can change", async () => {
    const later = await load({
      ...network({ addressSpace: "10.60.0.0/15" }),
      ...cluster({
        kubernetesVersion: "1.35",
        systemPool: { ...PRODUCTION.cluster.systemPool, minCount: 2, maxCount: 4 },
        maintenance: { dayOfWeek: "Monday", startTime: "03:00" },
      }),
      protect: "false",
      logRetentionDays: "60",
      tags: {},
      hostname: "other.example.internal",
    });
    expect(foundation(later)).toEqual(CREATED);
  });

  it("holds the range of the build subnet where there is one", async () => {
    const config = await load(network({ subnets: { build: "10.60.9.0/28" } }));
    expect(foundation(config)).toEqual({ ...CREATED, "network.subnets.build": "10.60.9.0/28" });
  });

  it("follows an existing network by its ids", async () => {
    const vnet = `/subscriptions/${SUBSCRIPTION}/resourceGroups/g/providers/Microsoft.Network/virtualNetworks/vnet`;
    const subnet = (name: string) => `${vnet}/subnets/${name}`;
    const found = foundation(
      await load({
        network: {
          vnetId: vnet,
          subnetIds: {
            nodes: subnet("n"),
            apiServer: subnet("a"),
            privateEndpoints: subnet("p"),
            gateway: subnet("g"),
          },
          egress: "firewall",
        },
      }),
    );
    expect(found).toMatchObject({
      "network.vnetId": vnet,
      "network.egress": "firewall",
      "network.subnetIds.nodes": subnet("n"),
      "network.subnetIds.apiServer": subnet("a"),
    });
    expect(Object.keys(found).filter((key) => key.startsWith("network.subnets."))).toEqual([]);
  });
});

describe("foundationProblems", () => {
  it("has nothing to say before the first update, or where nothing has changed", () => {
    expect(foundationProblems(undefined, CREATED)).toEqual([]);
    expect(foundationProblems(CREATED, CREATED)).toEqual([]);
  });

  it("tells each change with what the stack was created with", () => {
    const now = { ...CREATED, "network.podCidr": "10.128.0.0/16", workload: "rain" };
    expect(foundationProblems(CREATED, now)).toEqual([
      {
        key: "workload",
        message:
          'is "rain"; this stack was created with "flood", and a change would replace all resources of the stack, with their data: ' +
          "set it back, or create a second stack",
      },
      {
        key: "network.podCidr",
        message:
          'is "10.128.0.0/16"; this stack was created with "10.244.0.0/16", and a change would replace the cluster and everything that runs on it, or be refused by Azure halfway: ' +
          "set it back, or create a second stack",
      },
    ]);
  });

  it.each(Object.keys(CREATED))("notices a change of %s", (key) => {
    const found = foundationProblems({ ...CREATED, [key]: "before" }, CREATED);
    expect(found.map((problem) => problem.key)).toEqual([key]);
  });

  it("shows the way round for a pool", () => {
    const key = "cluster.userPools.scoring.vmSize";
    expect(foundationProblems({ ...CREATED, [key]: "x" }, CREATED)[0]?.message).toBe(
      'is "Standard_D4ds_v5"; this stack was created with "x", and a change would replace the pool with all its pods at once: ' +
        "set it back, and add a pool of another name beside this one",
    );
  });

  it.each([
    ["endpointName", "replace the namespaces, with all pods in them at once"],
    ["network.subnets.gateway", "be refused by Azure while addresses in the subnet are in use"],
  ] as const)("tells what a change of %s does", (key, effect) => {
    expect(foundationProblems({ ...CREATED, [key]: "x" }, CREATED)[0]?.message).toBe(
      `is "${CREATED[key]}"; this stack was created with "x", and a change would ${effect}: ` +
        "set it back, or create a second stack",
    );
  });

  it("passes over what one side does not know", () => {
    const { "network.podCidr": pods, ...less } = CREATED;
    expect(pods).toBe("10.244.0.0/16");
    expect(foundationProblems(less, CREATED)).toEqual([]);
    expect(foundationProblems(CREATED, less)).toEqual([]);
  });
});
