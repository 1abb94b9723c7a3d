import { realpathSync } from "node:fs";
import { distance } from "fastest-levenshtein";
import { type Report, soundParts } from "../azureml/issues";
import { didYouMean } from "../azureml/nearest";
import type { YamlFile } from "../azureml/yamlTree";
import { commonConfig, nameScope } from "../common";
import { productionNames } from "../names";
import { releaseId } from "../release";
import { rolloutPlan } from "../rollout";
import type { OnlineDeploymentDefinition, OnlineEndpointDefinition } from "../types";
import { checkAddresses } from "./addresses";
import { imageBuild, type CheckedBuild } from "./imageBuild";
import type { ImageSettings } from "./imageSettings";
import { checkNetworkIds } from "./networkIds";
import { checkPods, checkRegistry, scoringPool } from "./podChecks";
import { addressAt } from "./ranges";
import { regionProblem } from "./regions";
import { productionSettings, type ProductionSettings } from "./settings";
import type { ImageBuild, ImageSource, ProductionConfig } from "./productionTypes";

/** Kubernetes' and AKS' custom: the name service has this place in the range of services. */
const DNS_OFFSET = 10;

/**
 * The settings as far as they are sound. What is wrong with them, by themselves and with one another, is reported; parts
 * that are wrong do not keep the others from being checked.
 */
export function checkProduction(
  file: YamlFile,
  stack: string,
  report: Report,
): Partial<ProductionSettings> {
  const settings = soundParts(productionSettings, file, report);
  const { cluster, image, location, network, resourceGroup } = settings;
  const subscriptionId = settings["azure-native:subscriptionId"];
  if (location !== undefined) {
    const problem = regionProblem(location);
    if (problem !== undefined) report.error(["location"], problem);
  }
  const pools = cluster === undefined ? undefined : [cluster.systemPool, ...cluster.userPools];
  checkAddresses(parsedSetting(file, "network"), pools, report);
  if (network !== undefined && location !== undefined && resourceGroup && subscriptionId) {
    const place = { subscriptionId, resourceGroup: resourceGroup.name, location };
    checkNetworkIds(network, place, report);
  }
  if (image?.kind === "agentPool" && network !== undefined) {
    const isCreated = network.vnet.kind === "created";
    const subnets = network.vnet.kind === "created" ? network.vnet.subnets : network.vnet.subnetIds;
    if (subnets.build === undefined) {
      report.error(
        ["network", isCreated ? "subnets" : "subnetIds", "build"],
        "is missing; the agent pool that builds the image (image.build: agentPool) needs a subnet",
      );
    }
  }
  checkPods(settings, report);
  const { workload, generation } = settings;
  if (workload !== undefined && generation !== undefined && resourceGroup && subscriptionId) {
    const ids = { resourceGroup, "azure-native:subscriptionId": subscriptionId };
    const scope = nameScope({ workload, generation, ...ids }, stack);
    const { registry } = productionNames(scope);
    checkRegistry(settings, registry, report);
  }
  if (settings.release !== undefined) checkSandbox(settings.release.sandboxStack, stack, report);
  checkTransport(settings, file, report);
  checkRollout(settings, report);
  if (cluster?.zones.length === 1) {
    report.warning(
      ["cluster", "zones"],
      `has zone ${cluster.zones.join("")} only: when that fails, everything does; name two or three`,
    );
  }
  return settings;
}

/** Requests go over TLS, or in plain text because somebody chose it: never because a certificate was forgotten. */
function checkTransport(
  { hostname, plainHttp }: Partial<ProductionSettings>,
  file: YamlFile,
  report: Report,
): void {
  // As written: a certificate's name that is wrong in itself is told already, and is no choice of plain HTTP.
  const hasCertificate = parsedSetting(file, "certificateName") !== undefined;
  const isUnsaid = parsedSetting(file, "plainHttp") === undefined;
  if (plainHttp === true && hasCertificate) {
    report.error(
      ["plainHttp"],
      "is true, and certificateName names a certificate; remove one of the two",
    );
  } else if (plainHttp === true) {
    report.warning(
      ["plainHttp"],
      "is true: requests and predictions can be read on the network; put a certificate into the stack's vault, name it in certificateName and remove plainHttp",
    );
  } else if ((isUnsaid || plainHttp === false) && hostname !== undefined && !hasCertificate) {
    report.error(
      ["hostname"],
      "has no certificate; name one of the stack's vault in certificateName, or set plainHttp: true to take plain HTTP inside the network until there is one",
    );
  }
}

/** Nobody gets the answers to a route's copies, and the gateway's numbers are in a Prometheus. */
function checkRollout({ rollout }: Partial<ProductionSettings>, report: Report): void {
  if (rollout === undefined) return;
  for (const [index, { mirror }] of rollout.steps.entries()) {
    if (mirror === undefined) continue;
    const message =
      "is for managed online endpoints; in production, shadow compares the answers to sampled requests";
    report.error(["rollout", "steps", index, "mirror"], message);
  }
  if (rollout.prometheus === undefined) {
    const message = "has no prometheus: the URL of the one that reads the gateway's metrics";
    report.error(["rollout"], message);
  }
}

/** A stack that is its own sandbox would find every release in its own history. */
function checkSandbox(sandbox: string, stack: string, report: Report): void {
  const [, ...own] = sandbox.toLowerCase().split("/");
  if (own.join("/") !== `mlscore/${stack.toLowerCase()}`) return;
  report.error(
    ["release", "sandboxStack"],
    "is {value}, this stack itself; name the sandbox in which releases run first",
  );
}

/** The deployment that the settings name; reports a name that the endpoint does not have, with those that it has. */
export function chosenDeployment(
  name: string | undefined,
  endpoint: OnlineEndpointDefinition | undefined,
  report: Report,
): OnlineDeploymentDefinition | undefined {
  if (name === undefined || endpoint === undefined) return undefined;
  const found = endpoint.deployments.find((deployment) => deployment.name === name);
  if (found !== undefined) return found;
  const names = endpoint.deployments
    .map((deployment) => deployment.name)
    .sort((a, b) => distance(name, a) - distance(name, b) || (a < b ? -1 : 1));
  report.error(
    ["deployment"],
    `is {value}, which endpoint ${endpoint.name} does not have; it has ${names.join(", ")}${didYouMean(name, names)}`,
  );
  return undefined;
}

/** How the image is built from the deployment, where it is built here; or why it cannot be. */
export function buildOf(
  image: ImageSettings | undefined,
  deployment: OnlineDeploymentDefinition | undefined,
  context: string,
): CheckedBuild {
  if (image === undefined || image.kind === "digest" || deployment === undefined) {
    return { problems: [] };
  }
  return imageBuild(deployment, realpathSync(context), image.baseImage !== undefined);
}

/** Completes settings in which nothing is wrong. */
export function productionConfig(
  file: YamlFile,
  endpoint: OnlineEndpointDefinition,
  deployment: OnlineDeploymentDefinition,
  build: ImageBuild | undefined,
  stack: string,
): ProductionConfig {
  const settings = productionSettings.parse(file.value);
  const { release, canary } = settings;
  const { pool, ...scale } = settings.scale;
  const runs = scoringPool(settings.cluster.userPools, pool);
  if (runs === undefined) throw new Error("the scoring pods have no pool, and no problem told why");
  return {
    target: "production",
    ...commonConfig(settings),
    names: productionNames(nameScope(settings, stack)),
    network: {
      ...settings.network,
      dnsServiceIp: addressAt(settings.network.serviceCidr, DNS_OFFSET),
    },
    cluster: settings.cluster,
    image: imageSource(settings.image, build),
    release: { id: releaseId(deployment), ...release },
    endpointName: endpoint.name,
    deployment,
    scoringPool: runs.name,
    scale,
    resources: settings.resources,
    probes: settings.probes,
    ...(canary === undefined ? {} : { canary }),
    ...(settings.rollout === undefined
      ? {}
      : { rollout: rolloutPlan(settings.rollout, endpoint.file) }),
    hostname: settings.hostname,
    ...(settings.certificateName === undefined
      ? {}
      : { certificateName: settings.certificateName }),
  };
}

function imageSource(image: ImageSettings, build: ImageBuild | undefined): ImageSource {
  if (image.kind === "digest") return image;
  if (build === undefined) throw new Error("the image has no build, and no problem told why");
  return { ...image, build };
}

function parsedSetting(file: YamlFile, key: string): unknown {
  const { value } = file;
  return typeof value === "object" && value !== null
    ? (value as Record<string, unknown>)[key]
    : undefined;
}
