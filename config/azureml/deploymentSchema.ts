import { z } from "zod";
import { codeConfigurationSchema, environmentSchema, modelSchema } from "./assetSchemas";
import { readOnlyKeys } from "./readOnlyKeys";
import {
  choice,
  flag,
  prose,
  refused,
  share,
  text,
  textMap,
  version,
  wholeNumber,
} from "./yamlValues";

/**
 * The YAML of a managed online deployment, whole.
 * Sources: Microsoft Learn "CLI (v2) managed online deployment YAML schema" (keys, ranges, defaults) and "Manage and
 * increase quotas" (limits); azure-sdk-for-python `_schema/_deployment/online/*.py` (spellings taken).
 */

const UNLIMITED = Number.MAX_SAFE_INTEGER;

/** Longest time Azure lets a request to a managed endpoint take, in milliseconds. */
const MAX_REQUEST_TIMEOUT_MS = 180_000;

/** Most instances of one deployment, unless Azure has raised the limit (Azure ML, "Manage and increase quotas"). */
export const MAX_INSTANCES = 50;

function probeSchema(kind: "liveness" | "readiness" | "startup") {
  const successes =
    kind === "readiness"
      ? wholeNumber(1, UNLIMITED, "successes in a row")
      : wholeNumber(1, 1, `fixed for ${kind} probes`);
  return z.strictObject({
    /** Seconds from the container's start to the first probe. @default 10 */
    initial_delay: wholeNumber(1, UNLIMITED, "seconds").optional(),
    /** Seconds between probes. @default 10 */
    period: wholeNumber(1, UNLIMITED, "seconds").optional(),
    /** Seconds a probe may take. @default 2 */
    timeout: wholeNumber(1, UNLIMITED, "seconds").optional(),
    /** Successes in a row after which a failed probe counts as good. @default 1 */
    success_threshold: successes.optional(),
    /** Failures in a row after which the system gives up. @default 30 */
    failure_threshold: wholeNumber(1, UNLIMITED, "failures in a row").optional(),
  });
}

const requestSettingsSchema = z.strictObject({
  /** @default 5000 */
  request_timeout_ms: wholeNumber(
    1,
    MAX_REQUEST_TIMEOUT_MS,
    "milliseconds; a managed endpoint cuts a request off at 180 s",
  ).optional(),
  /** @default 1 */
  max_concurrent_requests_per_instance: wholeNumber(1, UNLIMITED, "requests").optional(),
  /** Deprecated in Azure. @default 500 */
  max_queue_wait_ms: wholeNumber(0, UNLIMITED, "milliseconds").optional(),
});

const collectionSchema = z.strictObject({
  enabled: flag(),
  /** The data asset that is registered for what is collected. */
  data: z
    .union([
      z.string(),
      z.strictObject({
        name: text().optional(),
        path: text("an azureml://datastores/… path").optional(),
        version: version().optional(),
      }),
    ])
    .optional(),
  client_id: text("the client id of an identity").optional(),
});

const dataCollectorSchema = z.strictObject({
  /** By collection: `request` and `response` are the HTTP payloads, others are named in the scoring script. */
  collections: z.record(z.string(), collectionSchema),
  /** Share of the requests that is collected. @default 1 */
  sampling_rate: share(0, 1, "share of the requests").optional(),
  /** How the files are partitioned. @default hour */
  rolling_rate: choice(["year", "month", "day", "hour", "minute"]).optional(),
  request_logging: z.strictObject({ capture_headers: z.array(text()).optional() }).optional(),
});

/**
 * Managed deployments have the type `default` alone (Azure ML, "CLI (v2) managed online deployment YAML schema",
 * `scale_settings`; azure-ai-ml refuses others, ManagedOnlineDeployment._validate_scale_settings).
 */
export const KUBERNETES_SCALING =
  "scales Kubernetes deployments only; Azure Monitor scales a managed one: set mlscore:autoscale with minInstances and " +
  "maxInstances of the deployment in the stack's settings";

const scaleSettingsSchema = z.strictObject({
  type: choice(["default", "target_utilization"]),
  min_instances: refused(KUBERNETES_SCALING).optional(),
  max_instances: refused(KUBERNETES_SCALING).optional(),
  polling_interval: refused(KUBERNETES_SCALING).optional(),
  target_utilization_percentage: refused(KUBERNETES_SCALING).optional(),
});

const PACKAGING =
  "has Azure build a model package during the deployment, which nothing pins; build the package first and name its " +
  "environment and version here";

export const deploymentSchema = z.strictObject({
  $schema: text().optional(),
  name: text("the deployment's name"),
  /** May be left out where one endpoint file lies beside it. */
  endpoint_name: text("the endpoint's name").optional(),
  description: prose().optional(),
  tags: textMap().optional(),
  /** Can be added to later, never removed or changed. */
  properties: textMap().optional(),
  type: choice(["managed", "kubernetes"]).optional(),
  model: modelSchema.optional(),
  /** Where a custom container finds the model. */
  model_mount_path: text("a path in the container").optional(),
  code_configuration: codeConfigurationSchema.optional(),
  environment: environmentSchema.optional(),
  environment_variables: textMap().optional(),
  /** VM size. */
  instance_type: text("a VM size such as Standard_DS3_v2"),
  instance_count: wholeNumber(1, MAX_INSTANCES, "instances; Azure runs 1 to 50 per deployment"),
  /** @default false */
  app_insights_enabled: flag().optional(),
  request_settings: requestSettingsSchema.optional(),
  liveness_probe: probeSchema("liveness").optional(),
  readiness_probe: probeSchema("readiness").optional(),
  /** In the ARM API only (2025-12-01). */
  startup_probe: probeSchema("startup").optional(),
  scale_settings: scaleSettingsSchema.optional(),
  data_collector: dataCollectorSchema.optional(),
  /** Of the legacy network isolation. @default enabled */
  egress_public_network_access: choice(["enabled", "disabled"]).optional(),
  private_network_connection: refused(
    "was replaced in Azure ML; the workspace's managed network secures outbound traffic: remove the key",
  ).optional(),
  resources: refused(
    "sets CPU and memory of Kubernetes deployments; a managed one has instance_type: remove the key",
  ).optional(),
  package_model: refused(PACKAGING).optional(),
  with_package: refused(PACKAGING).optional(),
  ...readOnlyKeys,
});

export type DeploymentYaml = z.output<typeof deploymentSchema>;
