import { beforeAll, describe, expect, it } from "@jest/globals";
import type { EmulatorRun } from "../../emulator/onEmulator";
import { evaluatedPreview } from "../evaluation/client";
import { DEPLOYER, inputsOf, namesOf, sandboxRun, sandboxSettings, SUBSCRIPTION } from "../stacks";
import { masked, plainInputs } from "../../graph/plainInputs";
import { HIDDEN } from "../../secrets/mask";

const GROUP = `/subscriptions/${SUBSCRIPTION}/resourceGroups/rg`;
const WORKSPACE = `${GROUP}/providers/Microsoft.MachineLearningServices/workspaces/mlw-flood-0d1782`;
const STORAGE = `${GROUP}/providers/Microsoft.Storage/storageAccounts/stflood0d1782`;
const REGISTRY = `${GROUP}/providers/Microsoft.ContainerRegistry/registries/crflood0d1782`;
const PLACE = { resourceGroupName: "rg", location: "canadacentral", tags: { owner: "tests" } };

describe("the sandbox stack", () => {
  let run: EmulatorRun;
  beforeAll(async () => {
    run = await sandboxRun();
  });

  it("declares each kind of resource exactly as often as it is needed", () => {
    const counts: Record<string, number> = {};
    for (const { type, custom } of run.resources) {
      if (custom) counts[type] = (counts[type] ?? 0) + 1;
    }
    expect(counts).toEqual({
      "azure-native:applicationinsights:Component": 1,
      "azure-native:applicationinsights:Workbook": 1,
      "azure-native:authorization:RoleAssignment": 4,
      "azure-native:containerregistry:Registry": 1,
      "azure-native:keyvault:Vault": 1,
      "pulumi-nodejs:dynamic/mlscore:CodeVersion": 1,
      "azure-native:machinelearningservices:Datastore": 1,
      "pulumi-nodejs:dynamic/mlscore:EnvironmentVersion": 1,
      "pulumi-nodejs:dynamic/mlscore:ModelVersion": 2,
      "azure-native:machinelearningservices:OnlineDeployment": 2,
      "azure-native:machinelearningservices:OnlineEndpoint": 1,
      "azure-native:machinelearningservices:Workspace": 1,
      "azure-native:managedidentity:UserAssignedIdentity": 1,
      "azure-native:monitor:DiagnosticSetting": 4,
      "azure-native:operationalinsights:Workspace": 1,
      "azure-native:storage:BlobContainer": 1,
      "azure-native:storage:StorageAccount": 1,
      "pulumi-nodejs:dynamic/mlscore:AssetUpload": 3,
      "pulumi-nodejs:dynamic/mlscore:TrafficSplit": 1,
    });
  });

  it("gives the registry neither an admin user nor anonymous pull", () => {
    expect(inputsOf(run, "containerregistry:Registry", "registry")).toEqual({
      ...PLACE,
      registryName: "crflood0d1782",
      sku: { name: "Standard" },
      adminUserEnabled: false,
      anonymousPullEnabled: false,
      publicNetworkAccess: "Enabled",
      networkRuleBypassOptions: "AzureServices",
      zoneRedundancy: "Disabled",
    });
  });

  it("gives the workspace storage without namespace, shared keys or public blobs", () => {
    expect(inputsOf(run, "storage:StorageAccount", "workspace-storage")).toEqual({
      ...PLACE,
      accountName: "stflood0d1782",
      kind: "StorageV2",
      sku: { name: "Standard_LRS" },
      isHnsEnabled: false,
      allowSharedKeyAccess: false,
      allowBlobPublicAccess: false,
      allowCrossTenantReplication: false,
      defaultToOAuthAuthentication: true,
      isLocalUserEnabled: false,
      enableHttpsTrafficOnly: true,
      minimumTlsVersion: "TLS1_2",
      publicNetworkAccess: "Enabled",
      networkRuleSet: { bypass: "AzureServices", defaultAction: "Allow" },
    });
  });

  it("gives the workspace an RBAC vault that cannot be purged", () => {
    const { properties } = inputsOf(run, "keyvault:Vault", "workspace-key-vault");
    expect(properties).toMatchObject({
      enableRbacAuthorization: true,
      enablePurgeProtection: true,
      enableSoftDelete: true,
      softDeleteRetentionInDays: 7,
    });
    expect(properties).not.toHaveProperty("accessPolicies");
  });

  it("makes the workspace use identities for its own datastores", () => {
    const workspace = inputsOf(run, "machinelearningservices:Workspace", "workspace");
    expect(workspace).toMatchObject({
      workspaceName: "mlw-flood-0d1782",
      identity: { type: "SystemAssigned" },
      storageAccount: STORAGE,
      containerRegistry: REGISTRY,
      systemDatastoresAuthMode: "Identity",
      v1LegacyMode: false,
      managedNetwork: { isolationMode: "Disabled" },
      provisionNetworkNow: false,
    });
  });

  it("reaches the asset container by identity alone", () => {
    const { properties } = inputsOf(run, "machinelearningservices:Datastore", "assets-datastore");
    expect(properties).toEqual({
      datastoreType: "AzureBlob",
      accountName: "stflood0d1782",
      containerName: "assets",
      credentials: { credentialsType: "None" },
      serviceDataAccessAuthIdentity: "WorkspaceSystemAssignedIdentity",
    });
  });

  it("grants the endpoint's identity three narrow roles and the deployers one, each with a principal type", () => {
    const principalId = run.created.get(
      "azure-native:managedidentity:UserAssignedIdentity::endpoint-identity",
    )?.outputs["principalId"];
    expect(principalId).toMatch(/^[0-9a-f-]{36}$/);
    const grant = (name: string) => {
      const inputs = inputsOf(run, "authorization:RoleAssignment", name);
      const role = String(inputs["roleDefinitionId"]).split("/").at(-1);
      return [inputs["scope"], role, inputs["principalId"], inputs["principalType"]];
    };
    const container = `${STORAGE}/blobServices/default/containers/assets`;
    expect([
      grant("endpoint-acr-pull"),
      grant("endpoint-storage-reader"),
      grant("endpoint-metrics-writer"),
      grant(`assets-deployer-${DEPLOYER}`),
    ]).toEqual([
      [REGISTRY, "7f951dda-4ed3-4680-a7ca-43fe172d538d", principalId, "ServicePrincipal"],
      [STORAGE, "2a2b9908-6ea1-4ae2-8e65-a410df84e7d1", principalId, "ServicePrincipal"],
      [WORKSPACE, "635dd51f-9968-44d3-b7fb-6d9a6bd613ae", principalId, "ServicePrincipal"],
      [container, "ba92f5b4-2d11-453d-a403-e96b0029c9fe", DEPLOYER, "Group"],
    ]);
  });

  it("creates the endpoint with its identity and without any traffic", () => {
    expect(inputsOf(run, "machinelearningservices:OnlineEndpoint", "endpoint")).toEqual({
      resourceGroupName: "rg",
      location: "canadacentral",
      workspaceName: "mlw-flood-0d1782",
      endpointName: "gauge-endpoint",
      identity: {
        type: "UserAssigned",
        userAssignedIdentities: [
          `${GROUP}/providers/Microsoft.ManagedIdentity/userAssignedIdentities/id-flood-endpoint-0d1782`,
        ],
      },
      properties: { authMode: "Key", publicNetworkAccess: "Enabled", properties: {} },
      tags: { owner: "tests", domain: "hydrology" },
    });
  });

  it("compiles a deployment's YAML to ARM's words and units", () => {
    const { sku, properties } = inputsOf(
      run,
      "machinelearningservices:OnlineDeployment",
      "endpoint-blue",
    );
    expect(sku).toEqual({ name: "Default", tier: "Standard", capacity: 2 });
    expect(properties).toEqual({
      endpointComputeType: "Managed",
      instanceType: "Standard_DS3_v2",
      scaleSettings: { scaleType: "Default" },
      appInsightsEnabled: false,
      environmentVariables: { WORKER_COUNT: "1", UPSTREAM_API_KEY: "hunter2" },
      properties: {},
      requestSettings: { requestTimeout: "PT1M30S", maxConcurrentRequestsPerInstance: 3 },
      readinessProbe: { initialDelay: "PT1S", period: "PT5S" },
      codeConfiguration: {
        scoringScript: "score.py",
        codeId: run.created.get(
          `pulumi-nodejs:dynamic/mlscore:CodeVersion::${namesOf(run, ":CodeVersion")[0]!}`,
        )?.id,
      },
      environmentId: run.created.get(
        `pulumi-nodejs:dynamic/mlscore:EnvironmentVersion::${namesOf(run, ":EnvironmentVersion")[0]!}`,
      )?.id,
      model: run.created.get(
        `pulumi-nodejs:dynamic/mlscore:ModelVersion::${namesOf(run, ":ModelVersion")[0]!}`,
      )?.id,
    });
  });

  it("gives every model a number for its version and tells its content in its name", () => {
    const models = namesOf(run, ":ModelVersion").map((name) => {
      const { properties, ...inputs } = inputsOf(
        run,
        "pulumi-nodejs:dynamic/mlscore:ModelVersion",
        name,
      );
      const { properties: more } = properties as { properties: { hash_sha256: string } };
      return [name, inputs["name"], inputs["version"], more.hash_sha256.slice(0, 16)];
    });
    expect(models).toHaveLength(2);
    for (const [logical, name, version, hash] of models) {
      expect(name).toMatch(new RegExp(`^gauge-endpoint-(blue|green)-model-${String(hash)}$`));
      expect(logical).toBe(name);
      expect(version).toBe("1");
    }
  });

  it("points a folder model at the folder by name and a file model at the file", () => {
    const uris = namesOf(run, ":ModelVersion").map((name) => {
      const { properties } = inputsOf(run, "pulumi-nodejs:dynamic/mlscore:ModelVersion", name);
      return (properties as { modelUri: string }).modelUri.split("/").at(-1);
    });
    expect(uris.sort()).toEqual(["model", "weights.json"]);
  });

  it("declares the traffic as YAML has it, with all that can change about the endpoint, last of all", () => {
    const traffic = run.resources.at(-1);
    expect(traffic?.type).toBe("pulumi-nodejs:dynamic/mlscore:TrafficSplit");
    const { __provider, ...inputs } = traffic?.inputs ?? {};
    expect(String(__provider)).toContain("./components/trafficProvider.ts");
    expect(inputs).toEqual({
      subscriptionId: SUBSCRIPTION,
      resourceGroupName: "rg",
      workspaceName: "mlw-flood-0d1782",
      endpointName: "gauge-endpoint",
      traffic: { blue: 90, green: 10 },
      mirrorTraffic: {},
      settings: {
        tags: { owner: "tests", domain: "hydrology" },
        publicNetworkAccess: "Enabled",
        properties: {},
      },
      deployments: {
        blue: `${WORKSPACE}/onlineEndpoints/gauge-endpoint/deployments/blue`,
        green: `${WORKSPACE}/onlineEndpoints/gauge-endpoint/deployments/green`,
      },
    });
  });

  it("lets azure-native make the endpoint and never write it again", () => {
    const endpoint = run.resources.find(({ custom, name }) => custom && name === "endpoint");
    expect(endpoint?.ignoreChanges).toEqual([
      "tags",
      "properties.description",
      "properties.publicNetworkAccess",
      "properties.properties",
      "properties.traffic",
      "properties.mirrorTraffic",
    ]);
  });

  it("chains grants, endpoint, deployments and traffic by their dependencies", () => {
    const dependenciesOf = (name: string) =>
      run.resources
        .filter((resource) => resource.custom && resource.name === name)
        .flatMap(({ dependencies }) => dependencies.map((urn) => urn.split("::").at(-1)));
    expect(dependenciesOf("endpoint")).toEqual(
      expect.arrayContaining([
        "endpoint-acr-pull",
        "endpoint-storage-reader",
        "endpoint-metrics-writer",
      ]),
    );
    expect(dependenciesOf("endpoint-blue")).toContain("endpoint");
    expect(dependenciesOf("endpoint-blue")).not.toContain("endpoint-green");
    expect(dependenciesOf("endpoint-green")).toEqual(
      expect.arrayContaining(["endpoint", "endpoint-blue"]),
    );
    expect(dependenciesOf("endpoint-traffic")).toEqual(
      expect.arrayContaining(["endpoint-blue", "endpoint-green"]),
    );
  });

  it("uploads only when the deployers may write, and registers only what is uploaded", () => {
    const [code = ""] = namesOf(run, ":CodeVersion");
    const upload = run.resources.find(({ name }) => name.startsWith("code/gauge-endpoint-code-"));
    expect(upload?.inputs["files"]).toEqual([
      { path: "score.py", source: "tests/fixtures/endpoint/code/score.py" },
    ]);
    expect(upload?.dependencies.map((urn) => urn.split("::").at(-1))).toContain(
      `assets-deployer-${DEPLOYER}`,
    );
    const version = run.resources.find(({ name }) => name === code);
    expect(version?.dependencies).toContain(upload?.urn);
  });

  it("guards what holds data or cannot be made again, and nothing else", () => {
    const guarded = run.resources
      .filter(({ protect }) => protect)
      .map(({ name, type }) => `${type} ${name}`);
    expect(guarded.sort()).toEqual([
      "azure-native:containerregistry:Registry registry",
      "azure-native:keyvault:Vault workspace-key-vault",
      "azure-native:machinelearningservices:Workspace workspace",
      "azure-native:storage:StorageAccount workspace-storage",
    ]);
  });

  it("shows nothing that sounds like a secret, nor what Application Insights answers", () => {
    const blue = run.resources.find(({ name }) => name === "endpoint-blue");
    const { environmentVariables } = plainInputs(blue?.inputs ?? {}, masked)["properties"] as {
      environmentVariables: Record<string, unknown>;
    };
    expect(environmentVariables["UPSTREAM_API_KEY"]).toBe(HIDDEN);
    expect(environmentVariables["WORKER_COUNT"]).toBe("1");
    const insights = run.resources.find(
      ({ name }) => name === "observability-application-insights",
    );
    expect(insights?.secretOutputs).toEqual(["connectionString", "instrumentationKey"]);
    expect(JSON.stringify(run.stored)).not.toContain("hunter2");
  });

  it("sends the diagnostics of endpoint, workspace, vault and registry to Log Analytics", () => {
    expect(namesOf(run, ":DiagnosticSetting")).toEqual([
      "endpoint-diagnostics",
      "registry-diagnostics",
      "workspace-diagnostics",
      "workspace-key-vault-diagnostics",
    ]);
  });

  it("exports where the endpoint is and no credential", () => {
    expect(run.outputs).toEqual({
      resourceGroupName: "rg",
      workspaceName: "mlw-flood-0d1782",
      endpointName: "gauge-endpoint",
      scoringUri: "https://gauge-endpoint.canadacentral.inference.ml.azure.com/score",
      traffic: { blue: 90, green: 10 },
      mirrorTraffic: {},
      instanceCounts: { blue: 2, green: 1 },
      releases: {
        blue: { id: expect.stringMatching(/^[0-9a-f]{64}$/), since: "2020-01-01T00:00:00Z" },
        green: { id: expect.stringMatching(/^[0-9a-f]{64}$/), since: "2020-01-01T00:00:00Z" },
      },
      foundation: {
        target: "sandbox",
        "subscription.id": SUBSCRIPTION,
        "resourceGroup.name": "rg",
        "resourceGroup.create": "false",
        location: "canadacentral",
        workload: "flood",
        workspace: "(created by the stack)",
        generation: "1",
      },
    });
  });

  it("declares in a preview, with everything unknown, what it declares in an update", async () => {
    const preview = await evaluatedPreview("sandbox", sandboxSettings());
    const names = (resources: readonly { readonly urn: string }[]) =>
      resources.map(({ urn }) => urn).sort();
    expect(names(preview.resources)).toEqual(names(run.resources));
    expect(Object.keys(preview.outputs).sort()).toEqual([
      "foundation",
      "instanceCounts",
      "mirrorTraffic",
      "resourceGroupName",
      "traffic",
    ]);
  });
});

describe("choices of the sandbox", () => {
  it("isolates the workspace and takes the registry that private endpoints need", async () => {
    const run = await sandboxRun({ network: { isolationMode: "AllowInternetOutbound" } });
    expect(inputsOf(run, "machinelearningservices:Workspace", "workspace")).toMatchObject({
      managedNetwork: { isolationMode: "AllowInternetOutbound" },
      provisionNetworkNow: true,
    });
    expect(inputsOf(run, "containerregistry:Registry", "registry")["sku"]).toEqual({
      name: "Premium",
    });
    expect(namesOf(run, ":ManagedNetworkSettingsRule")).toEqual([]);
  });

  it("writes approved outbound rules one after the other, before the endpoint", async () => {
    const run = await sandboxRun({
      network: { isolationMode: "AllowOnlyApprovedOutbound" },
      outboundRules: {
        features: {
          type: "PrivateEndpoint",
          serviceResourceId: `${GROUP}/providers/Microsoft.Storage/storageAccounts/features`,
          subresourceTarget: "dfs",
        },
        mirror: { type: "FQDN", destination: "*.example.org" },
        entra: {
          type: "ServiceTag",
          serviceTag: "AzureActiveDirectory",
          protocol: "TCP",
          portRanges: "443",
        },
      },
    });
    const rules = run.resources.filter(({ type }) => type.endsWith(":ManagedNetworkSettingsRule"));
    expect(rules.map(({ inputs }) => inputs["properties"])).toEqual([
      {
        type: "PrivateEndpoint",
        category: "UserDefined",
        destination: {
          serviceResourceId: `${GROUP}/providers/Microsoft.Storage/storageAccounts/features`,
          subresourceTarget: "dfs",
        },
      },
      { type: "FQDN", category: "UserDefined", destination: "*.example.org" },
      {
        type: "ServiceTag",
        category: "UserDefined",
        destination: { serviceTag: "AzureActiveDirectory", protocol: "TCP", portRanges: "443" },
      },
    ]);
    expect(rules[1]?.dependencies).toContain(rules[0]?.urn);
    expect(rules[2]?.dependencies).toContain(rules[1]?.urn);
    const endpoint = run.resources.find(
      ({ type }) => type === "azure-native:machinelearningservices:OnlineEndpoint",
    );
    expect(endpoint?.dependencies).toEqual(expect.arrayContaining(rules.map(({ urn }) => urn)));
  });

  it("makes a resource group of its own, and nothing outside it, unless a group is named", async () => {
    const run = await sandboxRun({ resourceGroup: undefined });
    const group = "rg-flood-8baa25";
    expect(inputsOf(run, "resources:ResourceGroup", "resource-group")).toEqual({
      resourceGroupName: group,
      location: "canadacentral",
      tags: { owner: "tests" },
    });
    expect(run.resources.filter(({ name }) => name === "resource-group")[0]?.protect).toBe(true);
    const azure = [...run.created.values()].filter(({ id }) => id.startsWith("/subscriptions/"));
    const own = `/subscriptions/${SUBSCRIPTION}/resourceGroups/${group}`;
    expect(azure.length).toBeGreaterThan(25);
    expect(azure.filter(({ id }) => id !== own && !id.startsWith(`${own}/`))).toEqual([]);
    expect(JSON.stringify(run.stored)).not.toContain("/resourceGroups/rg/");
    expect(run.outputs["foundation"]).toMatchObject({
      "resourceGroup.name": group,
      "resourceGroup.create": "true",
    });
  });

  it("refuses another group once it is made, since everything would be replaced", async () => {
    const { outputs } = await sandboxRun();
    const before = { "organization/mlscore/sandbox": outputs };
    await expect(sandboxRun({ resourceGroup: undefined }, [], before)).rejects.toThrow(
      /resourceGroup\.name: is "rg-flood-8baa25"; this stack was created with "rg"/,
    );
  });

  it("makes a resource group with a name of one's choice only when told to", async () => {
    expect(namesOf(await sandboxRun(), ":ResourceGroup")).toEqual([]);
    const run = await sandboxRun({ resourceGroup: { name: "new-rg", create: true } });
    expect(inputsOf(run, "resources:ResourceGroup", "resource-group")).toEqual({
      resourceGroupName: "new-rg",
      location: "canadacentral",
      tags: { owner: "tests" },
    });
  });

  it("guards nothing when protection is off", async () => {
    const run = await sandboxRun({ protect: "false" });
    expect(run.resources.filter(({ protect }) => protect)).toEqual([]);
  });
});
