import { describe, expect, it } from "@jest/globals";
import { azureAsResourceStore } from "../../../emulator/azure/asResourceStore";
import { catalogue } from "../../../emulator/azure/catalogue";
import { emulatorCall } from "../../../emulator/azure/calls";
import { AzureStore, changedImmutables } from "../../../emulator/azure/azureStore";

// Proves the emulator's rules for clusters; they are a choice out of Azure's.

const PLACE = { subscriptionId: "sub", tenantId: "tenant", resourceGroups: ["rg"] };
const AKS = "azure-native:containerservice:";
const cluster = {
  resourceGroupName: "rg",
  location: "canadacentral",
  resourceName: "aks-flood",
  dnsPrefix: "flood",
  kubernetesVersion: "1.37",
  agentPoolProfiles: [{ name: "system", orchestratorVersion: "1.37" }],
};
const pool = (agentPoolName: string) => ({
  resourceGroupName: "rg",
  resourceName: "aks-flood",
  agentPoolName,
  vmSize: "Standard_D4ds_v5",
  orchestratorVersion: "1.37.1",
});

describe("clusters of the emulator", () => {
  it("take pools, windows, rules and policies only when they are there", () => {
    const store = new AzureStore(PLACE);
    const id =
      "/subscriptions/sub/resourceGroups/rg/providers/Microsoft.ContainerService/managedClusters/aks-flood";
    const children: [string, Record<string, unknown>, string][] = [
      [`${AKS}AgentPool`, pool("scoring"), `${id}/agentPools/scoring`],
      [
        `${AKS}MaintenanceConfiguration`,
        { ...pool(""), configName: "default" },
        `${id}/maintenanceConfigurations/default`,
      ],
      [
        "azure-native:monitor:DataCollectionRuleAssociation",
        { resourceUri: id, associationName: "logs" },
        `${id}/providers/Microsoft.Insights/dataCollectionRuleAssociations/logs`,
      ],
      [
        "azure-native:authorization:PolicyAssignment",
        { scope: id, policyAssignmentName: "restricted-pods" },
        `${id}/providers/Microsoft.Authorization/policyAssignments/restricted-pods`,
      ],
    ];
    for (const [token, inputs] of children) {
      expect(() => store.create(token, inputs)).toThrow(/^ParentResourceNotFound: /);
    }
    expect(store.create(`${AKS}ManagedCluster`, cluster).id).toBe(id);
    expect(children.map(([token, inputs]) => store.create(token, inputs).id)).toEqual(
      children.map(([, , expected]) => expected),
    );
  });

  it.each([["Scoring"], ["1pool"], ["a-b"], ["thirteenchars"], [""]])(
    "refuse the pool name %j",
    (name) => {
      const store = new AzureStore(PLACE);
      store.create(`${AKS}ManagedCluster`, cluster);
      expect(() => store.create(`${AKS}AgentPool`, pool(name))).toThrow(/^InvalidResourceName: /);
    },
  );

  it("are replaced when what cannot change changes, and not for a version", () => {
    const changed = (type: string, olds: object, news: object) =>
      changedImmutables(catalogue[`${AKS}${type}`]!, { ...olds }, { ...news });
    expect(changed("ManagedCluster", cluster, { ...cluster, dnsPrefix: "other" })).toEqual([
      "dnsPrefix",
    ]);
    expect(changed("ManagedCluster", cluster, { ...cluster, kubernetesVersion: "1.38" })).toEqual(
      [],
    );
    const scoring = pool("scoring");
    expect(changed("AgentPool", scoring, { ...scoring, vmSize: "Standard_D8ds_v5" })).toEqual([
      "vmSize",
    ]);
    expect(changed("AgentPool", scoring, { ...scoring, maxCount: 9 })).toEqual([]);
  });

  it("list every pool, by name, with the patch that it runs, and name their server", () => {
    const store = new AzureStore(PLACE);
    store.create(`${AKS}ManagedCluster`, cluster);
    store.create(`${AKS}AgentPool`, pool("scoring"));
    const which = { resourceGroupName: "rg", resourceName: "aks-flood" };
    const found = emulatorCall(`${AKS}getManagedCluster`, which, store);
    expect(found["currentKubernetesVersion"]).toBe("1.37.3");
    expect(found["agentPoolProfiles"]).toMatchObject([
      { name: "scoring", currentOrchestratorVersion: "1.37.1" },
      { name: "system", currentOrchestratorVersion: "1.37.3" },
    ]);
    const { kubeconfigs } = emulatorCall(
      `${AKS}listManagedClusterUserCredentials`,
      which,
      store,
    ) as { kubeconfigs: { value: string }[] };
    expect(Buffer.from(kubeconfigs[0]?.value ?? "", "base64").toString()).toContain(
      '"server":"https://flood-',
    );
    expect(() =>
      emulatorCall(
        `${AKS}listManagedClusterUserCredentials`,
        { ...which, resourceName: "x" },
        store,
      ),
    ).toThrow(/^ResourceNotFound: /);
  });

  it("list every pool by name after a refresh too", () => {
    const azure = new AzureStore(PLACE);
    const { id } = azure.create(`${AKS}ManagedCluster`, cluster);
    azure.create(`${AKS}AgentPool`, pool("scoring"));
    const read = azureAsResourceStore(azure).read(`${AKS}ManagedCluster`, id);
    expect(read?.outputs["agentPoolProfiles"]).toMatchObject([
      { name: "scoring" },
      { name: "system" },
    ]);
    expect(read?.inputs).toEqual(cluster);
  });

  it("take a new pool as a resource of its own only", () => {
    const azure = new AzureStore(PLACE);
    const { id } = azure.create(`${AKS}ManagedCluster`, cluster);
    const agentPoolProfiles = [...cluster.agentPoolProfiles, { name: "scoring" }];
    const change = () =>
      azure.update(id, `${AKS}ManagedCluster`, { ...cluster, agentPoolProfiles });
    expect(change).toThrow(/^BadRequest: A new agent pool was introduced \(scoring\)\./);
    azure.create(`${AKS}AgentPool`, pool("scoring"));
    expect(change).not.toThrow();
  });
});
