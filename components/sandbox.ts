import { isPrivate } from "../config/networkLevel";
import type { SandboxConfig } from "../config/types";
import { Assets } from "./assets";
import { EndpointMonitoring } from "./endpointMonitoring";
import { usedWorkspace } from "./existingWorkspace";
import { budgetedGroup } from "./budget";
import type { Pause } from "./endpointCreation";
import { declaredCounts, instanceCounts } from "./instanceCounts";
import { liveTraffic } from "./liveTraffic";
import { OnlineEndpoint } from "./onlineEndpoint";
import { ownWorkspace } from "./ownWorkspace";
import { endpointNow } from "./pausedEndpoint";
import { sandboxReleases } from "./releases";
import { SCALED_OUTPUT, scaledDeployments } from "./scaledInstances";
import type { Caller } from "./signedIn";
import type { StackOutputs } from "./stackOutputs";

/** Looks up what the declaration depends on, then declares the whole sandbox stack and returns its outputs. */
export async function sandbox(
  config: SandboxConfig,
  caller: Caller,
  before: StackOutputs,
  stack: string,
  wait: Pause,
): Promise<Record<string, unknown>> {
  const definition = await endpointNow(config, stack);
  const { traffic, mirrorTraffic } = definition;
  const counts = await instanceCounts({ ...config, endpoint: definition }, before);
  const routed = await liveTraffic(config, before);
  const { names, tags, location } = config;
  const resourceGroupName = budgetedGroup(config, new Date());
  const place = { resourceGroupName, location, tags };

  const { workspace, logAnalyticsId, telemetry } = config.workspace.isOwn
    ? ownWorkspace(config, place, caller)
    : { ...(await usedWorkspace(config, place, stack)), telemetry: undefined };
  const assets = new Assets("assets", {
    subscriptionId: config.subscription.id,
    workspace,
    deployers: config.deployers,
    readers: config.readers,
    deployments: config.endpoint.deployments,
  });
  const endpoint = new OnlineEndpoint("endpoint", {
    ...place,
    definition,
    instanceCounts: counts,
    autoscale: config.autoscale,
    subscriptionId: config.subscription.id,
    workspace,
    assets,
    logAnalyticsId,
    identityName: names.endpointIdentity,
    callers: { callers: config.callers, role: config.callerRole, roleName: names.callerRole },
    ...(telemetry === undefined ? {} : { telemetry }),
    wait,
  });
  if (config.notify !== undefined || config.dashboards) {
    new EndpointMonitoring("monitoring", {
      ...place,
      ...(config.notify === undefined ? {} : { notify: config.notify }),
      objectives: config.objectives,
      dashboards: config.dashboards,
      subscriptionId: config.subscription.id,
      actionGroupName: names.actionGroup,
      endpointName: config.endpoint.name,
      endpointId: endpoint.id,
      deploymentIds: endpoint.deploymentIds,
      autoscale: config.autoscale,
      logAnalyticsId,
    });
  }

  const scaled = scaledDeployments(config);
  return {
    resourceGroupName,
    workspaceName: workspace.name,
    endpointName: endpoint.name,
    scoringUri: endpoint.scoringUri,
    traffic,
    mirrorTraffic,
    instanceCounts: declaredCounts(config),
    ...(isPrivate(config.network.level) ? { networkLevel: config.network.level } : {}),
    ...(scaled === undefined ? {} : { [SCALED_OUTPUT]: scaled }),
    releases: sandboxReleases(
      { ...config, endpoint: { ...config.endpoint, traffic, mirrorTraffic } },
      assets,
      before,
      routed,
      new Date(),
    ),
  };
}
