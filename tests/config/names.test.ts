import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import {
  ownResourceGroup,
  productionNames,
  sandboxNames,
  WORKLOAD_PATTERN,
  workloadOf,
} from "../../config/names";

const scope = {
  workload: "flood",
  subscriptionId: "S",
  resourceGroup: "rg",
  stack: "sandbox",
  generation: 1,
};

describe("ownResourceGroup", () => {
  it("is one of its own for each subscription, stack and generation, and keeps to Azure's limit", () => {
    const parts = { workload: "flood", subscriptionId: "S", stack: "sandbox", generation: 1 };
    const others = [{ subscriptionId: "T" }, { stack: "trial" }, { generation: 2 }];
    const names = [{}, ...others].map((change) => ownResourceGroup({ ...parts, ...change }));
    expect(new Set(names).size).toBe(4);
    for (const name of names) expect(name).toMatch(/^rg-flood-[0-9a-f]{6}$/);
    expect(ownResourceGroup({ ...parts, subscriptionId: "s" })).toBe(names[0]);
  });
});

describe("sandboxNames", () => {
  it("gives every resource its prefix, the workload and one suffix", () => {
    expect(
      sandboxNames({ ...scope, subscriptionId: "11111111-2222-3333-4444-555555555555" }),
    ).toEqual({
      workspace: "mlw-flood-0d1782",
      actionGroup: "ag-flood-0d1782",
      assetContainer: "assets-flood-0d1782",
      virtualNetwork: "vnet-flood-0d1782",
      callerRole: "Caller of the online endpoint flood-0d1782",
      storageAccount: "stflood0d1782",
      keyVault: "kv-flood-0d1782",
      registry: "crflood0d1782",
      logAnalytics: "log-flood-0d1782",
      applicationInsights: "appi-flood-0d1782",
      endpointIdentity: "id-flood-endpoint-0d1782",
    });
  });

  it.each(["subscriptionId", "resourceGroup", "stack"] as const)(
    "differs when the %s differs",
    (key) => {
      expect(sandboxNames({ ...scope, [key]: "other" })).not.toEqual(sandboxNames(scope));
    },
  );

  it("differs wholly from one generation to the next", () => {
    const all = [1, 2, 3, 12].flatMap((generation) =>
      Object.values({ ...sandboxNames({ ...scope, generation }) }),
    );
    expect(new Set(all).size).toBe(4 * 11);
  });

  it("does not depend on the case in which Azure writes ids back", () => {
    const shouted = { ...scope, subscriptionId: "s", resourceGroup: "RG" };
    expect(sandboxNames(shouted)).toEqual(sandboxNames(scope));
  });

  it("keeps every name within Azure's limits for every workload that is allowed", () => {
    fc.assert(
      fc.property(
        fc.stringMatching(WORKLOAD_PATTERN),
        fc.uuid(),
        fc.string(),
        (workload, subscriptionId, stack) => {
          const names = sandboxNames({
            workload,
            subscriptionId,
            resourceGroup: "rg",
            stack,
            generation: 1,
          });
          expect(names.storageAccount).toMatch(/^[a-z0-9]{3,24}$/);
          expect(names.keyVault).toMatch(/^[a-z](?=.{2,23}$)[a-z0-9]*(-[a-z0-9]+)*$/);
          expect(names.registry).toMatch(/^[a-z0-9]{5,50}$/);
          expect(names.workspace).toMatch(/^[a-z0-9-]{3,33}$/);
        },
      ),
    );
  });
});

describe("productionNames", () => {
  it("gives every resource its prefix, the workload and one suffix", () => {
    expect(
      productionNames({ ...scope, subscriptionId: "11111111-2222-3333-4444-555555555555" }),
    ).toEqual({
      virtualNetwork: "vnet-flood-0d1782",
      actionGroup: "ag-flood-0d1782",
      natGateway: "ng-flood-0d1782",
      routeTable: "rt-flood-0d1782",
      registry: "crflood0d1782",
      keyVault: "kv-flood-0d1782",
      storageAccount: "stflood0d1782",
      flowLogStorage: "stflowflood0d1782",
      logAnalytics: "log-flood-0d1782",
      monitorWorkspace: "amw-flood-0d1782",
      cluster: "aks-flood-0d1782",
      dnsPrefix: "flood-0d1782",
      nodeResourceGroup: "rg-flood-nodes-0d1782",
      clusterIdentity: "id-flood-cluster-0d1782",
      kubeletIdentity: "id-flood-kubelet-0d1782",
      scoringIdentity: "id-flood-scoring-0d1782",
      gatewayIdentity: "id-flood-gateway-0d1782",
      flowLogIdentity: "id-flood-flow-logs-0d1782",
      vaultEvents: "egst-flood-0d1782",
      dashboards: { scoring: "flood-scoring-0d1782", nodes: "flood-nodes-0d1782" },
    });
  });

  it("shares no globally unique name with another stack of the same group", () => {
    const one = productionNames({ ...scope, stack: "production" });
    const other = sandboxNames({ ...scope, stack: "sandbox" });
    for (const key of ["registry", "keyVault", "storageAccount"] as const) {
      expect(one[key]).not.toBe(other[key]);
    }
  });

  it("keeps every name within Azure's limits for every workload that is allowed, and gives the workload back", () => {
    fc.assert(
      fc.property(fc.stringMatching(WORKLOAD_PATTERN), fc.uuid(), (workload, subscriptionId) => {
        const names = productionNames({
          workload,
          subscriptionId,
          resourceGroup: "rg",
          stack: "s",
          generation: 1,
        });
        expect(names.storageAccount).toMatch(/^[a-z0-9]{3,24}$/);
        expect(names.keyVault).toMatch(/^[a-z](?=.{2,23}$)[a-z0-9]*(-[a-z0-9]+)*$/);
        expect(names.registry).toMatch(/^[a-z0-9]{5,50}$/);
        expect(names.flowLogStorage).toMatch(/^[a-z0-9]{3,24}$/);
        expect(names.cluster).toMatch(/^[a-z0-9-]{1,63}$/);
        expect(names.dnsPrefix).toMatch(/^[a-z][a-z0-9-]{0,52}[a-z0-9]$/);
        expect(names.nodeResourceGroup.length).toBeLessThanOrEqual(80);
        expect(names.monitorWorkspace).toMatch(/^[a-z][a-z0-9-]{2,61}[a-z0-9]$/);
        expect(workloadOf(names)).toBe(workload);
      }),
    );
  });
});
