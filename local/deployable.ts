import { createHash } from "node:crypto";
import { join } from "node:path";
import { UserError } from "../errors";
import { textAt, valueAt } from "../graph/paths";
import type { CreatedResource } from "../graph/graph";
import { download } from "./blobs";
import { bakeNeeds, buildFiles } from "./buildContext";
import type { DeploymentSpec, EndpointSpec, ProbeSpec } from "./endpoint/spec";

const ML = "azure-native:machinelearningservices:";
const TRAFFIC = "pulumi-nodejs:dynamic/mlscore:TrafficSplit";

export interface Deployable {
  readonly spec: EndpointSpec;
  /** Names of deployments without traffic that were not asked for. */
  readonly withoutTraffic: readonly string[];
  /** Deployments without traffic that cannot run on this machine, each with the reason. */
  readonly leftOut: readonly string[];
}

export interface DeployableOptions {
  /** Deployments without traffic too. @default false, unless none has any */
  readonly all?: boolean;
  /** Names of what runs already and stays, whatever its traffic. @default nothing */
  readonly running?: ReadonlySet<string>;
}

/**
 * Reads what the local endpoint is to run out of the stack's resources, the way Azure would: from the deployment to
 * its code, model and environment versions, from their URIs to the blobs. A file that was never uploaded is missing
 * here too.
 *
 * @param assetDirectory where the downloaded code and models are kept
 * @throws UserError when a deployment with live or mirrored traffic, or none at all, can run on this machine
 */
export async function deployable(
  resources: ReadonlyMap<string, CreatedResource>,
  assetDirectory: string,
  { all: wantsAll = false, running = new Set() }: DeployableOptions = {},
): Promise<Deployable> {
  const all = [...resources.values()];
  const endpoint = all.find(({ token }) => token === `${ML}OnlineEndpoint`);
  if (endpoint === undefined) throw new UserError("The stack declares no online endpoint.");
  const split = all.find(({ token }) => token === TRAFFIC);
  const traffic = percents(split, "traffic");
  const mirrorTraffic = percents(split, "mirrorTraffic");

  const hasTraffic = (name: string) => (traffic[name] ?? 0) + (mirrorTraffic[name] ?? 0) > 0;
  const declared = all.filter(({ token }) => token === `${ML}OnlineDeployment`);
  const nameOf = ({ inputs }: CreatedResource) => textAt(inputs, "deploymentName");
  const startsAll = wantsAll || !declared.some((one) => hasTraffic(nameOf(one)));
  const deployments: DeploymentSpec[] = [];
  const withoutTraffic: string[] = [];
  const leftOut: string[] = [];
  const failed: string[] = [];
  for (const deployment of declared) {
    const name = nameOf(deployment);
    if (!startsAll && !hasTraffic(name) && !running.has(name)) {
      withoutTraffic.push(name);
      continue;
    }
    const spec = await deploymentSpec(name, deployment, all, assetDirectory);
    if (typeof spec !== "string") deployments.push(spec);
    else if (hasTraffic(name)) failed.push(`${name}: ${spec}`);
    else leftOut.push(`${name}: ${spec}`);
  }
  if (failed.length > 0 || deployments.length === 0) {
    throw new UserError(
      `These deployments cannot run on this machine:\n  ${[...failed, ...leftOut].join("\n  ")}`,
    );
  }
  const present = new Set(deployments.map(({ name }) => name));
  return {
    spec: {
      name: textAt(endpoint.inputs, "endpointName"),
      authMode: textAt(endpoint.inputs, "properties.authMode") as EndpointSpec["authMode"],
      deployments,
      traffic: onlyPresent(traffic, present),
      mirrorTraffic: onlyPresent(mirrorTraffic, present),
      tags: tagsOf(endpoint, split),
    },
    withoutTraffic,
    leftOut,
  };
}

/** What is written with the split decides: of the endpoint itself, the engine ignores changes. */
function tagsOf(
  endpoint: CreatedResource,
  split: CreatedResource | undefined,
): Record<string, string> {
  const tags = valueAt(split?.inputs, "settings.tags") ?? valueAt(endpoint.inputs, "tags");
  return (tags ?? {}) as Record<string, string>;
}

/** The deployment's spec, or in words why it cannot run without a cloud. */
async function deploymentSpec(
  name: string,
  { inputs }: CreatedResource,
  all: readonly CreatedResource[],
  assetDirectory: string,
): Promise<DeploymentSpec | string> {
  const find = (path: string) => {
    const id = textAt(inputs, `properties.${path}`);
    return { id, found: all.find((one) => one.id.toLowerCase() === id.toLowerCase()) };
  };
  const code = find("codeConfiguration.codeId");
  const model = find("model");
  const environment = find("environmentId");
  if (code.found === undefined) {
    return code.id === ""
      ? "it has no scoring script (a custom container or an MLflow model); that needs Azure or Docker"
      : `its code ${code.id} is registered in Azure and not on this machine`;
  }
  if (model.id !== "" && model.found === undefined) {
    return `its model ${model.id} is registered in Azure and not on this machine; name a local path in its YAML to run it here`;
  }
  if (environment.found === undefined) {
    return `its environment ${environment.id} is registered in Azure and not on this machine; write image and conda_file in its YAML to run it here`;
  }
  const ownImage = "its environment is a container image of its own; that needs Azure or Docker";
  if (valueAt(environment.found.inputs, "properties.inferenceConfig") !== undefined) {
    return ownImage;
  }
  const below = (uri: string) => download(all, uri.split("/").slice(4).join("/"), assetDirectory);
  const contextUri = textAt(environment.found.inputs, "properties.build.contextUri");
  const buildDirectory = contextUri === "" ? undefined : await below(contextUri.replace(/\/$/, ""));
  const { condaFile = "", bakes } =
    buildDirectory === undefined
      ? { condaFile: textAt(environment.found.inputs, "properties.condaFile"), bakes: false }
      : buildFiles(buildDirectory);
  if (condaFile === "") return ownImage;
  const missing = bakes ? await bakeNeeds() : [];
  if (missing.length > 0) {
    return `its environment needs ${missing.join(" and ")}, not on this machine's PATH`;
  }

  const codeDirectory = await below(textAt(code.found.inputs, "properties.codeUri"));
  const [, modelPath = ""] = textAt(model.found?.inputs, "properties.modelUri").split("/paths/");
  const modelFolder = modelPath.slice(0, modelPath.lastIndexOf("/"));
  const running = {
    codeDirectory,
    scoringScript: textAt(inputs, "properties.codeConfiguration.scoringScript"),
    ...(model.found === undefined
      ? {}
      : {
          modelDirectory: await download(
            all,
            modelFolder,
            assetDirectory,
            mountPath(model.found.inputs),
          ),
        }),
    condaFile,
    ...(buildDirectory !== undefined && bakes ? { buildDirectory } : {}),
    environmentVariables: variablesOf(inputs),
    requestTimeoutMs: milliseconds(
      textAt(inputs, "properties.requestSettings.requestTimeout"),
      5000,
    ),
    maxConcurrentRequestsPerInstance: Number(
      valueAt(inputs, "properties.requestSettings.maxConcurrentRequestsPerInstance") ?? 1,
    ),
    livenessProbe: probe(valueAt(inputs, "properties.livenessProbe")),
    readinessProbe: probe(valueAt(inputs, "properties.readinessProbe")),
    ...(valueAt(inputs, "properties.startupProbe") === undefined
      ? {}
      : { startupProbe: probe(valueAt(inputs, "properties.startupProbe")) }),
  };
  return {
    name,
    revision: createHash("sha256").update(JSON.stringify(running)).digest("hex").slice(0, 16),
    instanceCount: Number(valueAt(inputs, "sku.capacity")),
    ...running,
  };
}

/**
 * Azure mounts a model at `/var/azureml-app/azureml-models/<name>/<version>` (how-to-deploy-online-endpoints, "the path
 * to the model"; the inference server's appinsights_client takes both from AZUREML_MODEL_DIR's end).
 */
function mountPath(model: object): string {
  return join("azureml-models", textAt(model, "name"), textAt(model, "version"));
}

function variablesOf(inputs: object): Record<string, string> {
  const own = valueAt(inputs, "properties.environmentVariables") ?? {};
  const collections = valueAt(inputs, "properties.dataCollector.collections");
  return { ...collectorVariables(collections), ...(own as Record<string, string>) };
}

/**
 * What azureml-ai-monitoring 1.0.0 reads (its config.py): a `Collector` of the script raises unless a collection other
 * than the payloads `request` and `response` is enabled. Locally the rows go to the log instead of a data asset.
 */
function collectorVariables(collections: unknown): Record<string, string> {
  const all = Object.entries(
    (collections ?? {}) as Record<string, { dataCollectionMode?: string; samplingRate?: number }>,
  );
  const own = all.filter(
    ([name, { dataCollectionMode }]) =>
      dataCollectionMode === "Enabled" && !["request", "response"].includes(name.toLowerCase()),
  );
  if (own.length === 0) return {};
  const rate = Math.max(...own.map(([, { samplingRate = 1 }]) => samplingRate));
  return {
    AZUREML_MDC_ENABLED: "true",
    AZUREML_MDC_LOCAL_CAPTURE: "true",
    AZUREML_MDC_SAMPLE_RATE: String(Math.round(rate * 100)),
  };
}

function percents(split: CreatedResource | undefined, key: string): Record<string, number> {
  return (valueAt(split?.inputs, key) ?? {}) as Record<string, number>;
}

function onlyPresent(traffic: Record<string, number>, present: ReadonlySet<string>) {
  return Object.fromEntries(Object.entries(traffic).filter(([name]) => present.has(name)));
}

/** Azure's defaults: first look after 10 s, then every 10 s, 2 s for an answer, 1 success or 30 failures decide. */
function probe(settings: unknown): ProbeSpec {
  const seconds = (key: string, otherwise: number) =>
    milliseconds(textAt(settings, key), otherwise * 1000) / 1000;
  return {
    initialDelaySeconds: seconds("initialDelay", 10),
    periodSeconds: seconds("period", 10),
    timeoutSeconds: seconds("timeout", 2),
    successThreshold: Number(valueAt(settings, "successThreshold") ?? 1),
    failureThreshold: Number(valueAt(settings, "failureThreshold") ?? 30),
  };
}

/** Milliseconds of an ISO 8601 duration of hours, minutes and seconds, ARM's form for times. */
export function milliseconds(duration: string, otherwise: number): number {
  const parts = /^PT(?:(\d+)H)?(?:(\d+)M)?(?:([\d.]+)S)?$/.exec(duration);
  if (parts === null) return otherwise;
  const [hours = 0, minutes = 0, seconds = 0] = parts.slice(1).map((part) => Number(part || 0));
  return Math.round((hours * 3600 + minutes * 60 + seconds) * 1000);
}
