import { describe, expect, it } from "@jest/globals";
import {
  storageFacts,
  workspaceFacts,
  workspaceProblems,
  type WorkspaceNeeds,
} from "../../components/workspaceFacts";

// Proves what is concluded from documents as Azure's types have them; it asks no Azure.

const ID = "/subscriptions/s/resourceGroups/rg-ml/providers";
const WORKSPACE = {
  id: `${ID}/Microsoft.MachineLearningServices/workspaces/mlw-team`,
  location: "canadacentral",
  storageAccount: `${ID}/Microsoft.Storage/storageAccounts/stteam`,
  containerRegistry: `${ID}/Microsoft.ContainerRegistry/registries/crteam`,
  identity: { type: "SystemAssigned" },
  managedNetwork: { isolationMode: "AllowInternetOutbound" },
  publicNetworkAccess: "Enabled",
  systemDatastoresAuthMode: "AccessKey",
  v1LegacyMode: false,
};
const STORAGE = { allowSharedKeyAccess: true, publicNetworkAccess: "Enabled" };

type Document = Readonly<Record<string, unknown>>;

const NEEDS: WorkspaceNeeds = {
  workspaceName: "mlw-team",
  location: "canadacentral",
  isolationMode: "AllowInternetOutbound",
  createsIdentity: true,
  isEndpointPublic: true,
  level: "open",
  buildsImages: true,
};

function problemsOf(workspace: Document, storage: Document, needs: Partial<WorkspaceNeeds> = {}) {
  return workspaceProblems(
    { ...NEEDS, ...needs },
    workspaceFacts({ ...WORKSPACE, ...workspace }),
    storageFacts({ ...STORAGE, ...storage }),
  ).map(({ severity, key, message }) => `${severity}: ${key}: ${message}`);
}

describe("an existing workspace", () => {
  it.each<[string, Document, Document]>([
    ["as a team has it", {}, {}],
    ["with a location in its display form", { location: "Canada Central" }, {}],
    ["that isolates more", { managedNetwork: { isolationMode: "AllowOnlyApprovedOutbound" } }, {}],
    [
      "whose datastores use identities",
      { systemDatastoresAuthMode: "Identity" },
      { allowSharedKeyAccess: false },
    ],
    ["in the legacy mode, for a public endpoint", { v1LegacyMode: true }, {}],
    ["whose storage account says nothing of keys", {}, { allowSharedKeyAccess: undefined }],
  ])("has what the stack needs: %s", (_what, workspace, storage) => {
    expect(problemsOf(workspace, storage)).toEqual([]);
  });

  it.each<[string, Document, Document, string]>([
    [
      "another region",
      { location: "eastus" },
      {},
      "error: location: is canadacentral, but the workspace mlw-team is in eastus",
    ],
    [
      "the storage of a hub",
      { storageAccount: undefined },
      {},
      "error: workspace: mlw-team has no storage account of its own; name a workspace that is no project of a hub",
    ],
    [
      "no registry",
      { containerRegistry: null },
      {},
      "error: workspace: mlw-team has no container registry yet, so the endpoint's identity cannot be given " +
        "AcrPull; attach one (az ml workspace update --container-registry ID), or build an environment there, which creates one",
    ],
    [
      "no managed network",
      { managedNetwork: undefined },
      {},
      "error: network: asks for a managed network with AllowInternetOutbound, but that of the workspace mlw-team is " +
        "Disabled, which isolates less; ask its owner to change it, or lower the setting",
    ],
    [
      "datastores with keys that the account refuses",
      {},
      { allowSharedKeyAccess: false },
      "warning: workspace: mlw-team has datastores that use the keys of its storage account, which refuses keys, so " +
        "Azure ML may not build images there; its owner changes them with az ml workspace update --system-datastores-auth-mode identity",
    ],
    ...[
      [{ publicNetworkAccess: "Disabled" }, {}] as const,
      [{}, { publicNetworkAccess: "Disabled" }] as const,
      [{}, { networkRuleSet: { defaultAction: "Deny" } }] as const,
    ].map(([workspace, storage]): [string, Document, Document, string] => [
      "no public access",
      workspace,
      storage,
      "warning: workspace: mlw-team or its storage account accepts no public access: run this where their " +
        "private endpoints resolve",
    ]),
  ])("lacks one thing: %s", (_what, workspace, storage, problem) => {
    expect(problemsOf(workspace, storage)).toEqual([problem]);
  });

  it.each<[string, Document, Document]>([
    ["the workspace mlw-team and its storage account", {}, {}],
    ["the workspace mlw-team", {}, { publicNetworkAccess: "Disabled" }],
    ["its storage account", { publicNetworkAccess: "Disabled" }, {}],
  ])("at a private level refuses that the internet reaches %s", (open, workspace, storage) => {
    const needs = { level: "privateInbound", buildsImages: false } as const;
    const found = problemsOf(workspace, storage, needs).filter((one) => one.startsWith("error"));
    expect(found).toEqual([
      `error: network: has level privateInbound, but the internet reaches ${open}; ask the owner to turn public access off, or lower the level`,
    ]);
  });

  it("at a private level needs a compute where an image has to be built, and only there", () => {
    const closed = { publicNetworkAccess: "Disabled" };
    const errors = (workspace: Document, buildsImages: boolean) =>
      problemsOf({ ...closed, ...workspace }, closed, {
        level: "privateInbound",
        buildsImages,
      }).filter((one) => one.startsWith("error"));
    expect(errors({}, true)).toEqual([
      expect.stringMatching(/^error: workspace: mlw-team has no compute that builds images/),
    ]);
    expect(errors({ imageBuildCompute: "cpu-cluster" }, true)).toEqual([]);
    expect(errors({}, false)).toEqual([]);
  });

  it("in the legacy mode refuses an endpoint without public access", () => {
    expect(problemsOf({ v1LegacyMode: true }, {}, { isEndpointPublic: false })).toEqual([
      expect.stringMatching(/^error: .*workspace: mlw-team has v1LegacyMode on/),
    ]);
  });

  it("needs no registry where the endpoint brings its own identity", () => {
    expect(problemsOf({ containerRegistry: null }, {}, { createsIdentity: false })).toEqual([]);
  });

  it.each([
    ["SystemAssigned", "SystemAssigned"],
    ["SystemAssigned,UserAssigned", "SystemAssigned"],
    ["UserAssigned", "UserAssigned"],
  ])("with the identity %s reads data as its %s identity", (type, identity) => {
    expect(workspaceFacts({ ...WORKSPACE, identity: { type } }).identity).toBe(identity);
  });
});
