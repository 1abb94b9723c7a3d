import { documented, reported, unproved, type Assumption } from "./assumption";

const WORKSPACE = "Microsoft Learn, Manage Azure Machine Learning workspaces";
const REST = "Azure REST API, Machine Learning 2025-12-01";

/** Workspaces, and the versions of code, models, environments and data that are registered in them. */
export const workspaces = {
  "workspace-associated-resources": {
    statement:
      "The storage account, vault, registry and Application Insights that a workspace names exist before it.",
    evidence: documented(WORKSPACE),
    check: "PUT of a workspace with the id of a storage account that does not exist",
  },
  "workspace-flat-storage": {
    statement: "A workspace's default storage account has no hierarchical namespace.",
    evidence: documented("Microsoft Learn, How to create a workspace: storage account"),
    check: "PUT of a workspace with an account whose isHnsEnabled is true",
  },
  "workspace-isolation-order": {
    statement:
      "A managed network's isolation goes from Disabled to AllowInternetOutbound to AllowOnlyApprovedOutbound, and not back.",
    evidence: documented("Microsoft Learn, Workspace managed virtual network isolation"),
    check: "PATCH of a workspace with AllowInternetOutbound to Disabled",
  },
  "workspace-region-of-endpoint": {
    statement: "An online endpoint is in the region of its workspace.",
    evidence: documented(
      "azure-ai-ml, operations/_online_endpoint_operations.py: an endpoint gets the workspace's location",
    ),
    check: "PUT of an endpoint with another location than its workspace's",
    dependents: ["components/workspaceFacts.ts"],
  },
  "workspace-registry-on-first-image": {
    statement:
      "A workspace that was created without a container registry gets one when it builds its first image.",
    evidence: documented(`${WORKSPACE}: Azure Container Registry`),
    check: "GET of a new workspace before and after its first environment is built",
    dependents: ["components/workspaceFacts.ts"],
  },
  "workspace-user-assigned-datastore": {
    statement:
      "A workspace with only user-assigned identities reads a datastore with WorkspaceUserAssignedIdentity, and its owner has given that identity access to the storage account.",
    evidence: unproved(
      "azure-native's type has the value; no document says which identity is used",
    ),
    check: "a deployment with a model from such a datastore",
    dependents: ["components/existingWorkspace.ts"],
  },
  "workspace-immutable": {
    statement:
      "Location, storage account, vault and hbiWorkspace of a workspace cannot be changed after creation.",
    evidence: documented(
      `${REST}, WorkspaceProperties (storageAccount and keyVault cannot be changed once created)`,
    ),
    check: "PUT of a workspace with another storage account",
    dependents: ["emulator/azure/catalogue.ts"],
  },
  "workspace-soft-delete": {
    statement:
      "A deleted workspace keeps its name for 14 days, unless it is deleted with forceToPurge.",
    evidence: documented(
      "Microsoft Learn, Recover workspace data while soft deleted; Azure/CanadaPubSecALZ issue 380",
    ),
    check:
      "the conformance run deletes its workspace with forceToPurge; a new one of the same name succeeds",
    dependents: ["conformance/azure/removal.ts"],
  },
  "workspace-network-first": {
    statement:
      "A managed network is provisioned before the first deployment, which fails otherwise.",
    evidence: documented("Microsoft Learn, Secure online endpoints with network isolation"),
    check: "first pulumi up of a sandbox with network.isolationMode AllowInternetOutbound",
    dependents: ["components/workspace.ts"],
  },
  "asset-name": {
    statement: "Names and versions of assets have up to 255 letters, digits, . _ and -.",
    evidence: documented(`${REST}, patterns of the version parameters`),
    check: "PUT of a version with a name of 256 characters",
  },
  "asset-version-immutable": {
    statement:
      "The content of a registered version never changes; other content under it is refused.",
    evidence: reported(
      "Azure/azure-cli-extensions issue 5440: (UserError) Environment … with version … is already registered and cannot be changed",
    ),
    check: "PUT of an environment version with another image",
  },
  "asset-version-deletion": {
    statement: "A version of code, an environment or data can be deleted.",
    evidence: unproved(
      "the REST API has a DELETE, but the CLI archives only (Azure/azure-cli issue 21957) and data cannot be deleted any more (microsoft/vscode-tools-for-ai issue 1761)",
    ),
    check: "DELETE of an environment version and of a data version, and GET of each",
    dependents: ["components/assetVersions.ts", "emulator/azure/azureStore.ts"],
  },
  "asset-version-archive": {
    statement: "isArchived: true hides a version and can be written to one that exists.",
    evidence: documented(`${REST}, isArchived; Azure/azure-sdk-for-python issue 36527`),
    check: "PUT of an environment version with isArchived: true, and a list without it",
    dependents: ["components/assetVersions.ts"],
  },
  "model-version-integer": {
    statement:
      "A model's version is a positive integer (ModelVersionOutOfRange); other assets take any text.",
    evidence: reported(
      "Azure/azureml-examples issue 2725, Azure/MachineLearningNotebooks issue 289",
    ),
    check: "PUT of a model version 1a",
    dependents: ["components/assetVersions.ts"],
  },
  "model-datastore": {
    statement: "The datastore in a model's URI exists in the workspace.",
    evidence: unproved(),
    check: "PUT of a model version whose modelUri names a datastore that does not exist",
  },
  "code-uri-folder": {
    statement: "A code version's URI is that of a folder in a blob container, never of one file.",
    evidence: documented("azure-ai-ml, entities/_assets/_artifacts/code.py"),
    check: "first pulumi up of the sandbox: the deployments find score.py",
    dependents: ["components/assets.ts"],
  },
  "ml-usage-family-names": {
    statement:
      "Azure ML's usages name a family by the name that its sizes have, up to spelling, and all dedicated cores as Total … Dedicated ….",
    evidence: unproved(
      "portal and CLI show `Standard DSv2 Family Cluster Dedicated vCPUs`, sizes have `standardDSv2Family`; a family that preflight does not find is not judged",
    ),
    check:
      "GET of Microsoft.MachineLearningServices/locations/{location}/usages and vmSizes, side by side",
    dependents: ["preflight/checks/instanceQuota.ts", "preflight/emulator.ts"],
  },
  "ml-usage-counts-reserve": {
    statement:
      "What a deployment uses of Azure ML's quota includes the fifth that is reserved for upgrades.",
    evidence: unproved(
      "Microsoft Learn, Manage and increase quotas, says that the reserve must be there while the deployment exists, not how usages show it",
    ),
    check: "usages of a family before and after the fixture of the conformance sequences",
    dependents: ["preflight/checks/instanceQuota.ts"],
  },
} as const satisfies Readonly<Record<string, Assumption>>;
