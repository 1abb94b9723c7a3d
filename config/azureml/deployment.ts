import type { Problem } from "../../errors";
import type { OnlineDeploymentDefinition, Probe } from "../types";
import { ACCESS } from "./armWords";
import { type AssetReader, assetReader } from "./assetReader";
import { codeConfiguration } from "./code";
import { dataCollectorOf } from "./dataCollector";
import { checkParts, checkVariables } from "./deploymentRules";
import { deploymentSchema, type DeploymentYaml } from "./deploymentSchema";
import { warnOfReadOnlyKeys } from "./endpoint";
import { environmentOf } from "./environment";
import { type Report, reportOn, soundParts } from "./issues";
import { modelOf } from "./model";
import { endpointNameProblem } from "./names";
import { isExpectedKind } from "./unexpectedKinds";
import { reportPlaceholders } from "./placeholderCheck";
import { warnOfSecrets } from "./secretCheck";
import { textsOf } from "./texts";
import { readYamlFile } from "./yamlFile";
import type { YamlFile } from "./yamlTree";

/** What a deployment's file does not say itself. */
export interface DeploymentContext {
  /** Name of the endpoint it belongs to, when that is known: `endpoint_name` must be the same, or may be missing. */
  readonly endpointName?: string;
  /** Whether the file is read with the rest of its folder, where a missing `endpoint_name` is no gap. */
  readonly isInFolder?: boolean;
  /** Whether the stack runs on this machine alone, which takes labels and paths in the cloud. @default false */
  readonly isLocalRun?: boolean;
  /** Of the run, which may read several files. @default one for this file */
  readonly assets?: AssetReader;
}

/** Reads and checks the YAML of one managed online deployment and everything it points at. */
export async function readDeploymentFile(
  file: string,
  context: DeploymentContext = {},
): Promise<{ readonly value?: OnlineDeploymentDefinition; readonly problems: readonly Problem[] }> {
  const { yaml, problems } = readYamlFile(file);
  if (yaml === undefined) return { problems };
  const report = reportOn(yaml);
  const isExpected = isExpectedKind(yaml, "deployment", report);
  const value = isExpected ? await deploymentFrom(yaml, context, report) : undefined;
  const all = [...problems, ...report.problems];
  const isSound = all.every((problem) => problem.severity === "warning");
  return value !== undefined && isSound ? { value, problems: all } : { problems: all };
}

/** The deployment in a parsed file; undefined when something is wrong with it, all of which goes to `report`. */
export async function deploymentFrom(
  yaml: YamlFile,
  context: DeploymentContext,
  report: Report,
): Promise<OnlineDeploymentDefinition | undefined> {
  reportPlaceholders(yaml, "deployment", report);
  const parsed = soundParts(deploymentSchema, yaml, report);

  checkNames(parsed, context, report);
  checkParts(parsed, report);
  warnOfReadOnlyKeys(yaml, report);
  const endpoint = context.endpointName ?? parsed.endpoint_name;
  const owner = {
    deployment: parsed.name ?? "",
    assets: context.assets ?? assetReader(),
    ...given("endpoint", endpoint),
    ...given("isLocalRun", context.isLocalRun),
  };
  const variables = textsOf(parsed.environment_variables, ["environment_variables"], yaml, report);
  checkVariables(variables, report);
  warnOfSecrets(yaml, report, variables);
  const { model, code_configuration: code, environment, data_collector: collector } = parsed;
  const parts = {
    model: model === undefined ? undefined : await modelOf(model, owner, yaml, report),
    codeConfiguration: code && (await codeConfiguration(code, owner, yaml, report)),
    environment:
      environment === undefined
        ? undefined
        : await environmentOf(environment, { ...owner, hasCode: code !== undefined }, yaml, report),
  };
  const dataCollector = collector && dataCollectorOf(collector, owner, yaml, report);
  const tags = textsOf(parsed.tags, ["tags"], yaml, report);
  const properties = textsOf(parsed.properties, ["properties"], yaml, report);
  const { name, instance_type: instanceType, instance_count: instanceCount } = parsed;
  if (name === undefined || instanceType === undefined || instanceCount === undefined)
    return undefined;
  if (report.hasError()) return undefined;
  const egress = parsed.egress_public_network_access;
  return {
    file: yaml.path,
    name,
    ...given("description", parsed.description),
    tags,
    properties,
    ...given("model", parts.model),
    ...given("modelMountPath", parsed.model_mount_path),
    ...given("codeConfiguration", parts.codeConfiguration),
    ...given("environment", parts.environment),
    environmentVariables: variables,
    instanceType,
    instanceCount,
    requestSettings: requestSettingsOf(parsed.request_settings),
    ...given("livenessProbe", probeOf(parsed.liveness_probe)),
    ...given("readinessProbe", probeOf(parsed.readiness_probe)),
    ...given("startupProbe", probeOf(parsed.startup_probe)),
    ...given("dataCollector", dataCollector),
    appInsightsEnabled: parsed.app_insights_enabled ?? false,
    ...given("egressPublicNetworkAccess", egress && ACCESS[egress]),
  };
}

function checkNames(
  parsed: Partial<DeploymentYaml>,
  context: DeploymentContext,
  report: Report,
): void {
  const problem = report.hasError(["name"]) ? undefined : endpointNameProblem(parsed.name ?? "");
  if (problem !== undefined) report.error(["name"], `is {value}, which ${problem}`);
  if (report.hasError(["endpoint_name"])) return;
  if (parsed.endpoint_name === undefined) {
    if (context.endpointName === undefined && context.isInFolder !== true) {
      report.warning(
        ["endpoint_name"],
        "is missing; it is taken from the endpoint file in the same folder",
      );
    }
    return;
  }
  if (context.endpointName === undefined) {
    const endpointProblem = endpointNameProblem(parsed.endpoint_name);
    if (endpointProblem !== undefined)
      report.error(["endpoint_name"], `is {value}, which ${endpointProblem}`);
  } else if (parsed.endpoint_name !== context.endpointName) {
    report.error(
      ["endpoint_name"],
      `is {value}; the endpoint in this folder is "${context.endpointName}"`,
    );
  }
}

function requestSettingsOf(settings: DeploymentYaml["request_settings"]) {
  return {
    requestTimeoutMs: settings?.request_timeout_ms ?? 5000,
    maxConcurrentRequestsPerInstance: settings?.max_concurrent_requests_per_instance ?? 1,
    ...given("maxQueueWaitMs", settings?.max_queue_wait_ms),
  };
}

function probeOf(probe: DeploymentYaml["readiness_probe"]): Probe | undefined {
  if (probe === undefined) return undefined;
  return {
    ...given("initialDelaySeconds", probe.initial_delay),
    ...given("periodSeconds", probe.period),
    ...given("timeoutSeconds", probe.timeout),
    ...given("successThreshold", probe.success_threshold),
    ...given("failureThreshold", probe.failure_threshold),
  };
}

/** A property only when there is a value: absent means Azure's default. */
function given<K extends string, V>(key: K, value: V | undefined): { [P in K]?: V } {
  return value === undefined ? {} : ({ [key]: value } as { [P in K]?: V });
}
