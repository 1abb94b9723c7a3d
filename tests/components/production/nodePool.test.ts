import { beforeAll, describe, expect, it } from "@jest/globals";
import { nodeCount } from "../../../components/nodePool";
import type { EmulatorRun } from "../../../emulator/onEmulator";
import { inputsOf, namesOf } from "../../stacks";
import { cluster, SETTINGS, VNET } from "./clusterParts";
import { declared, dependenciesOf } from "./declared";

// Proves the pools' bodies, order and options; it does not prove that a VM size has room for its disk.

const POOL = "containerservice:AgentPool";
const COMMON = {
  type: "VirtualMachineScaleSets",
  osType: "Linux",
  osSKU: "AzureLinux",
  osDiskType: "Ephemeral",
  vnetSubnetID: `${VNET}/subnets/nodes`,
  availabilityZones: ["1", "2", "3"],
  enableAutoScaling: true,
  maxPods: 110,
  orchestratorVersion: "1.37",
  enableEncryptionAtHost: false,
  enableNodePublicIP: false,
  securityProfile: { sshAccess: "Disabled", enableSecureBoot: true, enableVTPM: true },
  upgradeSettings: { maxSurge: "33%" },
  tags: { owner: "tests" },
};

const ignoredOf = ({ resources }: EmulatorRun, logicalName: string) =>
  resources.find(({ custom, name }) => custom && name === logicalName)?.ignoreChanges;

describe("the pools of a new cluster", () => {
  let run: EmulatorRun;
  beforeAll(async () => {
    run = await declared(() => cluster());
  });

  it("have the system pool in the cluster's body, repelling all pods but AKS's", () => {
    const body = inputsOf(run, "containerservice:ManagedCluster", "cluster");
    expect(body["agentPoolProfiles"]).toEqual([
      {
        ...COMMON,
        name: "system",
        mode: "System",
        vmSize: "Standard_D4ds_v5",
        osDiskSizeGB: 100,
        count: 3,
        minCount: 3,
        maxCount: 5,
        nodeTaints: ["CriticalAddonsOnly=true:NoSchedule"],
      },
    ]);
  });

  it("have every user pool as a resource of its own, untainted", () => {
    expect(namesOf(run, ":AgentPool")).toEqual(["cluster-reports", "cluster-scoring"]);
    expect(inputsOf(run, POOL, "cluster-scoring")).toEqual({
      ...COMMON,
      resourceGroupName: "rg",
      resourceName: "aks-flood",
      agentPoolName: "scoring",
      mode: "User",
      vmSize: "Standard_D4ds_v5",
      osDiskSizeGB: 128,
      count: 3,
      minCount: 3,
      maxCount: 12,
    });
  });

  it("can have a user pool that scales down to nothing", () => {
    expect(inputsOf(run, POOL, "cluster-reports")).toMatchObject({ count: 0, minCount: 0 });
  });

  it("are made after the cluster, one after the other", () => {
    expect(dependenciesOf(run, "cluster-reports")).toContain("cluster");
    expect(dependenciesOf(run, "cluster-reports")).not.toContain("cluster-scoring");
    expect(dependenciesOf(run, "cluster-scoring")).toEqual(
      expect.arrayContaining(["cluster", "cluster-reports"]),
    );
  });

  it("ignore no change", () => {
    expect(ignoredOf(run, "cluster-scoring")).toEqual([]);
  });
});

describe("choices of the pools", () => {
  it("encrypt on the host when told to", async () => {
    const run = await declared(() => cluster({ settings: { ...SETTINGS, hostEncryption: true } }));
    const body = inputsOf(run, "containerservice:ManagedCluster", "cluster");
    expect(body["agentPoolProfiles"]).toMatchObject([{ enableEncryptionAtHost: true }]);
    expect(inputsOf(run, POOL, "cluster-scoring")["enableEncryptionAtHost"]).toBe(true);
  });

  it("leave patch and number of nodes to AKS, pool by pool", async () => {
    const pools = {
      scoring: { orchestratorVersion: "1.37.5", count: 8 },
      reports: { orchestratorVersion: "1.36.9", count: 2 },
    };
    const run = await declared(() => cluster({ live: { version: "1.37.5", pools } }));
    expect(inputsOf(run, POOL, "cluster-scoring")).toMatchObject({
      orchestratorVersion: "1.37.5",
      count: 8,
    });
    expect(inputsOf(run, POOL, "cluster-reports")).toMatchObject({
      orchestratorVersion: "1.37",
      count: 2,
    });
    expect(ignoredOf(run, "cluster-scoring")).toEqual([]);
  });

  it.each([
    ["without a pool yet", undefined, 3],
    ["that the autoscaler chose", { count: 7 }, 7],
    ["below a minimum that was raised", { count: 1 }, 3],
    ["above a maximum that was lowered", { count: 20 }, 12],
  ])("send a number of nodes %s within the limits", (_what, live, sent) => {
    expect(nodeCount({ minCount: 3, maxCount: 12 }, live)).toBe(sent);
  });
});
