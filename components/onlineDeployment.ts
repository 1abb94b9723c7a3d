import type * as azure from "@pulumi/azure-native/types/input";
import * as pulumi from "@pulumi/pulumi";
import { isoDuration } from "../config/isoDuration";
import type { DataCollector, OnlineDeploymentDefinition, Probe } from "../config/types";

type Properties = azure.machinelearningservices.ManagedOnlineDeploymentArgs;

/** Ids of the assets that a deployment runs. */
export interface DeploymentAssets {
  readonly model?: pulumi.Input<string>;
  readonly environmentId?: pulumi.Input<string>;
  readonly codeId?: pulumi.Input<string>;
  /** Data assets that receive what is collected, by the collection's name. */
  readonly collectedDataIds?: ReadonlyMap<string, pulumi.Input<string>>;
}

/**
 * Body of a managed online deployment in ARM's shape (Microsoft.MachineLearningServices 2025-12-01).
 *
 * @param variables environment variables of the stack's own, beside the definition's
 */
export function onlineDeploymentProperties(
  definition: OnlineDeploymentDefinition,
  assets: DeploymentAssets,
  variables: Readonly<Record<string, pulumi.Input<string>>> = {},
): Properties {
  const { requestSettings, codeConfiguration } = definition;
  return {
    endpointComputeType: "Managed",
    instanceType: definition.instanceType,
    scaleSettings: { scaleType: "Default" },
    appInsightsEnabled: definition.appInsightsEnabled,
    environmentVariables: { ...definition.environmentVariables, ...variables },
    properties: definition.properties,
    requestSettings: {
      requestTimeout: isoDuration(requestSettings.requestTimeoutMs),
      maxConcurrentRequestsPerInstance: requestSettings.maxConcurrentRequestsPerInstance,
      ...(requestSettings.maxQueueWaitMs === undefined
        ? {}
        : { maxQueueWait: isoDuration(requestSettings.maxQueueWaitMs) }),
    },
    ...given("model", assets.model),
    ...given("modelMountPath", definition.modelMountPath),
    ...given("environmentId", assets.environmentId),
    ...given("description", definition.description),
    ...given("egressPublicNetworkAccess", definition.egressPublicNetworkAccess),
    ...given("livenessProbe", probeSettings(definition.livenessProbe)),
    ...given("readinessProbe", probeSettings(definition.readinessProbe)),
    ...given("startupProbe", probeSettings(definition.startupProbe)),
    ...given("dataCollector", dataCollector(definition.dataCollector, assets)),
    ...(codeConfiguration === undefined
      ? {}
      : {
          codeConfiguration: {
            scoringScript: codeConfiguration.scoringScript,
            ...given("codeId", assets.codeId),
          },
        }),
  };
}

function probeSettings(probe: Probe | undefined) {
  if (probe === undefined) return undefined;
  const seconds = (value: number | undefined) =>
    value === undefined ? undefined : isoDuration(value * 1000);
  return {
    ...given("initialDelay", seconds(probe.initialDelaySeconds)),
    ...given("period", seconds(probe.periodSeconds)),
    ...given("timeout", seconds(probe.timeoutSeconds)),
    ...given("successThreshold", probe.successThreshold),
    ...given("failureThreshold", probe.failureThreshold),
  };
}

function dataCollector(collector: DataCollector | undefined, assets: DeploymentAssets) {
  if (collector === undefined) return undefined;
  return {
    collections: Object.fromEntries(
      Object.entries(collector.collections).map(([name, collection]) => [
        name,
        {
          dataCollectionMode: collection.enabled ? "Enabled" : "Disabled",
          ...given("samplingRate", collection.samplingRate),
          ...given("clientId", collection.clientId),
          ...given("dataId", collection.dataId ?? assets.collectedDataIds?.get(name)),
        },
      ]),
    ),
    ...given("rollingRate", collector.rollingRate),
    ...(collector.captureHeaders === undefined
      ? {}
      : { requestLogging: { captureHeaders: [...collector.captureHeaders] } }),
  };
}

/** A property only when there is a value: ARM takes an explicit null for "remove", which is not what silence means. */
function given<K extends string, V>(key: K, value: V | undefined): Partial<Record<K, V>> {
  return value === undefined ? {} : ({ [key]: value } as Record<K, V>);
}
