import { appendFileSync, cpSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { ENDPOINT_DIRECTORY, productionSettings, PRODUCTION, sandboxSettings } from "../stacks";
import { Engine, hasEngine } from "./engine";

/**
 * The whole production stack on the real Pulumi engine, with the emulator as its providers, after a sandbox that runs
 * the same release. Proves the program, its order and its previews; it does not prove that Azure takes the requests.
 */

/** What a refresh leaves of AKS's list of pools (docs/decisions/0009): in the engine's plan, and not in the review. */
const ONLY_THE_LIST = { planned: ["update cluster", "update gateway-api"], shown: [] };

(hasEngine() ? describe : describe.skip)("the production stack on the real engine", () => {
  const engine = new Engine();
  const endpoint = join(engine.home, "endpoint");
  const settings = (changes: Record<string, unknown> = {}) =>
    productionSettings({ endpointDirectory: endpoint, protect: "false", ...changes });
  const previewWith = (changes: Record<string, unknown>, ...options: string[]) => {
    engine.configure("production", settings(changes));
    try {
      return engine.preview("production", ...options);
    } finally {
      engine.configure("production", settings());
    }
  };
  const refusalOf = (changes: Record<string, unknown>) => {
    engine.configure("production", settings(changes));
    try {
      return engine.refusal("production");
    } finally {
      engine.configure("production", settings());
    }
  };

  beforeAll(() => {
    cpSync(ENDPOINT_DIRECTORY, endpoint, { recursive: true });
    engine.init("sandbox", sandboxSettings({ endpointDirectory: endpoint, protect: "false" }));
    engine.up("sandbox");
    engine.init("production", settings());
  });
  afterAll(() => {
    engine.dispose();
  });

  it("refuses a release that the sandbox has only just got", () => {
    expect(engine.refusal("production")).toMatch(
      /has had traffic in organization\/mlscore\/sandbox since 20\S+: 14\.0 days of 14 are missing/,
    );
    engine.age("sandbox", "2024-01-01T00:00:00Z");
  });

  it("previews from nothing as creations only, though nothing that Azure computes is known", () => {
    const changes = engine.preview("production");
    expect(changes.length).toBeGreaterThan(80);
    expect(changes.filter((change) => !change.startsWith("create "))).toEqual([]);
  });

  it("makes everything in Azure from outside, and nothing inside the cluster", () => {
    engine.up("production", "--exclude", "**kubernetes:**", "--exclude", "**docker:**");
    const tokens = engine.resources().map(({ token }) => token);
    expect(tokens).toContain("azure-native:containerservice:ManagedCluster");
    expect(tokens).toContain("pulumi-nodejs:dynamic/mlscore:GatewayApi");
    expect(tokens.filter((token) => token.includes("kubernetes:"))).toEqual([]);
    expect(engine.preview("production", "--exclude", "**kubernetes:**")).toEqual([]);
  });

  it("previews no change after an update, and none after a refresh", () => {
    engine.up("production");
    expect(engine.preview("production")).toEqual([]);
    expect(engine.reviewed("production", "--refresh")).toEqual(ONLY_THE_LIST);
  });

  it("makes what the cluster stands on before it, and everything in it after it", () => {
    // The cluster does not wait for the flow logs, nor they for it.
    const order = engine
      .resources()
      .filter(({ id }) => !id.includes("stflowflood"))
      .map(({ token, id }) => `${token} ${id}`);
    const places = (part: string) =>
      order.flatMap((one, index) => (one.includes(part) ? [index] : []));
    const one = (part: string) => {
      expect([part, places(part).length]).toEqual([part, 1]);
      return places(part)[0] ?? NaN;
    };
    const cluster = one("containerservice:ManagedCluster ");
    const before = [
      ["PrivateEndpoint ", 4],
      ["VirtualNetworkLink ", 5],
      ["network:VirtualNetwork ", 1],
      ["NatGateway ", 1],
      ["privateDnsZones/private.canadacentral.azmk8s.io/providers/Microsoft.Authorization/", 1],
      ["virtualNetworks/vnet-flood-d12b3d/providers/Microsoft.Authorization/", 1],
      ["registries/crfloodd12b3d/providers/Microsoft.Authorization/", 1],
      ["userAssignedIdentities/id-flood-kubelet-d12b3d/providers/Microsoft.Authorization/", 1],
    ] as const;
    for (const [part, count] of before) {
      expect([part, places(part).length]).toEqual([part, count]);
      expect(Math.max(...places(part))).toBeLessThan(cluster);
    }
    const inCluster = order.flatMap((text, index) =>
      text.startsWith("kubernetes:") ? [index] : [],
    );
    expect(inCluster).toHaveLength(17);
    expect(Math.min(...inCluster)).toBeGreaterThan(cluster);
    const gatewayApi = one("mlscore:GatewayApi ");
    expect(gatewayApi).toBeGreaterThan(cluster);
    expect(one("gateway.networking.k8s.io/v1:Gateway ")).toBeGreaterThan(gatewayApi);
  });

  it("changes the Deployment alone for another image", () => {
    const digest = `crflood.azurecr.io/gauge@sha256:${"b".repeat(64)}`;
    expect(previewWith({ image: { digest } })).toEqual(["update scoring-stable"]);
  });

  it("changes one pool alone for another number of nodes", () => {
    const { cluster } = PRODUCTION;
    const userPools = { scoring: { ...cluster.userPools.scoring, maxCount: 9 } };
    expect(previewWith({ cluster: { ...cluster, userPools } })).toEqual(["update cluster-scoring"]);
  });

  it("shows neither the patch nor the number of nodes that AKS chose, even after a refresh", () => {
    const [cluster] = engine
      .resources()
      .filter(({ token }) => token === "azure-native:containerservice:ManagedCluster");
    engine.changeOutside(cluster!.id, (created) => {
      const [pool] = created.inputs["agentPoolProfiles"] as object[];
      const chosen = { ...pool, count: 5, orchestratorVersion: "1.37.7" };
      const kubernetesVersion = "1.37.7";
      return {
        ...created,
        inputs: { ...created.inputs, kubernetesVersion, agentPoolProfiles: [chosen] },
        outputs: {
          ...created.outputs,
          kubernetesVersion,
          currentKubernetesVersion: kubernetesVersion,
          agentPoolProfiles: [{ ...chosen, currentOrchestratorVersion: "1.37.7" }],
        },
      };
    });
    const [pool] = engine
      .resources()
      .filter(({ token }) => token === "azure-native:containerservice:AgentPool");
    engine.changeOutside(pool!.id, (created) => ({
      ...created,
      inputs: { ...created.inputs, count: 7, orchestratorVersion: "1.37.7" },
      outputs: {
        ...created.outputs,
        ...{ count: 7, orchestratorVersion: "1.37.7", currentOrchestratorVersion: "1.37.7" },
      },
    }));
    expect(engine.reviewed("production", "--refresh")).toEqual(ONLY_THE_LIST);
  });

  it("writes a cluster with the numbers of nodes that its pools have, each by its name, without a refresh", () => {
    const created = (token: string) =>
      engine.resources().find((one) => one.token === `azure-native:containerservice:${token}`)!;
    engine.changeOutside(created("ManagedCluster").id, (cluster) => {
      const [pool] = cluster.outputs["agentPoolProfiles"] as object[];
      return {
        ...cluster,
        outputs: { ...cluster.outputs, agentPoolProfiles: [{ ...pool, count: 4 }] },
      };
    });
    engine.changeOutside(created("AgentPool").id, (pool) => ({
      ...pool,
      outputs: { ...pool.outputs, count: 9 },
    }));
    engine.configure("production", settings({ tags: { owner: "tests", more: "yes" } }));
    engine.up("production");
    expect(created("ManagedCluster").inputs["agentPoolProfiles"]).toMatchObject([
      { name: "system", count: 4 },
    ]);
    expect(created("AgentPool").inputs).toMatchObject({ agentPoolName: "scoring", count: 9 });
    engine.configure("production", settings());
    engine.up("production");
  }, 240_000);

  it("leaves out what is in the cluster without showing a deletion", () => {
    const outside = previewWith(
      {
        tags: { owner: "somebody else" },
        image: { digest: `crflood.azurecr.io/gauge@sha256:${"c".repeat(64)}` },
      },
      "--exclude",
      "**kubernetes:**",
    );
    expect(outside).toContain("update cluster");
    const inCluster = outside.filter((change) => change.includes(" scoring-"));
    expect(inCluster).toEqual(["update scoring-identity"]);
    expect(outside.filter((change) => change.startsWith("delete"))).toEqual([]);
  });

  it.each([
    ["location", { location: "eastus" }, "location", "canadacentral"],
    [
      "pod addresses",
      { network: { ...PRODUCTION.network, podCidr: "10.200.0.0/16" } },
      "network.podCidr",
      "10.244.0.0/16",
    ],
    ["workload", { workload: "river" }, "workload", "flood"],
  ])("refuses another %s with the reason, and plans nothing", (_what, changes, key, created) => {
    const message = refusalOf(changes);
    expect(message).toContain(`${key}: is "`);
    expect(message).toContain(
      `this stack was created with "${created}", and a change would replace`,
    );
    expect(message).not.toContain("    at ");
  });

  it("refuses a release that did not run in the sandbox, unless the settings say why", () => {
    appendFileSync(join(endpoint, "code", "score.py"), "\n# changed\n");
    const message = refusalOf({});
    expect(message).toMatch(
      /release [0-9a-f]{12} is not in organization\/mlscore\/sandbox, which runs [0-9a-f]{12}/,
    );
    expect(message).not.toContain("    at ");
    const releaseId = /release ([0-9a-f]{12}) is not in/.exec(message)?.[1];
    const exceptions = [{ releaseId, reason: "gauge 4 reports metres, not feet" }];
    const release = { ...PRODUCTION.release, exceptions };
    expect(previewWith({ release })).toEqual(["update scoring-stable"]);
  });

  it("keeps secrets out of the exported state", () => {
    const state = engine.exported("production");
    for (const sign of [
      /PRIVATE KEY/,
      /client-key-data/,
      /"password"/i,
      /AccountKey=/,
      /SharedAccess/,
      /eyJ[\w-]{20,}\./,
      /InstrumentationKey=/,
      // What the emulator answers beside the server's address, as a cluster with local accounts would.
      /hunter2/,
    ]) {
      expect(state).not.toMatch(sign);
    }
  });

  it("lets the release come back that soaked and ran before, though the sandbox has moved on", () => {
    // The working tree as it was, while the sandbox runs what was changed.
    engine.up("sandbox");
    cpSync(join(ENDPOINT_DIRECTORY, "code"), join(endpoint, "code"), { recursive: true });
    expect(engine.preview("production")).toEqual([]);
  });

  it("removes everything on destroy", () => {
    const others = (token: string) => engine.resources().filter((one) => one.token.includes(token));
    engine.destroy("production");
    expect(others("kubernetes:")).toEqual([]);
    expect(others("containerservice:")).toEqual([]);
    expect(others("network:")).toEqual([]);
  });
});
