import type { SandboxConfig } from "../config/types";
import type * as pulumi from "@pulumi/pulumi";
import { isPrivate } from "../config/networkLevel";
import { imageBuildCompute, imageBuildComputeName } from "./imageBuildCompute";
import { Observability } from "./observability";
import { Registry } from "./registry";
import type { Caller } from "./signedIn";
import { Workspace, type UsedWorkspace } from "./workspace";
import type { TelemetryArgs } from "./telemetry";
import { WorkspaceNetwork, type PrivateTarget } from "./workspaceNetwork";

/** A workspace of the stack's own, with the registry, the Log Analytics workspace and the rest that it needs. */
export function ownWorkspace(
  { names, network, logRetentionDays, protect, telemetry }: SandboxConfig,
  place: {
    readonly resourceGroupName: pulumi.Output<string>;
    readonly location: string;
    readonly tags: Readonly<Record<string, string>>;
  },
  { tenantId }: Caller,
): {
  readonly workspace: UsedWorkspace;
  readonly logAnalyticsId: pulumi.Output<string>;
  /** Only where the settings ask for it. */
  readonly telemetry?: TelemetryArgs;
} {
  const access = isPrivate(network.level) ? "private" : "public";
  const observability = new Observability("observability", {
    ...place,
    logAnalyticsName: names.logAnalytics,
    applicationInsightsName: names.applicationInsights,
    logRetentionDays,
  });
  const { logAnalyticsId, applicationInsightsId, connectionString } = observability;
  const registry = new Registry("registry", {
    ...place,
    registryName: names.registry,
    ...(access === "private"
      ? { access: "privateWorkspace" }
      : { access, sku: network.isolationMode === "Disabled" ? "Standard" : "Premium" }),
    logAnalyticsId,
    protect,
  });
  const workspace = new Workspace("workspace", {
    ...place,
    workspaceName: names.workspace,
    storageAccountName: names.storageAccount,
    keyVaultName: names.keyVault,
    tenantId,
    registryId: registry.id,
    applicationInsightsId,
    logAnalyticsId,
    access,
    ...(network.imageBuildVmSize === undefined
      ? {}
      : { imageBuildCompute: imageBuildComputeName(network.imageBuildVmSize) }),
    isolationMode: network.isolationMode,
    outboundRules: network.outboundRules,
    protect,
  });
  const builds =
    network.imageBuildVmSize === undefined
      ? []
      : [
          imageBuildCompute(
            "image-build",
            { ...place, vmSize: network.imageBuildVmSize, workspaceName: workspace.name },
            { parent: workspace, dependsOn: [...workspace.ready] },
          ),
        ];
  const reachableAfter =
    network.privateEndpoints === undefined
      ? []
      : new WorkspaceNetwork("network", {
          ...place,
          virtualNetworkName: names.virtualNetwork,
          network: network.privateEndpoints,
          logAnalyticsId,
        }).connect(targets(names, registry, workspace));
  const { ready, ...others } = facts(workspace);
  return {
    workspace: { ...others, ready: [...ready, ...builds, ...reachableAfter], reachableAfter },
    logAnalyticsId,
    ...(telemetry === "none" ? {} : { telemetry: { applicationInsightsId, connectionString } }),
  };
}

/** What the stack uses of its workspace, as of one that others own. */
function facts(workspace: Workspace): Omit<UsedWorkspace, "reachableAfter"> {
  const { id, name, resourceGroupName, registryId, assetContainer, datastoreIdentity } = workspace;
  const { storageAccountId, storageAccountName, storageResourceGroupName, ready } = workspace;
  return {
    id,
    name,
    resourceGroupName,
    registryId,
    assetContainer,
    datastoreIdentity,
    storageAccountId,
    storageAccountName,
    storageResourceGroupName,
    ready,
  };
}

/** Every service that a private level closes, with the zones of its names. */
function targets(
  names: SandboxConfig["names"],
  registry: Registry,
  workspace: Workspace,
): PrivateTarget[] {
  const { storageAccountId, keyVaultId } = workspace;
  const storage = { serviceId: storageAccountId, serviceName: names.storageAccount };
  return [
    {
      groupId: "amlworkspace",
      serviceId: workspace.id,
      serviceName: names.workspace,
      zones: ["workspace", "notebooks"],
      parent: workspace,
    },
    { groupId: "blob", ...storage, zones: ["blob"], parent: workspace },
    { groupId: "file", ...storage, zones: ["file"], parent: workspace },
    {
      groupId: "vault",
      serviceId: keyVaultId,
      serviceName: names.keyVault,
      zones: ["vault"],
      parent: workspace,
    },
    {
      groupId: "registry",
      serviceId: registry.id,
      serviceName: names.registry,
      zones: ["registry"],
      parent: registry,
    },
  ];
}
