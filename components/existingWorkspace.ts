import * as machinelearningservices from "@pulumi/azure-native/machinelearningservices";
import * as storage from "@pulumi/azure-native/storage";
import * as pulumi from "@pulumi/pulumi";
import { ConfigError, formatPlace, type Problem } from "../errors";
import { buildsImage } from "../config/imageBuilds";
import { egressProblems } from "../config/network";
import type { SandboxConfig } from "../config/types";
import { settingProblem } from "../config/settingProblem";
import { isNotFound } from "./liveCluster";
import { logAnalyticsWorkspace, type LogAnalyticsArgs } from "./observability";
import type { UsedWorkspace } from "./workspace";
import {
  storageFacts,
  workspaceFacts,
  workspaceProblems,
  type StorageFacts,
  type WorkspaceFacts,
  type WorkspaceNeeds,
} from "./workspaceFacts";

/** The existing workspace, and a Log Analytics workspace of the stack's own for what the endpoint logs. */
export async function usedWorkspace(
  config: SandboxConfig,
  place: Omit<LogAnalyticsArgs, "logAnalyticsName" | "logRetentionDays">,
  stack: string,
): Promise<{
  readonly workspace: UsedWorkspace;
  readonly logAnalyticsId: pulumi.Output<string>;
}> {
  const workspace = await existingWorkspace(config, stack);
  const { id } = logAnalyticsWorkspace(
    "log-analytics",
    {
      ...place,
      logAnalyticsName: config.names.logAnalytics,
      logRetentionDays: config.logRetentionDays,
    },
    {},
  );
  return { workspace, logAnalyticsId: id };
}

/**
 * Reads a workspace that the stack does not own. Nothing of it is declared, so nothing of it is ever written: the stack adds
 * an endpoint, asset versions, a datastore, and a container with roles of its own.
 *
 * @throws ConfigError when it does not exist, cannot be read, or lacks what the stack needs
 */
async function existingWorkspace(config: SandboxConfig, stack: string): Promise<UsedWorkspace> {
  const { name, resourceGroupName } = config.workspace;
  const workspace = await lookUp(stack, `workspace ${name} in ${resourceGroupName}`, async () =>
    workspaceFacts(
      await machinelearningservices.getWorkspace({ workspaceName: name, resourceGroupName }),
    ),
  );
  const account = placeOf(workspace.storageAccountId ?? "");
  const ofStorage = await storageOf(workspace, stack);
  const problems: Problem[] = [
    ...egressProblems(workspace.isolationMode, config.endpoint.deployments),
    ...workspaceProblems(needsOf(config), workspace, ofStorage).map(({ key, message, severity }) =>
      settingProblem(stack, key, message, severity),
    ),
  ];
  if (problems.some(({ severity }) => severity === "error")) throw new ConfigError(problems);
  for (const problem of problems) await pulumi.log.warn(formatPlace(problem));
  return {
    id: pulumi.output(workspace.id),
    name: pulumi.output(name),
    resourceGroupName,
    storageAccountId: pulumi.output(workspace.storageAccountId ?? ""),
    storageAccountName: pulumi.output(account.name),
    storageResourceGroupName: account.resourceGroupName,
    registryId: pulumi.output(workspace.registryId ?? ""),
    assetContainer: config.names.assetContainer,
    datastoreIdentity: `Workspace${workspace.identity}Identity`,
    ready: [],
  };
}

function needsOf({ endpoint, location, network, workspace }: SandboxConfig): WorkspaceNeeds {
  return {
    workspaceName: workspace.name,
    location,
    isolationMode: network.isolationMode,
    level: network.level,
    buildsImages: endpoint.deployments.some(buildsImage),
    createsIdentity: endpoint.identity === undefined,
    isEndpointPublic: endpoint.publicNetworkAccess === "Enabled",
  };
}

async function storageOf(
  { storageAccountId }: WorkspaceFacts,
  stack: string,
): Promise<StorageFacts | undefined> {
  if (storageAccountId === undefined) return undefined;
  const { name: accountName, resourceGroupName } = placeOf(storageAccountId);
  return lookUp(stack, `its storage account ${accountName} in ${resourceGroupName}`, async () =>
    storageFacts(await storage.getStorageAccount({ accountName, resourceGroupName })),
  );
}

async function lookUp<T>(stack: string, what: string, read: () => Promise<T>): Promise<T> {
  try {
    return await read();
  } catch (error) {
    const { message } = error as Error;
    throw new ConfigError([
      settingProblem(
        stack,
        "workspace",
        isNotFound(message)
          ? `${what} does not exist in the stack's subscription`
          : `${what} cannot be read; the signed-in identity needs the role Reader on it: ${message}`,
      ),
    ]);
  }
}

/** Last part of a resource's id, and the group in it. */
function placeOf(id: string): { readonly name: string; readonly resourceGroupName: string } {
  const [, , , , resourceGroupName = ""] = id.split("/");
  return { name: id.slice(id.lastIndexOf("/") + 1), resourceGroupName };
}
