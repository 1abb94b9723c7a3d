import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { coresByFamily, factsByName } from "../../cost/families";
import {
  machinesOf,
  paidAtWorst,
  quotaOf,
  reservedInstances,
  type DeclaredPart,
} from "../../cost/machines";

/** The machines of a declared stack, from which quota and cost are counted. */

const AML = "azure-native:machinelearningservices";
const ENDPOINT = "/w/onlineEndpoints/e";

function deployment(
  name: string,
  capacity: number,
  instanceType = "Standard_DS3_v2",
): DeclaredPart {
  return {
    type: `${AML}:OnlineDeployment`,
    name: `endpoint-${name}`,
    id: `${ENDPOINT}/deployments/${name}`,
    inputs: {
      deploymentName: name,
      endpointName: "e",
      sku: { capacity },
      properties: { instanceType },
    },
  };
}

function autoscale(name: string, minimum: unknown, maximum: unknown): DeclaredPart {
  return {
    type: "azure-native:monitor:AutoscaleSetting",
    name: "scale",
    id: "/s",
    inputs: {
      targetResourceUri: `${ENDPOINT}/deployments/${name}`.toUpperCase(),
      profiles: [{ capacity: { minimum, maximum } }],
    },
  };
}

function pool(changes: Readonly<Record<string, unknown>> = {}) {
  const common = { vmSize: "Standard_D4ds_v5", upgradeSettings: { maxSurge: "33%" } };
  return { ...common, count: 3, minCount: 3, maxCount: 12, ...changes };
}

function agentPool(changes: Readonly<Record<string, unknown>> = {}): DeclaredPart {
  return {
    type: "azure-native:containerservice:AgentPool",
    name: "p",
    inputs: { agentPoolName: "scoring", ...pool(changes) },
  };
}

const compute: DeclaredPart = {
  type: `${AML}:Compute`,
  name: "build",
  inputs: {
    computeName: "image-build-ds3-v2",
    properties: {
      properties: {
        vmSize: "Standard_DS3_v2",
        scaleSettings: { minNodeCount: 0, maxNodeCount: 1 },
      },
    },
  },
};

const counts = (...resources: DeclaredPart[]) =>
  machinesOf(resources).map(({ name, least, usual, most, surge, reserved }) => [
    name,
    ...[least, usual, most, surge, reserved],
  ]);

describe("machines", () => {
  it("of both deployments of a rollout run at the same time", () => {
    expect(counts(deployment("blue", 2), deployment("green", 3))).toEqual([
      ["blue", 2, 2, 2, 0, 1],
      ["green", 3, 3, 3, 0, 1],
    ]);
  });

  it("of a scaled deployment reach its maximum, for which quota has to be there", () => {
    const [scaled] = machinesOf([deployment("blue", 2), autoscale("blue", "1", "5")]);
    expect(scaled).toMatchObject({ least: 1, usual: 2, most: 5, reserved: 1 });
    expect(scaled && quotaOf(scaled)).toBe(6);
    expect(scaled && paidAtWorst(scaled)).toBe(5);
  });

  it("of a deployment are not scaled by the setting of another", () => {
    expect(counts(deployment("blue", 2), autoscale("blue-2", 1, 9))).toEqual([
      ["blue", 2, 2, 2, 0, 1],
    ]);
  });

  it("are found by names where a preview knows no ids", () => {
    const { id: _unknown, ...created } = deployment("blue", 2);
    const setting = autoscale("blue", 1, 4);
    expect(counts(created, setting)).toEqual([["blue", 1, 2, 4, 0, 1]]);
    const unknown = {
      ...setting.inputs,
      targetResourceUri: "04da6b54",
      autoscaleSettingName: "as-e-blue",
    };
    expect(counts(created, { ...setting, inputs: unknown })).toEqual([["blue", 1, 2, 4, 0, 1]]);
  });

  it("of the system pool stand in the cluster, with the nodes that an upgrade adds", () => {
    const cluster = {
      type: "azure-native:containerservice:ManagedCluster",
      name: "cluster",
      inputs: { agentPoolProfiles: [{ name: "system", ...pool({ maxCount: 5 }) }] },
    };
    expect(counts(cluster, agentPool())).toEqual([
      ["system", 3, 3, 5, 2, 0],
      ["scoring", 3, 3, 12, 4, 0],
    ]);
  });

  it.each([
    ["33%", 4],
    ["10%", 2],
    ["5", 5],
    ["0", 0],
    [undefined, 4],
  ])("surge of %s is %d of twelve nodes", (maxSurge, surge) => {
    expect(machinesOf([agentPool({ upgradeSettings: { maxSurge } })])[0]?.surge).toBe(surge);
  });

  it("of the image build run only while something is built", () => {
    expect(counts(compute)).toEqual([["image-build-ds3-v2", 0, 0, 1, 0, 0]]);
  });

  it.each([
    [1, "Standard_DS2_v2", 2],
    [2, "Standard_DS2_v2", 3],
    [5, "Standard_F4s_v2", 6],
    [6, "Standard_DS3_v2", 8],
    [10, "Standard_DS3_v2", 12],
    [5, "Standard_NC24ads_A100_v4", 5],
    [5, "Standard_NC40ads_H100_v5", 5],
    [5, "Standard_ND96isr_H100_v5", 5],
    [5, "Standard_NC6s_v3", 6],
  ])("%d instances of %s reserve %d", (count, size, reserved) => {
    expect(reservedInstances(size, count)).toBe(reserved);
  });
});

describe("cores by family", () => {
  it("are the sum of what runs, what an upgrade adds and what is reserved", () => {
    const machines = machinesOf([
      deployment("blue", 2),
      deployment("green", 1, "Standard_DS2_v2"),
      compute,
      agentPool(),
      deployment("other", 1, "Standard_Unknown"),
    ]);
    expect(
      coresByFamily(machines, factsByName).map(({ family, least, usual, most, quota }) => {
        return [family, least, usual, most, quota];
      }),
    ).toEqual([
      // 2 × 4 + 1 × 2, and for the build 1 × 4; reserved: (3 × 4) + (2 × 2) + 4.
      ["DSv2", 10, 10, 14, 20],
      ["Ddsv5", 12, 12, 48, 64],
    ]);
  });

  it("never fall from least to usual, to most, to what quota is needed", () => {
    const count = fc.nat({ max: 50 });
    const some = fc.array(
      fc.oneof(
        fc.tuple(fc.constantFrom("a", "b"), count).map(([name, n]) => deployment(name, n)),
        fc.tuple(fc.constantFrom("a", "b"), count, count).map(([name, low, high]) => {
          return autoscale(name, low, high);
        }),
        fc.record({ count, minCount: count, maxCount: count }).map(agentPool),
        fc.constant(compute),
      ),
    );
    fc.assert(
      fc.property(some, (resources) => {
        const machines = machinesOf(resources);
        const families = coresByFamily(machines, factsByName);
        for (const { least, usual, most, quota } of families) {
          expect([least, usual, most, quota]).toEqual(
            [least, usual, most, quota].toSorted((a, b) => a - b),
          );
        }
        const all = families.flatMap(({ parts }) => parts);
        expect(all.length).toBe(machines.length);
        expect(families.reduce((sum, { quota }) => sum + quota, 0)).toBe(
          all.reduce((sum, part) => sum + quotaOf(part.machines) * part.cpus, 0),
        );
      }),
    );
  });
});
