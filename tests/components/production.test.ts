import { beforeAll, describe, expect, it } from "@jest/globals";
import { roleDefinitionIds } from "../../components/roleDefinitions";
import type { EmulatorRun } from "../../emulator/onEmulator";
import { resourceKey } from "../../graph/changes";
import { plainInputs, revealed } from "../../graph/plainInputs";
import { evaluatedPreview } from "../evaluation/client";
import { PRODUCTION, productionRun, productionSettings, SUBSCRIPTION } from "../stacks";

/**
 * The whole production stack, evaluated on the emulator: how its parts fit together. What each part declares is
 * tested beside it; neither proves that Azure or AKS takes it.
 */

const GROUP = `/subscriptions/${SUBSCRIPTION}/resourceGroups/rg`;
const HUB = `/subscriptions/${SUBSCRIPTION}/resourceGroups/hub/providers/Microsoft.Network`;
const DIGEST_B = `crflood.azurecr.io/gauge@sha256:${"b".repeat(64)}`;

const typesOf = (run: EmulatorRun) => {
  const counts: Record<string, number> = {};
  for (const { type, custom } of run.resources) {
    if (custom) counts[type] = (counts[type] ?? 0) + 1;
  }
  return counts;
};

function inputs(run: EmulatorRun, name: string): Record<string, unknown> {
  const found = run.resources.filter((one) => one.custom && one.name === name);
  if (found.length !== 1) throw new Error(`${found.length} resources ${name}`);
  return plainInputs(found[0]!.inputs, revealed);
}

describe("the production stack", () => {
  let run: EmulatorRun;
  beforeAll(async () => {
    run = await productionRun();
  });

  it("declares each kind of resource exactly as often as it is needed", () => {
    expect(typesOf(run)).toEqual({
      "azure-native:alertsmanagement:PrometheusRuleGroup": 3,
      "azure-native:authorization:PolicyAssignment": 1,
      "azure-native:authorization:RoleAssignment": 8,
      "azure-native:containerregistry:Registry": 1,
      "azure-native:containerservice:AgentPool": 1,
      "azure-native:containerservice:MaintenanceConfiguration": 2,
      "azure-native:containerservice:ManagedCluster": 1,
      "azure-native:dashboard:Dashboard": 2,
      "azure-native:dashboard:DashboardDefinition": 2,
      "azure-native:keyvault:Vault": 1,
      "azure-native:managedidentity:FederatedIdentityCredential": 1,
      "azure-native:managedidentity:UserAssignedIdentity": 4,
      "azure-native:monitor:AzureMonitorWorkspace": 1,
      "azure-native:monitor:DataCollectionEndpoint": 1,
      "azure-native:monitor:DataCollectionRule": 2,
      "azure-native:monitor:DataCollectionRuleAssociation": 2,
      "azure-native:monitor:DiagnosticSetting": 9,
      "azure-native:network:FlowLog": 1,
      "azure-native:network:NatGateway": 1,
      "azure-native:network:NetworkSecurityGroup": 4,
      "azure-native:network:PrivateDnsZoneGroup": 5,
      "azure-native:network:PrivateEndpoint": 5,
      "azure-native:network:PublicIPAddress": 1,
      "azure-native:network:VirtualNetwork": 1,
      "azure-native:operationalinsights:Workspace": 1,
      "azure-native:privatedns:PrivateZone": 5,
      "azure-native:privatedns:VirtualNetworkLink": 5,
      "azure-native:storage:BlobContainer": 1,
      "azure-native:storage:BlobServiceProperties": 2,
      "azure-native:storage:StorageAccount": 2,
      "kubernetes:apps/v1:Deployment": 1,
      "kubernetes:autoscaling/v2:HorizontalPodAutoscaler": 1,
      "kubernetes:core/v1:ConfigMap": 1,
      "kubernetes:core/v1:LimitRange": 1,
      "kubernetes:core/v1:Namespace": 2,
      "kubernetes:core/v1:ResourceQuota": 1,
      "kubernetes:core/v1:Service": 1,
      "kubernetes:core/v1:ServiceAccount": 1,
      "kubernetes:gateway.networking.k8s.io/v1:Gateway": 1,
      "kubernetes:gateway.networking.k8s.io/v1:HTTPRoute": 1,
      "kubernetes:networking.k8s.io/v1:NetworkPolicy": 5,
      "kubernetes:policy/v1:PodDisruptionBudget": 1,
      "pulumi-nodejs:dynamic/mlscore:GatewayApi": 1,
      "pulumi:providers:kubernetes": 1,
    });
  });

  it("has one public address, for what goes out; nothing is reached from outside", () => {
    expect(inputs(run, "network-nat-gateway")["publicIpAddresses"]).toEqual([
      { id: `${GROUP}/providers/Microsoft.Network/publicIPAddresses/pip-ng-flood-d12b3d` },
    ]);
    for (const name of ["registry", "features", "flow-logs-storage"]) {
      expect(inputs(run, name)["publicNetworkAccess"]).toBe("Disabled");
    }
    expect(inputs(run, "key-vault")["properties"]).toMatchObject({
      publicNetworkAccess: "Disabled",
    });
    expect(inputs(run, "cluster")["apiServerAccessProfile"]).toMatchObject({
      enablePrivateCluster: true,
      enablePrivateClusterPublicFQDN: false,
    });
  });

  it("grants eight roles, each to one principal on one resource, none on a group or subscription", () => {
    const roleNames = new Map(Object.entries(roleDefinitionIds).map(([name, id]) => [id, name]));
    const grants = run.resources.flatMap((one) =>
      one.type.endsWith(":RoleAssignment") ? [plainInputs(one.inputs, revealed)] : [],
    );
    const shown = grants.map((grant) => {
      const id = String(grant["roleDefinitionId"]).split("/").at(-1) ?? "";
      const scope = String(grant["scope"]).replace(`${GROUP}/providers/`, "");
      return `${roleNames.get(id as never) ?? id} on ${scope} (${String(grant["principalType"])})`;
    });
    expect(shown.sort()).toEqual([
      "AcrPull on Microsoft.ContainerRegistry/registries/crfloodd12b3d (ServicePrincipal)",
      "Azure Kubernetes Service Cluster User Role on Microsoft.ContainerService/managedClusters/aks-flood-d12b3d (Group)",
      "Azure Kubernetes Service RBAC Cluster Admin on Microsoft.ContainerService/managedClusters/aks-flood-d12b3d (Group)",
      "Managed Identity Operator on Microsoft.ManagedIdentity/userAssignedIdentities/id-flood-kubelet-d12b3d (ServicePrincipal)",
      "Network Contributor on Microsoft.Network/virtualNetworks/vnet-flood-d12b3d (ServicePrincipal)",
      "Private DNS Zone Contributor on Microsoft.Network/privateDnsZones/private.canadacentral.azmk8s.io (ServicePrincipal)",
      "Storage Blob Data Contributor on Microsoft.Storage/storageAccounts/stflowfloodd12b3d (ServicePrincipal)",
      "Storage Blob Data Reader on Microsoft.Storage/storageAccounts/stfloodd12b3d/blobServices/default/containers/features (ServicePrincipal)",
    ]);
  });

  it("protects cluster, storage, vault and registry as the settings say", async () => {
    const guarded = (of: EmulatorRun) =>
      of.resources
        .filter((one) => one.protect)
        .map(({ name }) => name)
        .sort();
    expect(guarded(run)).toEqual([
      "cluster",
      "features",
      "features-container",
      "flow-logs-storage",
      "key-vault",
      "registry",
    ]);
    expect(guarded(await productionRun({ protect: "false" }))).toEqual([]);
  });

  it("gives every object of Kubernetes to the provider of this cluster", () => {
    const provider = run.resources.find(({ type }) => type === "pulumi:providers:kubernetes");
    const kubeconfig = JSON.stringify(plainInputs(provider?.inputs ?? {}, revealed));
    expect(kubeconfig).toContain("kubelogin");
    expect(kubeconfig).not.toMatch(/client-key|password|"token"|token:/);
    expect(plainInputs(provider?.inputs ?? {}, revealed)["clusterIdentifier"]).toBe(
      `${GROUP}/providers/Microsoft.ContainerService/managedClusters/aks-flood-d12b3d`,
    );
  });

  it("exports what callers and reviewers need, and no credential", () => {
    const { foundation, ...outputs } = run.outputs;
    expect(outputs).toEqual({
      resourceGroupName: "rg",
      clusterName: "aks-flood-d12b3d",
      registryName: "crfloodd12b3d",
      image: PRODUCTION.image.digest,
      release: { releaseId: expect.stringMatching(/^[0-9a-f]{64}$/), unchecked: true },
      soakedReleases: {},
      namespace: "gauge-endpoint",
      hostname: "flood.example.internal",
    });
    expect(foundation).toMatchObject({ location: "canadacentral", workload: "flood" });
  });

  it("declares in a preview, with everything unknown, what it declares in an update", async () => {
    const preview = await evaluatedPreview("production", productionSettings());
    const urns = (resources: readonly { readonly urn: string }[]) =>
      resources.map(({ urn }) => urn).sort();
    expect(urns(preview.resources)).toEqual(urns(run.resources));
  });

  it("shows policies the cluster's security profile in a preview, with the id that the workspace will have", async () => {
    const preview = await evaluatedPreview("production", productionSettings());
    const profile = (resources: typeof preview.resources) =>
      resources.find(({ type }) => type.endsWith(":ManagedCluster"))?.inputs["securityProfile"];
    expect(profile(preview.resources)).toMatchObject({ workloadIdentity: { enabled: true } });
    expect(profile(preview.resources)).toEqual(profile(run.resources));
    const workspace = run.resources.find(({ type }) =>
      type.endsWith(":operationalinsights:Workspace"),
    );
    expect(profile(run.resources)).toMatchObject({
      defender: {
        logAnalyticsWorkspaceResourceId: run.created.get(resourceKey(workspace!))?.id,
      },
    });
  });
});

describe("a change of production's settings", () => {
  let first: EmulatorRun;
  beforeAll(async () => {
    first = await productionRun();
  });
  const changes = async (settings: Record<string, unknown>) =>
    (await productionRun(settings, first.stored)).changes
      .filter(({ op }) => op !== "same")
      .map(({ op, name }) => `${op} ${name}`);

  it("is none for the same settings", async () => {
    expect(await changes({})).toEqual([]);
  });

  it("is the Deployment alone for another image", async () => {
    expect(await changes({ image: { digest: DIGEST_B } })).toEqual(["update scoring-stable"]);
  });

  it("is one pool alone for its number of nodes", async () => {
    const userPools = { scoring: { ...PRODUCTION.cluster.userPools.scoring, maxCount: 9 } };
    expect(await changes({ cluster: { ...PRODUCTION.cluster, userPools } })).toEqual([
      "update cluster-scoring",
    ]);
  });

  it("is the cluster, and the Gateway API after it, for the system pool's number of nodes", async () => {
    const systemPool = { ...PRODUCTION.cluster.systemPool, maxCount: 6 };
    expect(await changes({ cluster: { ...PRODUCTION.cluster, systemPool } })).toEqual([
      "update cluster",
      "update gateway-api",
    ]);
  });

  it("replaces nothing for other tags", async () => {
    const changed = await changes({ tags: { owner: "others" } });
    expect(changed.length).toBeGreaterThan(20);
    expect(changed.filter((change) => !change.startsWith("update "))).toEqual([]);
  });

  it("adds a Deployment and a Service for a canary, and changes quota and route", async () => {
    const canary = { image: DIGEST_B, releaseId: "c".repeat(64), weight: 10 };
    expect((await changes({ canary })).sort()).toEqual([
      "create scoring-canary",
      "create scoring-canary-service",
      "update scoring-quota",
      "update scoring-route",
    ]);
  });
});

describe("choices of production", () => {
  it("sends what goes out through the hub's firewall, without a public address", async () => {
    const network = {
      ...PRODUCTION.network,
      egress: { type: "firewall", nextHopIpAddress: "10.0.0.4" },
    };
    const run = await productionRun({ network: { ...network, flowLogs: false } });
    const types = typesOf(run);
    expect(types).not.toHaveProperty(["azure-native:network:FlowLog"]);
    expect(types["azure-native:storage:StorageAccount"]).toBe(1);
    expect(types).not.toHaveProperty(["azure-native:network:PublicIPAddress"]);
    expect(types).not.toHaveProperty(["azure-native:network:NatGateway"]);
    expect(types["azure-native:network:RouteTable"]).toBe(1);
    expect(inputs(run, "cluster")["networkProfile"]).toMatchObject({
      outboundType: "userDefinedRouting",
    });
  });

  it("leaves a network and zones of others as they are, and uses them", async () => {
    const vnetId = `${HUB}/virtualNetworks/spoke`;
    const subnet = (name: string) => `${vnetId}/subnets/${name}`;
    const zone = (name: string) => `${HUB}/privateDnsZones/${name}`;
    const run = await productionRun({
      network: {
        vnetId,
        subnetIds: {
          nodes: subnet("nodes"),
          apiServer: subnet("api"),
          privateEndpoints: subnet("pe"),
          gateway: subnet("gw"),
        },
        egress: "firewall",
        privateDnsZoneIds: {
          registry: zone("privatelink.azurecr.io"),
          vault: zone("privatelink.vaultcore.azure.net"),
          blob: zone("privatelink.blob.core.windows.net"),
          dfs: zone("privatelink.dfs.core.windows.net"),
          apiServer: zone("private.canadacentral.azmk8s.io"),
        },
      },
    });
    const types = Object.keys(typesOf(run));
    expect(types.filter((type) => type.startsWith("azure-native:privatedns:"))).toEqual([]);
    expect(types.filter((type) => type.startsWith("azure-native:network:")).sort()).toEqual([
      "azure-native:network:PrivateDnsZoneGroup",
      "azure-native:network:PrivateEndpoint",
    ]);
    expect(inputs(run, "cluster")["apiServerAccessProfile"]).toMatchObject({
      subnetId: subnet("api"),
      privateDNSZone: zone("private.canadacentral.azmk8s.io"),
    });
    const gateway = inputs(run, "scoring-gateway")["spec"] as Record<string, unknown>;
    expect(gateway["infrastructure"]).toMatchObject({
      annotations: { "service.beta.kubernetes.io/azure-load-balancer-internal-subnet": "gw" },
    });
  });

  it("tells by events of the vault that a certificate expires, where somebody is called", async () => {
    const notify = { owner: "flood team", email: ["on-call@example.org"] };
    const secure = { certificateName: "flood", plainHttp: false };
    const run = await productionRun({ ...secure, notify });
    expect(inputs(run, "certificate-alerts")).toEqual({
      systemTopicName: "egst-flood-d12b3d",
      resourceGroupName: "rg",
      location: "canadacentral",
      source: `${GROUP}/providers/Microsoft.KeyVault/vaults/kv-flood-d12b3d`,
      topicType: "Microsoft.KeyVault.vaults",
      tags: { owner: "tests" },
    });
    const expected = [
      ["CertificateNearExpiry", "near-expiry", "Sev2"],
      ["CertificateExpired", "expired", "Sev0"],
    ] as const;
    for (const [event, suffix, severity] of expected) {
      expect(inputs(run, `certificate-alerts-certificate-${suffix}`)).toEqual({
        systemTopicName: "egst-flood-d12b3d",
        resourceGroupName: "rg",
        eventSubscriptionName: event,
        eventDeliverySchema: "CloudEventSchemaV1_0",
        // Nothing else of the vault, such as a new version of a certificate.
        filter: {
          includedEventTypes: [`Microsoft.KeyVault.${event}`],
          isSubjectCaseSensitive: false,
        },
        destination: {
          endpointType: "MonitorAlert",
          severity,
          description: expect.stringMatching(
            /Owner: flood team\. Runbook: docs\/runbooks\/certificate\.md$/,
          ) as unknown,
          actionGroups: [`${GROUP}/providers/Microsoft.Insights/actionGroups/ag-flood-d12b3d`],
        },
      });
    }
    for (const quiet of [secure, { notify }]) {
      const types = (await productionRun(quiet)).resources.map(({ type }) => type);
      expect(types.filter((type) => type.includes(":eventgrid:"))).toEqual([]);
    }
  });

  it("serves over TLS with a certificate of the vault, which one more identity may read", async () => {
    const run = await productionRun({ certificateName: "flood", plainHttp: false });
    expect(inputs(run, "gateway-identity-certificate-reader")).toMatchObject({
      scope: `${GROUP}/providers/Microsoft.KeyVault/vaults/kv-flood-d12b3d`,
      principalType: "ServicePrincipal",
    });
    expect(inputs(run, "gateway-identity-credential")["subject"]).toBe(
      "system:serviceaccount:gauge-endpoint-gateway:gateway",
    );
    const gateway = inputs(run, "scoring-gateway")["spec"] as { listeners: object[] };
    expect(gateway.listeners).toMatchObject([
      {
        protocol: "HTTPS",
        tls: {
          options: {
            "kubernetes.azure.com/tls-cert-keyvault-uri":
              "https://kv-flood-d12b3d.vault.azure.net/certificates/flood",
          },
        },
      },
    ]);
  });
});
