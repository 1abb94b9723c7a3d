import { beforeAll, describe, expect, it } from "@jest/globals";
import * as resources from "@pulumi/azure-native/resources";
import type { Cluster, ClusterArgs } from "../../../components/cluster";
import type { EmulatorRun } from "../../../emulator/onEmulator";
import { ADMINISTRATORS, inputsOf, namesOf, SUBSCRIPTION } from "../../stacks";
import { cluster, CLUSTER, SETTINGS, TENANT, valueOf, VNET, ZONE } from "./clusterParts";
import {
  declared,
  dependenciesOf,
  GROUP,
  guarded,
  LOG_ANALYTICS,
  PLACE,
  typeCounts,
} from "./declared";

// Proves what is declared; it does not prove that AKS makes a cluster of it.

const MANAGED_CLUSTER = "containerservice:ManagedCluster";
const identityId = (name: string) =>
  `${GROUP}/providers/Microsoft.ManagedIdentity/userAssignedIdentities/${name}`;

describe("the cluster", () => {
  let run: EmulatorRun;
  let created: Cluster;
  let body: Record<string, unknown>;
  beforeAll(async () => {
    run = await declared(() => {
      const network = new resources.ResourceGroup("network-ready", { resourceGroupName: "rg-n" });
      created = cluster({}, [network]);
    });
    body = inputsOf(run, MANAGED_CLUSTER, "cluster");
  });

  it("consists of the cluster, two user pools and two roles for the administrators", () => {
    expect(typeCounts(run)).toMatchObject({
      [MANAGED_CLUSTER]: 1,
      "containerservice:AgentPool": 2,
      "authorization:RoleAssignment": 4 + 2,
    });
  });

  it("is called and lies as the settings say, with an SLA", () => {
    expect(body).toMatchObject({
      ...PLACE,
      resourceName: "aks-flood",
      dnsPrefix: "flood",
      nodeResourceGroup: "rg-flood-nodes",
      nodeResourceGroupProfile: { restrictionLevel: "ReadOnly" },
      sku: { name: "Base", tier: "Standard" },
      kubernetesVersion: "1.37",
    });
  });

  it("has its API server in the network, in its own zone, without a public name or a way around", () => {
    expect(body["apiServerAccessProfile"]).toEqual({
      enablePrivateCluster: true,
      enablePrivateClusterPublicFQDN: false,
      enableVnetIntegration: true,
      subnetId: `${VNET}/subnets/api`,
      privateDNSZone: ZONE,
      disableRunCommand: true,
    });
    expect(body).not.toHaveProperty("publicNetworkAccess");
    expect(body).not.toHaveProperty("fqdnSubdomain");
  });

  it("lets in Entra identities with Azure roles only", () => {
    expect(body["aadProfile"]).toEqual({ managed: true, enableAzureRBAC: true, tenantID: TENANT });
    expect(body["disableLocalAccounts"]).toBe(true);
    expect(body["enableRBAC"]).toBe(true);
    expect(body).not.toHaveProperty("linuxProfile");
    expect(body).not.toHaveProperty("servicePrincipalProfile");
  });

  it("acts as two identities made for it", () => {
    const kubelet = run.created.get(
      "azure-native:managedidentity:UserAssignedIdentity::cluster-identity-kubelet",
    );
    expect(body["identity"]).toEqual({
      type: "UserAssigned",
      userAssignedIdentities: [identityId("id-flood-cluster")],
    });
    expect(body["identityProfile"]).toEqual({
      kubeletidentity: {
        resourceId: identityId("id-flood-kubelet"),
        clientId: kubelet?.outputs["clientId"],
        objectId: kubelet?.outputs["principalId"],
      },
    });
  });

  it("has an overlay network with Cilium and the given addresses and way out", () => {
    expect(body["networkProfile"]).toEqual({
      networkPlugin: "azure",
      networkPluginMode: "overlay",
      networkDataplane: "cilium",
      networkPolicy: "cilium",
      loadBalancerSku: "standard",
      outboundType: "userAssignedNATGateway",
      podCidr: "192.168.0.0/16",
      serviceCidr: "172.16.0.0/16",
      dnsServiceIP: "172.16.0.10",
    });
  });

  it("has the add-ons that production needs and no others", () => {
    expect(body["addonProfiles"]).toEqual({
      azurepolicy: { enabled: true },
      omsagent: {
        enabled: true,
        config: { logAnalyticsWorkspaceResourceID: LOG_ANALYTICS, useAADAuth: "true" },
      },
      azureKeyvaultSecretsProvider: { enabled: true, config: { enableSecretRotation: "true" } },
      kubeDashboard: { enabled: false },
    });
    expect(body["azureMonitorProfile"]).toEqual({ metrics: { enabled: true } });
    expect(body["storageProfile"]).toEqual({
      blobCSIDriver: { enabled: false },
      diskCSIDriver: { enabled: false },
      fileCSIDriver: { enabled: false },
      snapshotController: { enabled: false },
    });
    expect(body["ingressProfile"]).toEqual({
      webAppRouting: { enabled: true, nginx: { defaultIngressControllerType: "None" } },
    });
  });

  it("hands tokens to pods, cleans images, and patches itself", () => {
    expect(body["oidcIssuerProfile"]).toEqual({ enabled: true });
    expect(body["securityProfile"]).toEqual({
      workloadIdentity: { enabled: true },
      imageCleaner: { enabled: true, intervalHours: 168 },
      defender: {
        logAnalyticsWorkspaceResourceId: LOG_ANALYTICS,
        securityMonitoring: { enabled: true },
      },
    });
    expect(body["autoUpgradeProfile"]).toEqual({
      upgradeChannel: "patch",
      nodeOSUpgradeChannel: "NodeImage",
    });
  });

  it("has nothing in its body that no test here knows", () => {
    expect(Object.keys(body).sort()).toEqual([
      "aadProfile",
      "addonProfiles",
      "agentPoolProfiles",
      "apiServerAccessProfile",
      "autoUpgradeProfile",
      "azureMonitorProfile",
      "disableLocalAccounts",
      "dnsPrefix",
      "enableRBAC",
      "identity",
      "identityProfile",
      "ingressProfile",
      "kubernetesVersion",
      "location",
      "networkProfile",
      "nodeResourceGroup",
      "nodeResourceGroupProfile",
      "oidcIssuerProfile",
      "resourceGroupName",
      "resourceName",
      "securityProfile",
      "sku",
      "storageProfile",
      "tags",
    ]);
  });

  it("is made after the identities' roles and whatever else has to be there", () => {
    expect(dependenciesOf(run, "cluster")).toEqual(
      expect.arrayContaining([
        "cluster-identity-acr-pull",
        "cluster-identity-dns",
        "cluster-identity-kubelet-operator",
        "cluster-identity-network",
        "network-ready",
      ]),
    );
  });

  it("is guarded, and nothing else of it", () => {
    expect(guarded(run)).toEqual([`${MANAGED_CLUSTER} cluster`]);
  });

  it("gives the administrators' group the cluster and its kubeconfig", () => {
    const grants = namesOf(run, ":RoleAssignment")
      .filter((name) => !name.startsWith("cluster-identity"))
      .map((name) => {
        const { scope, principalId, principalType, roleDefinitionId } = inputsOf(
          run,
          "authorization:RoleAssignment",
          name,
        );
        return [scope, principalId, principalType, roleDefinitionId];
      });
    const role = (id: string) =>
      `/subscriptions/${SUBSCRIPTION}/providers/Microsoft.Authorization/roleDefinitions/${id}`;
    expect(grants).toEqual([
      [CLUSTER, ADMINISTRATORS, "Group", role("b1ff04bb-8a4e-4dc4-8eb5-8693973ce19b")],
      [CLUSTER, ADMINISTRATORS, "Group", role("4abbcc35-e782-43d8-92c5-2d3f1bd2253f")],
    ]);
  });

  it("tells where it is, who signs its tokens and how to get in", async () => {
    expect(await valueOf(created.id)).toBe(CLUSTER);
    expect(await valueOf(created.name)).toBe("aks-flood");
    expect(await valueOf(created.oidcIssuerUrl)).toMatch(
      /^https:\/\/canadacentral\.oic\.prod-aks\.azure\.com\/[0-9a-f-]{36}\/[0-9a-f-]{36}\/$/,
    );
    const kubeconfig = JSON.parse(await valueOf(created.kubeconfig)) as {
      clusters: [{ cluster: Record<string, string> }];
    };
    expect(kubeconfig.clusters[0].cluster["server"]).toMatch(
      /^https:\/\/flood-[0-9a-f]{8}\.private\.canadacentral\.azmk8s\.io:443$/,
    );
  });

  it("has for others to wait for: itself, its pools and the administrators' roles", async () => {
    const urns = await Promise.all(created.ready.map(({ urn }) => valueOf(urn)));
    expect(urns.map((urn) => urn.split("::").at(-1))).toEqual([
      "cluster",
      "cluster-reports",
      "cluster-scoring",
      `cluster-admin-${ADMINISTRATORS}`,
      `cluster-user-${ADMINISTRATORS}`,
    ]);
  });

  it("tells the ETag of its last write", async () => {
    expect(await valueOf(created.etag)).toMatch(/^[0-9a-f]{8}-/);
  });
});

describe("Defender for Containers", () => {
  it("is left out when the settings say so", async () => {
    const run = await declared(() => {
      cluster({ settings: { ...SETTINGS, defender: false } });
    });
    const { securityProfile } = inputsOf(run, MANAGED_CLUSTER, "cluster");
    expect(securityProfile).not.toHaveProperty("defender");
  });
});

describe("what AKS changes by itself", () => {
  const declaredWith = async (live: ClusterArgs["live"]) => {
    const run = await declared(() => {
      cluster({ live });
    });
    const found = run.resources.find(({ name, custom }) => custom && name === "cluster");
    const [system] = inputsOf(run, MANAGED_CLUSTER, "cluster")["agentPoolProfiles"] as object[];
    return { ignored: found?.ignoreChanges, system };
  };

  it("is nothing while there is no cluster", async () => {
    expect((await declaredWith({ pools: {} })).ignored).toEqual([]);
  });

  it("is the patch of the wanted minor version, which Pulumi leaves alone", async () => {
    expect((await declaredWith({ version: "1.37.5", pools: {} })).ignored).toEqual([
      "kubernetesVersion",
    ]);
    expect((await declaredWith({ version: "1.36.9", pools: {} })).ignored).toEqual([]);
  });

  it("is the system pool's number of nodes and patch, which are sent as they are, by the pool's name", async () => {
    const pools = {
      reports: { count: 1, orchestratorVersion: "1.37.1" },
      scoring: { count: 9, orchestratorVersion: "1.37.2" },
      system: { count: 5, orchestratorVersion: "1.37.5" },
    };
    const { ignored, system } = await declaredWith({ version: "1.37.5", pools });
    expect(system).toMatchObject({ name: "system", count: 5, orchestratorVersion: "1.37.5" });
    expect(ignored).toEqual(["kubernetesVersion"]);
  });

  it("is no version that has to be raised, each by itself", async () => {
    const pools = { system: { count: 3, orchestratorVersion: "1.36.9" } };
    const { ignored, system } = await declaredWith({ version: "1.37.0", pools });
    expect(system).toMatchObject({ orchestratorVersion: "1.37" });
    expect(ignored).toEqual(["kubernetesVersion"]);
  });
});
