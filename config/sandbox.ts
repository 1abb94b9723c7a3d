import { autoscales } from "./autoscale";
import { commonConfig, nameScope } from "./common";
import { ownResourceGroup, sandboxNames } from "./names";
import { isolationModeOf, isPrivate } from "./networkLevel";
import { outboundRulesOf } from "./packageRules";
import { pauseOf } from "./pause";
import { rolloutPlan } from "./rollout";
import type { SandboxSettings } from "./settings";
import type { OnlineEndpointDefinition, SandboxConfig } from "./types";

/** Completes the settings of a sandbox with its endpoint, its resource group and its names. */
export function sandboxConfig(
  input: SandboxSettings,
  endpoint: OnlineEndpointDefinition,
  stack: string,
): SandboxConfig {
  const settings = { ...input, resourceGroup: input.resourceGroup ?? ownGroup(input, stack) };
  const pause = pauseOf(settings, new Date());
  const names = sandboxNames(nameScope(settings, stack));
  const { workspace, resourceGroup, network } = settings;
  return {
    target: "sandbox",
    ...commonConfig(settings),
    names,
    workspace: {
      name: workspace?.name ?? names.workspace,
      resourceGroupName: workspace?.resourceGroup ?? resourceGroup.name,
      isOwn: workspace === undefined,
    },
    network: {
      ...network,
      isolationMode: isolationModeOf(network.level, network.isolationMode),
      outboundRules: outboundRulesOf(
        network.level,
        network.imageBuildVmSize !== undefined,
        settings.outboundRules,
        endpoint.deployments,
      ),
    },
    deployers: settings.deployers,
    callers: settings.callers,
    ...(settings.callerRole === undefined ? {} : { callerRole: settings.callerRole.toLowerCase() }),
    endpoint: isPrivate(network.level)
      ? { ...endpoint, publicNetworkAccess: "Disabled" }
      : endpoint,
    autoscale: autoscales(settings.autoscale),
    telemetry: settings.telemetry,
    ...(pause === undefined ? {} : { pause }),
    ...(settings.rollout === undefined
      ? {}
      : { rollout: rolloutPlan(settings.rollout, endpoint.file) }),
  };
}

/**
 * A group that holds this stack and nothing else: Azure ML gives the workspace's identity a role on all of it (Azure ML,
 * "Manage access to Azure Machine Learning workspaces", Azure AI Administrator role).
 */
function ownGroup(settings: SandboxSettings, stack: string): SandboxConfig["resourceGroup"] {
  const { workload, generation, "azure-native:subscriptionId": subscriptionId } = settings;
  return { name: ownResourceGroup({ workload, generation, subscriptionId, stack }), create: true };
}
