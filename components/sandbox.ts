import type { SandboxConfig } from "../config/types";
import { Assets } from "./assets";
import type { Pause } from "./endpointCreation";
import { declaredCounts, instanceCounts } from "./instanceCounts";
import { liveTraffic } from "./liveTraffic";
import { Observability } from "./observability";
import { OnlineEndpoint } from "./onlineEndpoint";
import { Registry } from "./registry";
import { sandboxReleases } from "./releases";
import { resourceGroup } from "./resourceGroup";
import type { Caller } from "./signedIn";
import type { StackOutputs } from "./stackOutputs";
import { Workspace } from "./workspace";

/** Looks up what the declaration depends on, then declares the whole sandbox stack and returns its outputs. */
export async function sandbox(
  config: SandboxConfig,
  caller: Caller,
  before: StackOutputs,
  wait: Pause,
): Promise<Record<string, unknown>> {
  const counts = await instanceCounts(config, before);
  const routed = await liveTraffic(config, before);
  const { names, tags, location, protect, network } = config;
  const resourceGroupName = resourceGroup(config);
  const place = { resourceGroupName, location, tags };

  const observability = new Observability("observability", {
    ...place,
    logAnalyticsName: names.logAnalytics,
    applicationInsightsName: names.applicationInsights,
    logRetentionDays: config.logRetentionDays,
  });
  const registry = new Registry("registry", {
    ...place,
    registryName: names.registry,
    access: "public",
    sku: network.isolationMode === "Disabled" ? "Standard" : "Premium",
    logAnalyticsId: observability.logAnalyticsId,
    protect,
  });
  const workspace = new Workspace("workspace", {
    ...place,
    workspaceName: names.workspace,
    storageAccountName: names.storageAccount,
    keyVaultName: names.keyVault,
    tenantId: caller.tenantId,
    registryId: registry.id,
    applicationInsightsId: observability.applicationInsightsId,
    logAnalyticsId: observability.logAnalyticsId,
    isolationMode: network.isolationMode,
    outboundRules: network.outboundRules,
    protect,
  });
  const assets = new Assets("assets", {
    resourceGroupName,
    subscriptionId: config.subscription.id,
    workspaceId: workspace.id,
    workspaceName: workspace.name,
    storageAccountName: workspace.storageAccountName,
    deployers: config.deployers,
    readers: config.readers,
    deployments: config.endpoint.deployments,
  });
  const endpoint = new OnlineEndpoint("endpoint", {
    ...place,
    definition: config.endpoint,
    instanceCounts: counts,
    subscriptionId: config.subscription.id,
    workspaceId: workspace.id,
    workspaceName: workspace.name,
    workspaceReady: workspace.ready,
    storageAccountId: workspace.storageAccountId,
    assets,
    registryId: registry.id,
    logAnalyticsId: observability.logAnalyticsId,
    identityName: names.endpointIdentity,
    wait,
  });

  return {
    resourceGroupName,
    workspaceName: workspace.name,
    endpointName: endpoint.name,
    scoringUri: endpoint.scoringUri,
    traffic: config.endpoint.traffic,
    mirrorTraffic: config.endpoint.mirrorTraffic,
    instanceCounts: declaredCounts(config),
    releases: sandboxReleases(config, assets, before, routed, new Date()),
  };
}
