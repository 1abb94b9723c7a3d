import { UserError } from "../errors";
import { textAt, valueAt } from "../graph/paths";
import type { CreatedResource } from "../graph/graph";
import { callersOf } from "./callers";
import { deploymentOf } from "./deployment";
import type { DeploymentSpec, EndpointSpec } from "./endpoint";
import type { RegisteredAssets } from "./registered/record";
import { workspaceOf } from "./registered/reference";
import type { CannotRun } from "./runnable";

const ML = "azure-native:machinelearningservices:";
const TRAFFIC = "pulumi-nodejs:dynamic/mlscore:TrafficSplit";

export interface Deployable {
  readonly spec: EndpointSpec;
  /** Names of deployments without traffic that were not asked for. */
  readonly withoutTraffic: readonly string[];
  /** Deployments without traffic that cannot run on this machine, each with the reason. */
  readonly leftOut: readonly string[];
  /** By deployment: the user's file with its packages, where that is not the one that its YAML names. */
  readonly condaFiles: ReadonlyMap<string, string>;
  /** The user's file by its copy, of code that is registered in Azure. */
  readonly codeSources: ReadonlyMap<string, string>;
}

export interface DeployableOptions {
  /** Deployments without traffic too. @default false, unless none has any */
  readonly all?: boolean;
  /** Names of what runs already and stays, whatever its traffic. @default nothing */
  readonly running?: ReadonlySet<string>;
  /** Local files to use for assets that are registered in Azure. @default none */
  readonly registered?: RegisteredAssets;
  /** `<file>:<line>` of a key of a deployment's YAML. @default unknown */
  readonly placeOf?: (deployment: string, key: string) => string | undefined;
}

const NOTHING: RegisteredAssets = {
  stack: "sandbox",
  model: new Map(),
  environment: new Map(),
  code: new Map(),
};

/**
 * Reads what the local endpoint is to run out of the stack's resources, the way Azure would: from the deployment to
 * its code, model and environment versions, from their URIs to the blobs. A file that was never uploaded is missing
 * here too.
 *
 * @param assetDirectory where the downloaded code and models are kept
 * @throws UserError when a deployment with live or mirrored traffic, or none of those that are declared, can run on this machine
 */
export async function deployable(
  resources: ReadonlyMap<string, CreatedResource>,
  assetDirectory: string,
  options: DeployableOptions = {},
): Promise<Deployable> {
  const { all: wantsAll = false, running = new Set(), registered = NOTHING } = options;
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
  const sources = {
    resources: all,
    assetDirectory,
    registered,
    workspaceId: workspaceOf(endpoint.id),
  };
  const deployments: DeploymentSpec[] = [];
  const condaFiles = new Map<string, string>();
  const codeSources = new Map<string, string>();
  const withoutTraffic: string[] = [];
  const leftOut: string[] = [];
  const failed: string[] = [];
  for (const deployment of declared) {
    const name = nameOf(deployment);
    if (!startsAll && !hasTraffic(name) && !running.has(name)) {
      withoutTraffic.push(name);
      continue;
    }
    const found = await deploymentOf(name, deployment, sources);
    if (!("spec" in found)) {
      const reasons = found.map((one) => placed(name, one, options));
      (hasTraffic(name) ? failed : leftOut).push(...reasons);
      continue;
    }
    deployments.push(found.spec);
    if (found.condaFile !== undefined) condaFiles.set(name, found.condaFile);
    for (const [copy, source] of found.codeSources) codeSources.set(copy, source);
  }
  if (failed.length > 0 || (deployments.length === 0 && declared.length > 0)) {
    throw new UserError(
      `These deployments cannot run on this machine:\n  ${[...failed, ...leftOut].join("\n  ")}`,
    );
  }
  const present = new Set(deployments.map(({ name }) => name));
  const callers = callersOf(endpoint.id, all);
  return {
    spec: {
      name: textAt(endpoint.inputs, "endpointName"),
      authMode: textAt(endpoint.inputs, "properties.authMode") as EndpointSpec["authMode"],
      ...(callers.length === 0 ? {} : { callers }),
      deployments,
      traffic: onlyPresent(traffic, present),
      mirrorTraffic: onlyPresent(mirrorTraffic, present),
      tags: tagsOf(endpoint, split),
    },
    withoutTraffic,
    leftOut,
    condaFiles,
    codeSources,
  };
}

function placed(name: string, { key, reason }: CannotRun, { placeOf }: DeployableOptions): string {
  const place = placeOf?.(name, key);
  return `${place === undefined ? "" : `${place}: `}${name}: ${reason}`;
}

/** What is written with the split decides: of the endpoint itself, the engine ignores changes. */
function tagsOf(
  endpoint: CreatedResource,
  split: CreatedResource | undefined,
): Record<string, string> {
  const tags = valueAt(split?.inputs, "settings.tags") ?? valueAt(endpoint.inputs, "tags");
  return (tags ?? {}) as Record<string, string>;
}

function percents(split: CreatedResource | undefined, key: string): Record<string, number> {
  return (valueAt(split?.inputs, key) ?? {}) as Record<string, number>;
}

function onlyPresent(traffic: Record<string, number>, present: ReadonlySet<string>) {
  return Object.fromEntries(Object.entries(traffic).filter(([name]) => present.has(name)));
}
