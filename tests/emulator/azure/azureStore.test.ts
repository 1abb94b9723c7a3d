import { describe, expect, it } from "@jest/globals";
import { catalogue } from "../../../emulator/azure/catalogue";
import { emulatorCall } from "../../../emulator/azure/calls";
import { parentId, resourceId } from "../../../emulator/azure/armIds";
import { AzureStore } from "../../../emulator/azure/azureStore";

const PLACE = { subscriptionId: "sub", tenantId: "tenant", resourceGroups: ["rg"] };
const GROUP = "/subscriptions/sub/resourceGroups/rg";
const ML = "azure-native:machinelearningservices:";
const OWN = "pulumi-nodejs:dynamic/mlscore:";
const TRAFFIC = "pulumi-nodejs:dynamic/mlscore:TrafficSplit";
const WORKSPACE = `${GROUP}/providers/Microsoft.MachineLearningServices/workspaces/wsp`;
const ENDPOINT = `${WORKSPACE}/onlineEndpoints/flood`;
const inGroup = { resourceGroupName: "rg", location: "canadacentral" };
const inWorkspace = { ...inGroup, workspaceName: "wsp" };
const endpoint = { ...inWorkspace, endpointName: "flood", properties: { authMode: "Key" } };
const deployment = (deploymentName: string) => ({
  ...inWorkspace,
  endpointName: "flood",
  deploymentName,
  properties: {},
});
const traffic = (live: object, mirror: object = {}) => ({
  ...inWorkspace,
  endpointName: "flood",
  traffic: live,
  mirrorTraffic: mirror,
});

const MODEL_URI = `azureml:/${WORKSPACE}/datastores/ds/paths/x`;
const COLLECTIONS: Readonly<Record<string, string>> = {
  ModelVersion: "models",
  CodeVersion: "codes",
  DataVersion: "data",
};

/** A store with a workspace and what it needs. */
function workspaceStore(): AzureStore {
  const store = new AzureStore(PLACE);
  const storage = store.create("azure-native:storage:StorageAccount", {
    ...inGroup,
    accountName: "storage1",
    isHnsEnabled: false,
  });
  const vault = store.create("azure-native:keyvault:Vault", { ...inGroup, vaultName: "vault-1" });
  const registry = store.create("azure-native:containerregistry:Registry", {
    ...inGroup,
    registryName: "registry1",
  });
  const logs = store.create("azure-native:operationalinsights:Workspace", {
    ...inGroup,
    workspaceName: "logs",
  });
  const insights = store.create("azure-native:applicationinsights:Component", {
    ...inGroup,
    resourceName: "insights",
    workspaceResourceId: logs.id,
  });
  store.create(`${ML}Workspace`, {
    ...inGroup,
    workspaceName: "wsp",
    storageAccount: storage.id,
    keyVault: vault.id,
    containerRegistry: registry.id,
    applicationInsights: insights.id,
    managedNetwork: { isolationMode: "AllowInternetOutbound" },
  });
  return store;
}

function endpointStore(): AzureStore {
  const store = workspaceStore();
  store.create(`${ML}OnlineEndpoint`, endpoint);
  store.create(`${ML}OnlineDeployment`, deployment("blue"));
  store.create(`${ML}OnlineDeployment`, deployment("green"));
  return store;
}

describe("ids", () => {
  const id = (token: string, inputs: object) => resourceId(catalogue[token]!, { ...inputs }, PLACE);

  it("follow the resource manager's paths", () => {
    expect(id(`${ML}OnlineDeployment`, deployment("blue"))).toBe(`${ENDPOINT}/deployments/blue`);
    expect(id(`${OWN}CodeVersion`, { ...inWorkspace, name: "code", version: "1" })).toBe(
      `${WORKSPACE}/codes/code/versions/1`,
    );
    expect(id("azure-native:resources:ResourceGroup", { resourceGroupName: "g" })).toBe(
      "/subscriptions/sub/resourceGroups/g",
    );
    expect(
      id("azure-native:authorization:RoleAssignment", { scope: ENDPOINT, roleAssignmentName: "r" }),
    ).toBe(`${ENDPOINT}/providers/Microsoft.Authorization/roleAssignments/r`);
    expect(
      id("pulumi-nodejs:dynamic/mlscore:AssetUpload", {
        ...inGroup,
        accountName: "a",
        containerName: "c",
        folder: "code/x/1",
      }),
    ).toBe(
      `${GROUP}/providers/Microsoft.Storage/storageAccounts/a/blobServices/default/containers/c/folders/code/x/1`,
    );
  });

  it("name as parent what has to be there first, not what Azure makes itself", () => {
    const parent = (token: string, inputs: object) =>
      parentId(catalogue[token]!, { ...inputs }, PLACE);
    expect(parent(`${OWN}ModelVersion`, { ...inWorkspace, name: "m", version: "1" })).toBe(
      WORKSPACE,
    );
    expect(parent(`${ML}OnlineDeployment`, deployment("blue"))).toBe(ENDPOINT);
    expect(parent(`${ML}Workspace`, { ...inGroup, workspaceName: "wsp" })).toBe(GROUP);
    expect(parent(TRAFFIC, traffic({}))).toBe(ENDPOINT);
    expect(
      parent("azure-native:resources:ResourceGroup", { resourceGroupName: "g" }),
    ).toBeUndefined();
  });
});

describe("creation is refused", () => {
  it("when the resource exists already, whatever its case", () => {
    const store = endpointStore();
    expect(() => store.create(`${ML}OnlineDeployment`, deployment("BLUE"))).toThrow(
      `Conflict: ${ENDPOINT}/deployments/BLUE exists already`,
    );
  });

  it("when a name that is unique in all of Azure is taken in another group", () => {
    const store = new AzureStore({ ...PLACE, resourceGroups: ["rg", "other"] });
    const token = "azure-native:storage:StorageAccount";
    store.create(token, { ...inGroup, accountName: "storage1" });
    expect(() =>
      store.create(token, { ...inGroup, resourceGroupName: "other", accountName: "storage1" }),
    ).toThrow(
      `NameAlreadyTaken: the name "storage1" is taken by ${GROUP}/providers/Microsoft.Storage`,
    );
  });

  it("when an endpoint's name is taken in the region, but not in another region", () => {
    const store = endpointStore();
    const other = { ...PLACE, resourceGroups: ["rg"] };
    const twoWorkspaces = new AzureStore(other, store.list());
    const existing = twoWorkspaces.read(WORKSPACE)!;
    twoWorkspaces.create(`${ML}Workspace`, { ...existing.inputs, workspaceName: "wsp2" });
    const second = { ...endpoint, workspaceName: "wsp2" };
    expect(() => twoWorkspaces.create(`${ML}OnlineEndpoint`, second)).toThrow(
      "BadRequest: There is already an endpoint with this name",
    );
    expect(
      twoWorkspaces.create(`${ML}OnlineEndpoint`, { ...second, location: "westeurope" }).id,
    ).toContain("/workspaces/wsp2/onlineEndpoints/flood");
  });

  it("when the parent or the resource group is missing", () => {
    const store = workspaceStore();
    expect(() => store.create(`${ML}OnlineDeployment`, deployment("blue"))).toThrow(
      `ParentResourceNotFound: ${ENDPOINT}/deployments/blue needs ${ENDPOINT}, which does not exist`,
    );
    expect(() =>
      store.create("azure-native:keyvault:Vault", {
        resourceGroupName: "no",
        vaultName: "vault-2",
      }),
    ).toThrow(
      `ResourceGroupNotFound: Resource group 'no' could not be found. (${GROUP.replace(/rg$/, "no")}/providers/Microsoft.KeyVault/vaults/vault-2)`,
    );
  });

  it("when the resource group to be made is there already", () => {
    const token = "azure-native:resources:ResourceGroup";
    const group = { resourceGroupName: "RG", location: "canadacentral" };
    expect(() => new AzureStore(PLACE).create(token, group)).toThrow(
      /^Conflict: .* exists already$/,
    );
    const store = new AzureStore({ ...PLACE, resourceGroups: [] });
    expect(store.create(token, group).id).toBe(GROUP.replace(/rg$/, "RG"));
    expect(() => store.create(token, group)).toThrow(/^Conflict: .* exists already$/);
  });

  it.each([
    ["azure-native:storage:StorageAccount", "accountName", "Has-Capitals"],
    ["azure-native:keyvault:Vault", "vaultName", "double--dash"],
    ["azure-native:containerregistry:Registry", "registryName", "abc"],
    [`${ML}Workspace`, "workspaceName", "ab"],
  ])("when the name breaks the rule of %s", (token, property, name) => {
    expect(() => new AzureStore(PLACE).create(token, { ...inGroup, [property]: name })).toThrow(
      `InvalidResourceName: "${name}" must be`,
    );
  });

  it("when a workspace names storage with a hierarchical namespace", () => {
    const store = workspaceStore();
    const storage = store.create("azure-native:storage:StorageAccount", {
      ...inGroup,
      accountName: "lake",
      isHnsEnabled: true,
    });
    const inputs = store.read(WORKSPACE)!.inputs;
    expect(() =>
      store.create(`${ML}Workspace`, {
        ...inputs,
        workspaceName: "wsp3",
        storageAccount: storage.id,
      }),
    ).toThrow("cannot use storage with a hierarchical namespace");
  });

  it("when an endpoint comes with traffic", () => {
    const inputs = { ...endpoint, properties: { authMode: "Key", traffic: { blue: 100 } } };
    expect(() => workspaceStore().create(`${ML}OnlineEndpoint`, inputs)).toThrow(
      "its deployments have to exist first",
    );
  });

  it("when an endpoint would have a twenty-first deployment", () => {
    const store = workspaceStore();
    store.create(`${ML}OnlineEndpoint`, endpoint);
    for (let n = 0; n < 20; n++) store.create(`${ML}OnlineDeployment`, deployment(`dep-${n}`));
    expect(() => store.create(`${ML}OnlineDeployment`, deployment("dep-20"))).toThrow(
      "at most 20 deployments",
    );
  });

  it("when a model's datastore does not exist", () => {
    const inputs = {
      ...inWorkspace,
      name: "m",
      version: "1",
      properties: { modelUri: "azureml://subscriptions/s/workspaces/wsp/datastores/none/paths/x" },
    };
    expect(() => workspaceStore().create(`${OWN}ModelVersion`, inputs)).toThrow(
      `names ${WORKSPACE}/datastores/none, which does not exist`,
    );
  });

  it.each(["0", "01", "1.0", "v1", "0123456789abcdef"])(
    "when a model has the version %s, which is no positive integer",
    (version) => {
      const inputs = { ...inWorkspace, name: "m", version, properties: { modelUri: MODEL_URI } };
      expect(() => workspaceStore().create(`${OWN}ModelVersion`, inputs)).toThrow(
        "ModelVersionOutOfRange: Model version must be a positive integer.",
      );
    },
  );

  it.each([
    ["ModelVersion", { modelUri: MODEL_URI }, { modelUri: `${MODEL_URI}y` }],
    ["CodeVersion", { codeUri: "https://s/a" }, { codeUri: "https://s/b" }],
    ["DataVersion", { dataUri: "azureml://a" }, { dataUri: "azureml://b" }],
  ])("when a %s that exists gets another path", (type, properties, other) => {
    const store = workspaceStore();
    store.create(`${ML}Datastore`, { ...inWorkspace, name: "ds", properties: {} });
    const version = { ...inWorkspace, name: "a", version: "1" };
    store.create(`${OWN}${type}`, { ...version, properties });
    expect(() => store.create(`${OWN}${type}`, { ...version, properties: other })).toThrow(
      "UserError: Asset paths cannot be updated.",
    );
    expect(store.read(`${WORKSPACE}/${COLLECTIONS[type] ?? ""}/a/versions/1`)?.inputs).toEqual({
      ...version,
      properties,
    });
  });

  it("when an environment that exists gets another image", () => {
    const store = workspaceStore();
    const version = { ...inWorkspace, name: "e", version: "6", properties: { image: "a:1" } };
    store.create(`${OWN}EnvironmentVersion`, version);
    expect(() =>
      store.create(`${OWN}EnvironmentVersion`, { ...version, properties: { image: "a:2" } }),
    ).toThrow(
      "UserError: Environment e with version 6 is already registered and cannot be changed.",
    );
  });

  it("for a type that the catalogue does not have, as a bug and not as a refusal", () => {
    expect(() => new AzureStore(PLACE).create("azure-native:x:Y", {})).toThrow(
      "the emulator does not know azure-native:x:Y",
    );
  });
});

describe("traffic", () => {
  it.each([
    ["a deployment that is missing", { blue: 90, red: 10 }, {}, "names the deployment red"],
    [
      "a sum other than 0 or 100",
      { blue: 90, green: 5 },
      {},
      "traffic sums to 95; 0 or 100 is allowed",
    ],
    [
      "mirror above 50",
      { blue: 100 },
      { green: 51 },
      "mirrorTraffic.green is 51; at most 50 is allowed",
    ],
    [
      "mirror to two",
      { blue: 0, green: 0 },
      { blue: 1, green: 1 },
      "names 2 deployments; one is allowed",
    ],
    ["mirror to a live one", { blue: 100 }, { blue: 10 }, "blue has live and mirrored traffic"],
  ])("is refused for %s", (_what, live, mirror, message) => {
    expect(() => endpointStore().create(TRAFFIC, traffic(live, mirror))).toThrow(message);
  });

  it("is taken when it sums to 0 or 100 over deployments that exist", () => {
    const store = endpointStore();
    const created = store.create(TRAFFIC, traffic({ blue: 100, green: 0 }, { green: 50 }));
    expect(created.id).toBe(`${ENDPOINT}/traffic/traffic`);
    expect(
      store.update(created.id, TRAFFIC, traffic({ blue: 0, green: 0 })).inputs["traffic"],
    ).toEqual({
      blue: 0,
      green: 0,
    });
  });

  it("keeps its deployment from being deleted until it is moved away", () => {
    const store = endpointStore();
    const split = store.create(TRAFFIC, traffic({ blue: 100, green: 0 }));
    expect(() => {
      store.delete(`${ENDPOINT}/deployments/blue`);
    }).toThrow("has 100 % of live traffic");
    store.update(split.id, TRAFFIC, traffic({ blue: 0, green: 100 }));
    store.delete(`${ENDPOINT}/deployments/blue`);
    expect(store.read(`${ENDPOINT}/deployments/blue`)).toBeUndefined();
  });
});

describe("changes", () => {
  it("of what Azure cannot change are refused by name", () => {
    const store = endpointStore();
    expect(() =>
      store.update(ENDPOINT, `${ML}OnlineEndpoint`, {
        ...endpoint,
        properties: { authMode: "AADToken" },
      }),
    ).toThrow(`PropertyChangeNotAllowed: properties.authMode of ${ENDPOINT} cannot change`);
  });

  it("of isolation go one way only", () => {
    const store = workspaceStore();
    const inputs = store.read(WORKSPACE)!.inputs;
    const to = (isolationMode: string) =>
      store.update(WORKSPACE, `${ML}Workspace`, { ...inputs, managedNetwork: { isolationMode } });
    expect(to("AllowOnlyApprovedOutbound").inputs["managedNetwork"]).toEqual({
      isolationMode: "AllowOnlyApprovedOutbound",
    });
    expect(() => to("AllowInternetOutbound")).toThrow(
      "cannot go back from AllowOnlyApprovedOutbound",
    );
  });

  it("to something that does not exist are refused", () => {
    expect(() => workspaceStore().update(ENDPOINT, `${ML}OnlineEndpoint`, endpoint)).toThrow(
      "ResourceNotFound",
    );
  });

  it("by deletion take everything below along and nothing beside", () => {
    const store = endpointStore();
    store.delete(ENDPOINT);
    expect(store.list().filter(({ id }) => id.includes("/onlineEndpoints/"))).toEqual([]);
    expect(store.read(WORKSPACE)).toBeDefined();
  });
});

describe("look-ups", () => {
  it("answer for what exists and refuse what does not", () => {
    const store = endpointStore();
    expect(
      emulatorCall(`${ML}getOnlineEndpoint`, { ...inWorkspace, endpointName: "flood" }, store),
    ).toMatchObject({ id: ENDPOINT, name: "flood" });
    expect(() =>
      emulatorCall(`${ML}getOnlineEndpoint`, { ...inWorkspace, endpointName: "none" }, store),
    ).toThrow("ResourceNotFound");
  });

  it("are a bug when the catalogue has no such type", () => {
    expect(() => emulatorCall("azure-native:x:getY", {}, endpointStore())).toThrow(
      "the emulator does not know the function azure-native:x:getY",
    );
  });
});
