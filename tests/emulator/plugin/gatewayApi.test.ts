import { beforeEach, describe, expect, it } from "@jest/globals";
import { gatewayApiPlugin } from "../../../emulator/plugin/gatewayApi";
import { EmulatorStore } from "../../../emulator/emulatorStore";

/**
 * The setting in the order in which the engine asks for it, on the emulated cluster. It does not prove that AKS drops the
 * setting on a write by an older API version, only that it would be asserted again.
 */

const CLUSTER = "azure-native:containerservice:ManagedCluster";
const INPUTS = { resourceGroupName: "rg", resourceName: "aks", kubernetesVersion: "1.37" };
const URN = "urn";

describe("the Gateway API setting on the emulator", () => {
  let store: EmulatorStore;
  let calls: string[];
  let plugin: ReturnType<typeof gatewayApiPlugin>;
  let clusterId: string;
  beforeEach(() => {
    store = new EmulatorStore({ subscriptionId: "sub", tenantId: "t", resourceGroups: ["rg"] });
    calls = [];
    plugin = gatewayApiPlugin(
      async (work) => work(store),
      (call) => calls.push(call),
    );
    clusterId = store.create(CLUSTER, INPUTS).id;
  });

  const cluster = () => store.read(CLUSTER, clusterId)?.outputs ?? {};
  const inputs = () => ({
    subscriptionId: "sub",
    resourceGroupName: "rg",
    clusterName: "aks",
    clusterEtag: String(cluster()["eTag"]),
  });
  const isOn = () => JSON.stringify(cluster()["ingressProfile"] ?? null).includes("Standard");
  const created = async () => {
    const news = inputs();
    const created = await plugin.create(URN, news);
    return { id: created.id, news, state: created.outs as Record<string, unknown> };
  };
  const refreshed = async (id: string, state: Record<string, unknown>) => {
    const found = await plugin.read(id, URN, state);
    return { ...(found.props as Record<string, unknown>) };
  };
  const changes = async (
    id: string,
    olds: Record<string, unknown>,
    news: Record<string, unknown>,
  ) => (await plugin.diff(id, URN, olds, news)).changes;

  it("is written once, and needs nothing more though its own write changed the ETag", async () => {
    const { id, news, state } = await created();
    expect(isOn()).toBe(true);
    expect(calls).toEqual([`PUT ${clusterId}`]);
    expect(cluster()["eTag"]).not.toBe(news.clusterEtag);
    expect(await changes(id, state, news)).toBe(false);
  });

  it("needs nothing after a refresh, which takes the same ETag for it and for the cluster", async () => {
    const { id, state } = await created();
    expect(await changes(id, await refreshed(id, state), inputs())).toBe(false);
  });

  it("is asserted when only drift made the cluster be written", async () => {
    const { id, state } = await created();
    store.azure.updateCluster(clusterId, { tags: { owner: "portal" }, eTag: "outside" });
    const props = await refreshed(id, state);
    expect(props).toMatchObject({ clusterEtag: "outside", installed: true });

    // The plan puts the tags back: the cluster is written with the very inputs that it had.
    store.update(CLUSTER, clusterId, INPUTS);
    expect(isOn()).toBe(false);
    expect(await changes(id, props, inputs())).toBe(true);
    await plugin.update(id, URN, props, inputs());
    expect(isOn()).toBe(true);
  });

  it("is gone with its cluster", async () => {
    const { id, state } = await created();
    store.delete(CLUSTER, clusterId);
    expect(await plugin.read(id, URN, state)).toEqual({});
  });
});
