import { z } from "zod";
import type { BareDeployment } from "../config/azureml/definitionYaml";
import { parseReference } from "../config/azureml/references";
import { milliseconds } from "../config/isoDuration";
import type { AssetReference, DataCollector, Probe } from "../config/types";
import { NotDeclarable, ownProperties } from "./endpointDefinition";

/**
 * The way back from ARM's body of a managed online deployment to what its YAML says: the inverse of
 * `onlineDeploymentProperties`. What the YAML cannot say is left out; who compares both bodies finds it.
 */

const text = z.string().nullish();
const number = z.number().nullish();
const texts = z.record(z.string(), z.string()).nullish();

const probe = z
  .looseObject({
    initialDelay: text,
    period: text,
    timeout: text,
    successThreshold: number,
    failureThreshold: number,
  })
  .nullish();

const collector = z
  .looseObject({
    collections: z.record(
      z.string(),
      z.looseObject({
        dataCollectionMode: text,
        samplingRate: number,
        clientId: text,
        dataId: text,
      }),
    ),
    rollingRate: z.enum(["Year", "Month", "Day", "Hour", "Minute"]).nullish(),
    requestLogging: z.looseObject({ captureHeaders: z.array(z.string()).nullish() }).nullish(),
  })
  .nullish();

/** OnlineDeployment with ManagedOnlineDeployment (Microsoft.MachineLearningServices 2025-12-01), as far as the YAML goes. */
const deploymentBody = z.looseObject({
  name: z.string(),
  tags: texts,
  sku: z.looseObject({ capacity: number }).nullish(),
  properties: z.looseObject({
    endpointComputeType: z.string(),
    instanceType: text,
    description: text,
    model: text,
    modelMountPath: text,
    environmentId: text,
    environmentVariables: texts,
    codeConfiguration: z.looseObject({ codeId: text, scoringScript: z.string() }).nullish(),
    properties: texts,
    appInsightsEnabled: z.boolean().nullish(),
    egressPublicNetworkAccess: z.enum(["Enabled", "Disabled"]).nullish(),
    requestSettings: z
      .looseObject({
        requestTimeout: text,
        maxConcurrentRequestsPerInstance: number,
        maxQueueWait: text,
      })
      .nullish(),
    livenessProbe: probe,
    readinessProbe: probe,
    startupProbe: probe,
    dataCollector: collector,
  }),
});

/**
 * Variables that Azure adds to a deployment with code or a model: where these lie in the container (azure.azcollection,
 * azure_rm_ml_online_deployment_info, its sample of an answer). They name the folders of this very version.
 */
export const VARIABLES_OF_AZURE = ["AML_APP_ROOT", "AZUREML_ENTRY_SCRIPT", "AZUREML_MODEL_DIR"];

/**
 * What the deployment's YAML would say.
 *
 * @param workspaceId ARM id of its workspace, whose assets the YAML names by name and version
 * @throws NotDeclarable for a deployment that is not a managed one
 */
export function deploymentDefinition(found: unknown, workspaceId: string): BareDeployment {
  const { name, tags, sku, properties } = deploymentBody.parse(found);
  if (properties.endpointComputeType !== "Managed" || properties.instanceType == null) {
    throw new NotDeclarable(
      `has the deployment ${name} of compute type ${properties.endpointComputeType}`,
    );
  }
  const { codeConfiguration: code, model, environmentId, requestSettings } = properties;
  const reference = (id: string, kind: "model" | "environment" | "code") =>
    assetReference(id, kind, workspaceId);
  const egress = properties.egressPublicNetworkAccess;
  return {
    name,
    ...given("description", properties.description),
    tags: tags ?? {},
    properties: ownProperties(properties.properties),
    ...given("model", model ? reference(model, "model") : undefined),
    ...given("modelMountPath", properties.modelMountPath),
    ...(code?.codeId
      ? {
          codeConfiguration: {
            code: reference(code.codeId, "code"),
            scoringScript: code.scoringScript,
          },
        }
      : {}),
    ...given("environment", environmentId ? reference(environmentId, "environment") : undefined),
    environmentVariables: Object.fromEntries(
      Object.entries(properties.environmentVariables ?? {}).filter(
        ([variable]) => !VARIABLES_OF_AZURE.includes(variable),
      ),
    ),
    instanceType: properties.instanceType,
    instanceCount: sku?.capacity ?? 1,
    requestSettings: {
      requestTimeoutMs: wholeMs(requestSettings?.requestTimeout) ?? 5000,
      maxConcurrentRequestsPerInstance: requestSettings?.maxConcurrentRequestsPerInstance ?? 1,
      ...given("maxQueueWaitMs", wholeMs(requestSettings?.maxQueueWait)),
    },
    ...given("livenessProbe", probeDefinition(properties.livenessProbe)),
    ...given("readinessProbe", probeDefinition(properties.readinessProbe)),
    ...given("startupProbe", probeDefinition(properties.startupProbe)),
    ...given("dataCollector", collectorDefinition(properties.dataCollector)),
    appInsightsEnabled: properties.appInsightsEnabled ?? false,
    // Azure's default, which the workspace's own isolation replaces: the program leaves alone what is not declared.
    ...given("egressPublicNetworkAccess", egress === "Enabled" ? undefined : egress),
  };
}

/** By name and version where that is read back as this very id; otherwise by the id. */
function assetReference(
  id: string,
  kind: "model" | "environment" | "code",
  workspaceId: string,
): AssetReference {
  const below = `${workspaceId}/${kind}s/`;
  const [name = "", versions, version = "", ...more] = id.slice(below.length).split("/");
  const isShort = id.startsWith(below) && versions === "versions" && more.length === 0;
  const short = isShort ? parseReference(`azureml:${name}:${version}`, kind) : undefined;
  return short !== undefined && !("problem" in short) ? short : { kind: "id", id };
}

function probeDefinition(found: z.output<typeof probe>): Probe | undefined {
  if (found == null) return undefined;
  const seconds = (duration: string | null | undefined) => {
    const ms = wholeMs(duration);
    return ms === undefined || ms % 1000 !== 0 ? undefined : ms / 1000;
  };
  return {
    ...given("initialDelaySeconds", seconds(found.initialDelay)),
    ...given("periodSeconds", seconds(found.period)),
    ...given("timeoutSeconds", seconds(found.timeout)),
    ...given("successThreshold", found.successThreshold),
    ...given("failureThreshold", found.failureThreshold),
  };
}

function collectorDefinition(found: z.output<typeof collector>): DataCollector | undefined {
  if (found == null) return undefined;
  return {
    collections: Object.fromEntries(
      Object.entries(found.collections).map(([name, one]) => [
        name,
        {
          enabled: one.dataCollectionMode?.toLowerCase() === "enabled",
          ...given("samplingRate", one.samplingRate),
          ...given("clientId", one.clientId),
          ...given("dataId", one.dataId),
        },
      ]),
    ),
    ...given("rollingRate", found.rollingRate),
    ...given("captureHeaders", found.requestLogging?.captureHeaders),
  };
}

function wholeMs(duration: string | null | undefined): number | undefined {
  const ms = milliseconds(duration ?? "", -1);
  return ms < 0 ? undefined : ms;
}

/** A property only when ARM has a value. */
function given<K extends string, V>(key: K, value: V | null | undefined): { [P in K]?: V } {
  return value === undefined || value === null || value === ""
    ? {}
    : ({ [key]: value } as { [P in K]?: V });
}
