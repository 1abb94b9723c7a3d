import { z } from "zod";
import { ISOLATION_MODES, type IsolationMode } from "../config/isolationMode";
import { isPrivate, type NetworkLevel } from "../config/networkLevel";

/** What the stack reads of an existing workspace. */
export interface WorkspaceFacts {
  readonly id: string;
  readonly location: string;
  /** Missing where a hub keeps it. */
  readonly storageAccountId?: string;
  /** Missing until the workspace has built its first image. */
  readonly registryId?: string;
  /** As which of its identities the workspace reads data; the system-assigned one where it has both. */
  readonly identity: "SystemAssigned" | "UserAssigned";
  readonly isolationMode: IsolationMode;
  readonly isPublic: boolean;
  /** Whether the datastores that the workspace has from its creation use the storage account's keys. */
  readonly datastoresUseKeys: boolean;
  readonly isLegacy: boolean;
  /** Compute that builds images; Azure ML chooses where there is none. */
  readonly imageBuildCompute?: string;
}

/** What the stack reads of that workspace's storage account. */
export interface StorageFacts {
  readonly takesKeys: boolean;
  readonly isPublic: boolean;
}

const text = z.string().nullish();

/** Workspace, properties beside id (azure-native's form of Microsoft.MachineLearningServices/workspaces, 2025-12-01). */
const workspaceDocument = z.object({
  id: z.string(),
  location: text,
  storageAccount: text,
  containerRegistry: text,
  identity: z.object({ type: text }).nullish(),
  managedNetwork: z.object({ isolationMode: text }).nullish(),
  publicNetworkAccess: text,
  imageBuildCompute: text,
  systemDatastoresAuthMode: text,
  v1LegacyMode: z.boolean().nullish(),
});

/** StorageAccount in the same form (Microsoft.Storage/storageAccounts, 2024-01-01). */
const storageDocument = z.object({
  allowSharedKeyAccess: z.boolean().nullish(),
  publicNetworkAccess: text,
  networkRuleSet: z.object({ defaultAction: text }).nullish(),
});

/** @param found as azure-native returns it: the properties beside the id */
export function workspaceFacts(found: unknown): WorkspaceFacts {
  const workspace = workspaceDocument.parse(found);
  const { storageAccount, containerRegistry, managedNetwork, identity } = workspace;
  const mode = ISOLATION_MODES.find((one) => one === managedNetwork?.isolationMode);
  return {
    id: workspace.id,
    // ARM may return the display form, such as "Canada Central".
    location: (workspace.location ?? "").toLowerCase().replaceAll(" ", ""),
    ...(storageAccount ? { storageAccountId: storageAccount } : {}),
    ...(containerRegistry ? { registryId: containerRegistry } : {}),
    identity:
      identity?.type?.includes("SystemAssigned") === false ? "UserAssigned" : "SystemAssigned",
    isolationMode: mode ?? "Disabled",
    isPublic: workspace.publicNetworkAccess !== "Disabled",
    datastoresUseKeys:
      (workspace.systemDatastoresAuthMode ?? "AccessKey").toLowerCase() === "accesskey",
    isLegacy: workspace.v1LegacyMode === true,
    ...(workspace.imageBuildCompute ? { imageBuildCompute: workspace.imageBuildCompute } : {}),
  };
}

/** @param found as azure-native returns it. Keys are taken unless the account says no (Azure Storage, "Prevent Shared Key authorization"). */
export function storageFacts(found: unknown): StorageFacts {
  const { allowSharedKeyAccess, publicNetworkAccess, networkRuleSet } =
    storageDocument.parse(found);
  return {
    takesKeys: allowSharedKeyAccess !== false,
    isPublic: publicNetworkAccess !== "Disabled" && networkRuleSet?.defaultAction !== "Deny",
  };
}

/** What a stack needs of the workspace. */
export interface WorkspaceNeeds {
  readonly workspaceName: string;
  readonly location: string;
  /** The least isolation that the settings accept. */
  readonly isolationMode: IsolationMode;
  /** Whether the stack creates the endpoint's identity, and so grants it what it needs. */
  readonly createsIdentity: boolean;
  readonly isEndpointPublic: boolean;
  /** At a private level the workspace and its storage account take no request from the internet. */
  readonly level: NetworkLevel;
  /** Whether a deployment has an environment that Azure ML builds. */
  readonly buildsImages: boolean;
}

/** `error`: Azure would refuse it during the update, or the settings rule it out; `warning`: it may not work. */
export interface WorkspaceProblem {
  readonly severity: "error" | "warning";
  /** Setting that it is about, without `mlscore:`. */
  readonly key: string;
  readonly message: string;
}

/**
 * What the stack needs of an existing workspace and does not find there.
 *
 * @param storage undefined where the workspace names no storage account, or that was not read
 */
export function workspaceProblems(
  needs: WorkspaceNeeds,
  workspace: WorkspaceFacts,
  storage: StorageFacts | undefined,
): WorkspaceProblem[] {
  const { workspaceName: name, location, isolationMode } = needs;
  const problems: WorkspaceProblem[] = [];
  const add = (severity: WorkspaceProblem["severity"], key: string, message: string) => {
    problems.push({ severity, key, message });
  };
  // The Azure ML SDK creates an endpoint in its workspace's region (azure-ai-ml, _online_endpoint_operations.py).
  if (workspace.location !== location) {
    add(
      "error",
      "location",
      `is ${location}, but the workspace ${name} is in ${workspace.location}`,
    );
  }
  if (workspace.storageAccountId === undefined) {
    add(
      "error",
      "workspace",
      `${name} has no storage account of its own; name a workspace that is no project of a hub`,
    );
  }
  if (workspace.registryId === undefined && needs.createsIdentity) {
    add(
      "error",
      "workspace",
      `${name} has no container registry yet, so the endpoint's identity cannot be given AcrPull; attach one ` +
        "(az ml workspace update --container-registry ID), or build an environment there, which creates one",
    );
  }
  if (ISOLATION_MODES.indexOf(workspace.isolationMode) < ISOLATION_MODES.indexOf(isolationMode)) {
    add(
      "error",
      "network",
      `asks for a managed network with ${isolationMode}, but that of the workspace ${name} is ${workspace.isolationMode}, which ` +
        "isolates less; ask its owner to change it, or lower the setting",
    );
  }
  problems.push(...levelProblems(needs, workspace, storage));
  // Azure ML, "Network isolation with managed online endpoints": v1_legacy_mode must be false.
  if (workspace.isLegacy && !needs.isEndpointPublic) {
    add(
      "error",
      "workspace",
      `${name} has v1LegacyMode on, under which Azure refuses an endpoint without public access; ask its owner to turn it off`,
    );
  }
  if (storage?.takesKeys === false && workspace.datastoresUseKeys) {
    add(
      "warning",
      "workspace",
      `${name} has datastores that use the keys of its storage account, which refuses keys, so Azure ML may not build images ` +
        "there; its owner changes them with az ml workspace update --system-datastores-auth-mode identity",
    );
  }
  if (!workspace.isPublic || storage?.isPublic === false) {
    add(
      "warning",
      "workspace",
      `${name} or its storage account accepts no public access: run this where their private endpoints resolve`,
    );
  }
  return problems;
}

/** What a private level asks of a workspace that others own; they alone can change it. */
function levelProblems(
  { workspaceName, level, buildsImages }: WorkspaceNeeds,
  workspace: WorkspaceFacts,
  storage: StorageFacts | undefined,
): WorkspaceProblem[] {
  if (!isPrivate(level)) return [];
  const open = [
    ...(workspace.isPublic ? [`the workspace ${workspaceName}`] : []),
    ...(storage?.isPublic === true ? ["its storage account"] : []),
  ];
  const problem = (key: string, message: string): WorkspaceProblem => {
    return { severity: "error", key, message };
  };
  return [
    ...(open.length === 0
      ? []
      : [
          problem(
            "network",
            `has level ${level}, but the internet reaches ${open.join(" and ")}; ask the owner to turn public access off, or lower the level`,
          ),
        ]),
    ...(buildsImages && workspace.imageBuildCompute === undefined
      ? [
          problem(
            "workspace",
            `${workspaceName} has no compute that builds images, and a deployment has an environment to be built; ask its owner for one ` +
              "(az ml workspace update --image-build-compute NAME), or name an image that has all packages",
          ),
        ]
      : []),
  ];
}
