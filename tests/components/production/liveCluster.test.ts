import { describe, expect, it } from "@jest/globals";
import * as pulumi from "@pulumi/pulumi";
import fc from "fast-check";
import {
  assertUpgradePath,
  isNotFound,
  liveCluster,
  upgradeProblem,
  versionIgnored,
} from "../../../components/liveCluster";
import { emulatorCall } from "../../../emulator/azure/calls";
import { AzureStore } from "../../../emulator/azure/azureStore";

// Proves what is concluded from Azure's answers as they are documented; it asks no Azure.

const PLACE = { subscriptionId: "sub", tenantId: "tenant", resourceGroups: ["rg"] };
const WHERE = { resourceGroupName: "rg", clusterName: "aks-flood" };
const POOL = { name: "system", orchestratorVersion: "1.37", count: 4 };

/** Lets the program's functions be answered by the given one. */
async function answering(
  call: (token: string, inputs: Record<string, unknown>) => Record<string, unknown>,
): Promise<void> {
  await pulumi.runtime.setMocks({
    newResource: ({ name }) => ({ id: name, state: {} }),
    call: ({ token, inputs }) => call(token, inputs as Record<string, unknown>),
  });
}

/** A failure as the engine passes it on. */
function failing(details: string): () => never {
  return () => {
    throw Object.assign(new Error(details), { details });
  };
}

describe("looking up what the cluster has", () => {
  it("tells the version with its patch, and of each pool, by name, what was asked for and how many nodes it has", async () => {
    const store = new AzureStore(PLACE);
    store.create("azure-native:containerservice:ManagedCluster", {
      ...WHERE,
      resourceName: "aks-flood",
      kubernetesVersion: "1.37",
      agentPoolProfiles: [POOL],
    });
    store.create("azure-native:containerservice:AgentPool", {
      resourceGroupName: "rg",
      resourceName: "aks-flood",
      agentPoolName: "scoring",
      orchestratorVersion: "1.36.8",
      count: 7,
    });
    await answering((token, inputs) => emulatorCall(token, inputs, store));
    expect(await liveCluster(WHERE, "production")).toEqual({
      version: "1.37.3",
      pools: {
        system: { orchestratorVersion: "1.37", count: 4 },
        scoring: { orchestratorVersion: "1.36.8", count: 7 },
      },
    });
  });

  it("finds nothing where there is no cluster yet", async () => {
    await answering((token, inputs) => emulatorCall(token, inputs, new AzureStore(PLACE)));
    expect(await liveCluster(WHERE, "production")).toEqual({ pools: {} });
  });

  it("stops when it may not look, and says what is missing", async () => {
    await answering(
      failing(
        'invocation of azure-native:containerservice:getManagedCluster returned an error: request failed /subscriptions/x: Status=403 Code="AuthorizationFailed" Message="The client does not have authorization"',
      ),
    );
    await expect(liveCluster(WHERE, "production")).rejects.toThrow(
      /^Pulumi\.production\.yaml:\d+: mlscore:cluster: cluster aks-flood in rg cannot be looked up; the identity that runs this needs the role Reader on the resource group: .*AuthorizationFailed/,
    );
  });

  it.each([
    [
      true,
      'request failed /x: Status=404 Code="ResourceNotFound" Message="The Resource was not found"',
    ],
    [true, 'request failed /x: Status=404 Code="ResourceGroupNotFound" Message="…"'],
    [true, "ResourceNotFound: /x does not exist"],
    [false, 'request failed /x: Status=403 Code="AuthorizationFailed" Message="…"'],
    [false, 'request failed /x: Status=500 Message="request 4040 failed"'],
    [false, ""],
  ])("says %s to: %s", (found, message) => {
    expect(isNotFound(message)).toBe(found);
  });
});

describe("leaving patches to AKS", () => {
  it.each([
    ["1.37.5", "1.37", true],
    ["1.37", "1.37", true],
    ["1.36.5", "1.37", false],
    ["1.38.0", "1.37", false],
    // A minor version that begins with the same digits.
    ["1.37.5", "1.3", false],
    ["1.370.1", "1.37", false],
    [undefined, "1.37", false],
  ])("%s is %s's to patch: %s", (live, wanted, ignored) => {
    expect(versionIgnored(live, wanted)).toBe(ignored);
  });
});

describe("the way from one version to the other", () => {
  it.each([
    ["a first cluster", undefined, "1.37"],
    ["the same minor version", "1.37.5", "1.37"],
    ["the next minor version", "1.37.5", "1.38"],
    ["the next, by number and not by letter", "1.9.5", "1.10"],
  ])("is open for %s", (_what, live, wanted) => {
    expect(upgradeProblem(live, wanted)).toBeUndefined();
  });

  it("does not go back", () => {
    expect(upgradeProblem("1.37.5", "1.36")).toBe(
      'is 1.36, but the cluster runs 1.37.5, and AKS cannot downgrade; write "1.37" there',
    );
  });

  it("skips no minor version", () => {
    expect(upgradeProblem("1.36.5", "1.38")).toBe(
      'is 1.38, but the cluster runs 1.36.5, and AKS skips no minor version; go to "1.37" first',
    );
  });

  it("is open exactly to the same and the next minor version", () => {
    const minor = fc.integer({ min: 0, max: 60 });
    fc.assert(
      fc.property(minor, minor, fc.integer({ min: 0, max: 30 }), (live, wanted, patch) => {
        const open = upgradeProblem(`1.${live}.${patch}`, `1.${wanted}`) === undefined;
        return open === (wanted === live || wanted === live + 1);
      }),
    );
  });

  it("is shown with the setting's place when it is closed", () => {
    expect(() => {
      assertUpgradePath({ version: "1.37.5", pools: {} }, "1.36", "production");
    }).toThrow(/^Pulumi\.production\.yaml:\d+: mlscore:cluster\.kubernetesVersion: is 1\.36, /);
    expect(() => {
      assertUpgradePath({ pools: {} }, "1.36", "production");
    }).not.toThrow();
  });
});
