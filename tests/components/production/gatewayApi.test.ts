import type { ManagedCluster } from "@azure/arm-containerservice";
import { beforeEach, describe, expect, it, jest } from "@jest/globals";
import {
  install,
  isInstalled,
  provider,
  withGatewayApi,
  type GatewayApiState,
  type ManagedClusters,
} from "../../../components/gatewayApiProvider";

/** Proves what is written and when; it does not prove that AKS takes it. */

const PLACE = { resourceGroupName: "rg", clusterName: "aks" };
const CLUSTER: ManagedCluster = {
  location: "canadacentral",
  eTag: "7",
  kubernetesVersion: "1.37.2",
  tags: { owner: "tests" },
  ingressProfile: { webAppRouting: { enabled: true, dnsZoneResourceIds: ["/zone"] } },
};
const WANTED = {
  gatewayAPI: { installation: "Standard" },
  webAppRouting: {
    enabled: true,
    dnsZoneResourceIds: ["/zone"],
    gatewayAPIImplementations: { appRoutingIstio: { mode: "Enabled" } },
  },
};

/** A cluster that refuses its first writes with the given statuses. */
class FakeClusters {
  readonly writes: { body: ManagedCluster; ifMatch: string | undefined }[] = [];
  reads = 0;
  constructor(
    private cluster: ManagedCluster,
    private readonly refusals: number[] = [],
  ) {}

  get = () => {
    this.reads += 1;
    return Promise.resolve(this.cluster);
  };

  createOrUpdate = (
    _group: string,
    _name: string,
    body: ManagedCluster,
    options?: { ifMatch?: string },
  ) => {
    const refused = this.refusals.shift();
    if (refused !== undefined) {
      return Promise.reject(Object.assign(new Error("refused"), { statusCode: refused }));
    }
    this.writes.push({ body, ifMatch: options?.ifMatch });
    this.cluster = body;
    return Promise.resolve(body);
  };
}

/** The cluster that the mocked client finds. */
const azure: { clusters: FakeClusters; subscription: string | undefined } = {
  clusters: new FakeClusters(CLUSTER),
  subscription: undefined,
};
jest.mock("@azure/identity", () => ({ AzureCliCredential: jest.fn() }));
jest.mock("@azure/arm-containerservice", () => ({
  ContainerServiceClient: class {
    readonly managedClusters = azure.clusters;
    constructor(_credential: unknown, subscription: string) {
      azure.subscription = subscription;
    }
  },
}));

const asClusters = (fake: FakeClusters) => fake as unknown as ManagedClusters;

describe("switching the Gateway API on", () => {
  it("changes nothing else of the cluster", () => {
    expect(withGatewayApi(CLUSTER)).toEqual({ ...CLUSTER, ingressProfile: WANTED });
  });

  it("works on a cluster without any ingress", () => {
    const { ingressProfile: _none, ...bare } = CLUSTER;
    expect(withGatewayApi(bare).ingressProfile).toEqual({
      gatewayAPI: { installation: "Standard" },
      webAppRouting: { gatewayAPIImplementations: { appRoutingIstio: { mode: "Enabled" } } },
    });
  });

  it("writes once, with the ETag of what was read", async () => {
    const clusters = new FakeClusters(CLUSTER);
    await install(asClusters(clusters), PLACE, 1);
    expect(clusters.writes).toEqual([
      { body: { ...CLUSTER, ingressProfile: WANTED }, ifMatch: "7" },
    ]);
  });

  it("writes nothing when it is on already", async () => {
    const clusters = new FakeClusters(withGatewayApi(CLUSTER));
    await install(asClusters(clusters), PLACE, 1);
    expect(clusters.writes).toEqual([]);
    expect(clusters.reads).toBe(1);
  });

  it.each([409, 412])("reads again and tries again after %i", async (status) => {
    const clusters = new FakeClusters(CLUSTER, [status, status]);
    await install(asClusters(clusters), PLACE, 1);
    expect(clusters.reads).toBe(3);
    expect(clusters.writes).toHaveLength(1);
  });

  it("gives up at once on any other refusal", async () => {
    const clusters = new FakeClusters(CLUSTER, [403]);
    await expect(install(asClusters(clusters), PLACE, 1)).rejects.toMatchObject({
      statusCode: 403,
    });
    expect(clusters.reads).toBe(1);
  });

  it.each([
    ["the CRDs", { ...WANTED, gatewayAPI: { installation: "Disabled" } }],
    ["the implementation", { ...WANTED, webAppRouting: { enabled: true } }],
  ])("counts as off without %s", (_what, ingressProfile) => {
    expect(isInstalled({ ...CLUSTER, ingressProfile })).toBe(false);
  });
});

describe("the difference that the engine is told", () => {
  const OLD: GatewayApiState = {
    subscriptionId: "s",
    ...PLACE,
    clusterEtag: "7",
    installed: true,
  };
  const { installed: _state, ...SAME } = OLD;

  it("is none while nothing changed", async () => {
    expect(await provider.diff("id", OLD, SAME)).toEqual({ changes: false, replaces: [] });
  });

  it("is an update after a write of the cluster, or when somebody switched it off", async () => {
    const changed = { changes: true, replaces: [] };
    expect(await provider.diff("id", OLD, { ...SAME, clusterEtag: "8" })).toEqual(changed);
    expect(await provider.diff("id", { ...OLD, installed: false }, SAME)).toEqual(changed);
  });

  it("is a replacement for another cluster", async () => {
    expect(await provider.diff("id", OLD, { ...SAME, clusterName: "other" })).toEqual({
      changes: true,
      replaces: ["clusterName"],
    });
  });
});

describe("what the engine asks for", () => {
  const INPUTS = { subscriptionId: "sub", ...PLACE, clusterEtag: "7" };
  const STATE: GatewayApiState = { ...INPUTS, installed: true };
  beforeEach(() => {
    azure.clusters = new FakeClusters(CLUSTER);
    azure.subscription = undefined;
  });

  it("is switched on when it is created, in the stack's subscription", async () => {
    expect(await provider.create(INPUTS)).toEqual({ id: "aks/gatewayApi", outs: STATE });
    expect(azure.clusters.writes).toHaveLength(1);
    expect(azure.subscription).toBe("sub");
  });

  it("is asserted again by an update, which writes nothing where it is still on", async () => {
    azure.clusters = new FakeClusters(withGatewayApi(CLUSTER));
    const news = { ...INPUTS, clusterEtag: "8" };
    expect(await provider.update("id", STATE, news)).toEqual({
      outs: { ...news, installed: true },
    });
    expect(azure.clusters.writes).toEqual([]);
  });

  it("is seen to be off, and gone with its cluster, by a refresh", async () => {
    expect(await provider.read("id", { ...STATE, clusterEtag: "6" })).toEqual({
      id: "id",
      props: { ...STATE, clusterEtag: "7", installed: false },
    });
    azure.clusters.get = () => {
      return Promise.reject(Object.assign(new Error("not found"), { statusCode: 404 }));
    };
    expect(await provider.read("id", STATE)).toEqual({ id: "" });
    azure.clusters.get = () => {
      return Promise.reject(Object.assign(new Error("no role"), { statusCode: 403 }));
    };
    await expect(provider.read("id", STATE)).rejects.toThrow("no role");
  });

  it("is left on when the stack lets go of it", async () => {
    await provider.delete("id", STATE);
    expect(azure.clusters.reads).toBe(0);
    expect(azure.clusters.writes).toEqual([]);
  });
});
