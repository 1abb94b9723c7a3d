import type {
  AssetReference,
  DataCollector,
  OnlineDeploymentDefinition,
  OnlineEndpointDefinition,
  Probe,
} from "../types";
import { ACCESS, AUTH_MODES, IDENTITY_TYPES, ROLLING_RATES, yamlWord } from "./armWords";
import { SCHEMA_NAMES } from "./kind";

/** A mapping of YAML in the order in which it is written; what is undefined is left out. */
export type YamlMapping = Readonly<Record<string, unknown>>;

/** An endpoint without its files. */
export type BareEndpoint = Omit<OnlineEndpointDefinition, "file" | "deployments">;

/** A deployment of registered assets, without its file. */
export interface BareDeployment extends Omit<
  OnlineDeploymentDefinition,
  "file" | "model" | "environment" | "codeConfiguration"
> {
  readonly model?: AssetReference;
  readonly environment?: AssetReference;
  readonly codeConfiguration?: { readonly code: AssetReference; readonly scoringScript: string };
}

const SCHEMAS = "https://azuremlschemas.azureedge.net/latest/";

/** The YAML that the loader reads as this endpoint. */
export function endpointYaml(endpoint: BareEndpoint): YamlMapping {
  return present({
    $schema: `${SCHEMAS}${SCHEMA_NAMES.endpoint}`,
    name: endpoint.name,
    description: endpoint.description,
    auth_mode: yamlWord(AUTH_MODES, endpoint.authMode),
    public_network_access: yamlWord(ACCESS, endpoint.publicNetworkAccess),
    identity: endpoint.identity && {
      type: yamlWord(IDENTITY_TYPES, endpoint.identity.type),
      ...(endpoint.identity.type === "UserAssigned"
        ? {
            user_assigned_identities: endpoint.identity.resourceIds.map((id) => ({
              resource_id: id,
            })),
          }
        : {}),
    },
    traffic: filled(endpoint.traffic),
    mirror_traffic: filled(endpoint.mirrorTraffic),
    tags: filled(endpoint.tags),
    properties: filled(endpoint.properties),
  });
}

/** The YAML that the loader reads as this deployment. */
export function deploymentYaml(endpointName: string, deployment: BareDeployment): YamlMapping {
  const { codeConfiguration, requestSettings, egressPublicNetworkAccess: egress } = deployment;
  return present({
    $schema: `${SCHEMAS}${SCHEMA_NAMES.deployment}`,
    name: deployment.name,
    endpoint_name: endpointName,
    description: deployment.description,
    model: deployment.model && referenceText(deployment.model),
    model_mount_path: deployment.modelMountPath,
    code_configuration: codeConfiguration && {
      code: referenceText(codeConfiguration.code),
      scoring_script: codeConfiguration.scoringScript,
    },
    environment: deployment.environment && referenceText(deployment.environment),
    environment_variables: filled(deployment.environmentVariables),
    instance_type: deployment.instanceType,
    instance_count: deployment.instanceCount,
    app_insights_enabled: deployment.appInsightsEnabled,
    request_settings: present({
      request_timeout_ms: requestSettings.requestTimeoutMs,
      max_concurrent_requests_per_instance: requestSettings.maxConcurrentRequestsPerInstance,
      max_queue_wait_ms: requestSettings.maxQueueWaitMs,
    }),
    liveness_probe: probeYaml(deployment.livenessProbe),
    readiness_probe: probeYaml(deployment.readinessProbe),
    startup_probe: probeYaml(deployment.startupProbe),
    data_collector: deployment.dataCollector && collectorYaml(deployment.dataCollector),
    egress_public_network_access: egress && yamlWord(ACCESS, egress),
    tags: filled(deployment.tags),
    properties: filled(deployment.properties),
  });
}

/** A reference as `parseReference` reads it. */
export function referenceText(reference: AssetReference): string {
  switch (reference.kind) {
    case "workspace":
      return `azureml:${reference.name}:${reference.version}`;
    case "label":
      return `azureml:${reference.name}@${reference.label}`;
    case "id":
      return reference.id;
  }
}

function probeYaml(probe: Probe | undefined): YamlMapping | undefined {
  if (probe === undefined) return undefined;
  return present({
    initial_delay: probe.initialDelaySeconds,
    period: probe.periodSeconds,
    timeout: probe.timeoutSeconds,
    success_threshold: probe.successThreshold,
    failure_threshold: probe.failureThreshold,
  });
}

/** The YAML has one sampling rate for all collections: the first one's. */
function collectorYaml({ collections, rollingRate, captureHeaders }: DataCollector): YamlMapping {
  const each = Object.entries(collections);
  return present({
    collections: Object.fromEntries(
      each.map(([name, { enabled, dataId, clientId }]) => [
        name,
        present({ enabled, data: dataId, client_id: clientId }),
      ]),
    ),
    sampling_rate: each[0]?.[1].samplingRate,
    rolling_rate: rollingRate && yamlWord(ROLLING_RATES, rollingRate),
    request_logging: captureHeaders && { capture_headers: [...captureHeaders] },
  });
}

function present(mapping: YamlMapping): YamlMapping {
  return Object.fromEntries(Object.entries(mapping).filter(([, value]) => value !== undefined));
}

function filled<T extends object>(mapping: T): T | undefined {
  return Object.keys(mapping).length === 0 ? undefined : mapping;
}
