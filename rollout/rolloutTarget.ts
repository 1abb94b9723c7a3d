import { resolve } from "node:path";
import type { TokenCredential } from "@azure/core-auth";
import * as pulumi from "@pulumi/pulumi";
import { azureCredential } from "../azure/credential";
import { loadConfig } from "../config";
import { isPlaceholder } from "../config/guard";
import { UserError } from "../errors";
import { SUBSCRIPTION_KEY } from "../config/settingsFile";
import type { ProductionConfig } from "../config/production/productionTypes";
import type { StackConfig } from "../config/stackConfig";
import type { SandboxConfig } from "../config/types";
import { emulatedArm } from "../emulator/arm/app";
import { inProcess } from "../emulator/arm/httpClient";
import { liveBackend } from "../local/arm/liveBackend";
import { connectSupervisor } from "../local/endpoint";
import { userPath } from "../projectDirectory";
import { readStackSettings } from "../graph/settings";
import { endpointDirectory } from "../local/state";
import { azure, connect, type Arm } from "../traffic/arm";
import type { EndpointPlace } from "../traffic/liveEndpoint";
import type { WriteOptions } from "../traffic/retryWhileBusy";
import type { Split } from "../traffic/split";
import { adoptSplit } from "./adoption";
import { azureMeter } from "./azureMeter";
import { httpScoringClient } from "./scoringClient";
import { systemClock } from "./clock";
import type { Context, Reporter, RolloutTarget } from "./context";
import { queriesOf } from "./ownQueries";
import { localMeter } from "./localMeter";
import { channelsIn } from "./notify/environment";
import { notifyingRecord } from "./notify/notifyingRecord";
import { recordFile } from "./recordFile";
import { lockPath, recordPath } from "./rolloutFiles";
import { managedEndpoint } from "./rolloutEndpoint";

export interface RolloutTargetOptions {
  readonly stack: string;
  /** Azure's endpoint instead of the one on this machine. */
  readonly azure: boolean;
  /** Folder with endpoint YAML instead of the stack's own, as for `npm run local -- up`. */
  readonly endpoint?: string;
  /** File that says where the cluster of a production stack is, and its context in there. */
  readonly kubeconfig?: string;
  readonly kubeContext?: string;
}

/** Finds the endpoint that a command is about. */
export async function rolloutTargetOf(
  options: RolloutTargetOptions,
  reporter: Reporter,
): Promise<RolloutTarget> {
  const config = await configOf(options);
  const target =
    config.target === "production"
      ? await inCluster(options, config, reporter)
      : await managedTargetOf(options, config, reporter);
  const { channels, problems } = await channelsIn(process.env, {
    token: () => entraToken(config.subscription.id, "https://vault.azure.net"),
  });
  for (const problem of problems) reporter.warn(`warning: ${problem}`);
  const { context } = target;
  const record = notifyingRecord(context.record, context.endpoint.name, channels, reporter);
  return { ...target, context: { ...context, record } };
}

/** The same of a managed online endpoint, with the way to its ARM API. */
export interface ManagedTarget extends RolloutTarget {
  readonly arm: Arm;
  readonly place: EndpointPlace;
  readonly writeOptions?: WriteOptions;
}

/** Finds the managed online endpoint of a sandbox, in Azure or on this machine. */
export async function managedTargetOf(
  options: RolloutTargetOptions,
  config: SandboxConfig,
  reporter: Reporter,
): Promise<ManagedTarget> {
  const place: EndpointPlace = {
    subscriptionId: config.subscription.id,
    resourceGroupName: config.workspace.resourceGroupName,
    workspaceName: config.workspace.name,
    endpointName: config.endpoint.name,
  };
  const common = {
    clock: systemClock,
    declared: config.endpoint,
    declare: (split: Split) => adoptSplit(config.endpoint, split),
    scaled: Object.keys(config.autoscale),
    reporter,
    ...(config.rollout === undefined ? {} : { plan: config.rollout }),
  };
  return options.azure ? onAzure(options, place, common) : onThisMachine(options, place, common);
}

type Common = Pick<Context, "clock" | "declared" | "declare" | "scaled" | "reporter" | "plan">;

/** What the settings and the YAML say; nothing is declared, so neither the engine nor the emulator is needed. */
export function configOf({
  stack,
  endpoint,
  azure,
}: Pick<RolloutTargetOptions, "stack" | "endpoint" | "azure">): Promise<StackConfig> {
  pulumi.runtime.setAllConfig({ ...readStackSettings(stack, endpoint) });
  return loadConfig(stack, !azure);
}

async function inCluster(
  { stack, azure, endpoint, kubeconfig, kubeContext }: RolloutTargetOptions,
  config: ProductionConfig,
  reporter: Reporter,
): Promise<RolloutTarget> {
  if (azure || endpoint !== undefined) {
    throw new UserError(
      `The stack ${stack} is a cluster, which kubectl reaches: --azure and --endpoint are for managed online endpoints`,
    );
  }
  const { clusterTarget } = await import("./cluster/clusterTarget");
  const access = {
    ...(kubeconfig === undefined ? {} : { kubeconfig: resolve(userPath(kubeconfig)) }),
    ...(kubeContext === undefined ? {} : { context: kubeContext }),
  };
  const token = (resource: string) => entraToken(config.subscription.id, resource);
  return clusterTarget(stack, config, access, token, reporter);
}

async function onAzure(
  { stack }: RolloutTargetOptions,
  place: EndpointPlace,
  common: Common,
): Promise<ManagedTarget> {
  const { subscriptionId, resourceGroupName, endpointName } = place;
  if (isPlaceholder({ id: subscriptionId })) {
    throw new UserError(
      `Pulumi.${stack}.yaml: ${SUBSCRIPTION_KEY} is still the placeholder; put the id of the stack's subscription there`,
    );
  }
  const arm = await azure(place);
  return {
    title: `Stack ${stack}, on Azure: endpoint ${endpointName} in ${resourceGroupName}, subscription ${subscriptionId}`,
    lockFile: lockPath(stack, "azure"),
    arm,
    place,
    context: {
      ...common,
      endpoint: managedEndpoint(arm, place),
      meter: azureMeter(arm, place, common.clock),
      queries: queriesOf(
        common.plan?.sources,
        (resource) => entraToken(subscriptionId, resource),
        true,
      ),
      scoringClient: httpScoringClient(arm, place, () => entraToken(subscriptionId)),
      record: recordFile(recordPath(stack, true)),
      bringUpCommand: `pulumi up --stack ${stack}`,
      pollMs: 30_000,
    },
  };
}

/** For endpoints with `aad_token` (Microsoft Learn "Authenticate clients for online endpoints"). */
async function entraToken(
  subscriptionId: string,
  resource = "https://ml.azure.com",
): Promise<string> {
  const credential = await azureCredential(subscriptionId);
  const token = await credential.getToken(`${resource}/.default`);
  if (token === null) throw new UserError(`Entra ID gives no token for ${resource}`);
  return token.token;
}

/** The ARM API in this process does not authenticate. */
const NOBODY: TokenCredential = {
  getToken: () => Promise.resolve({ token: "none", expiresOnTimestamp: Number.MAX_SAFE_INTEGER }),
};

async function onThisMachine(
  { stack, endpoint }: RolloutTargetOptions,
  place: EndpointPlace,
  common: Common,
): Promise<ManagedTarget> {
  const stackOption = stack === "sandbox" ? "" : ` --stack ${stack}`;
  const endpointOption = endpoint === undefined ? "" : ` --endpoint ${endpoint}`;
  const client = await connectSupervisor(endpointDirectory(stack));
  if (client === undefined) {
    throw new UserError(
      `No endpoint of stack ${stack} runs on this machine. Start it with: npm run local -- up --detach (for Azure's endpoint: --azure)`,
    );
  }
  const { endpointName } = place;
  const { name } = await client.status();
  if (name !== endpointName) {
    throw new UserError(
      `The endpoint that runs on this machine is ${name ?? "none yet"}, and the YAML is of ${endpointName}; name the folder it was brought up from with --endpoint`,
    );
  }
  const armApi = emulatedArm(liveBackend(stack, client), { retryAfterSeconds: 0 });
  const arm = connect({
    url: "https://management.azure.com",
    credential: NOBODY,
    httpClient: inProcess(armApi),
    retryDelayMs: 50,
    pollDelayMs: 20,
  });
  const writeOptions = { retryDelayMs: 50 };
  return {
    title: `Stack ${stack}, on this machine: endpoint ${endpointName}`,
    lockFile: lockPath(stack, "local"),
    arm,
    place,
    writeOptions,
    context: {
      ...common,
      endpoint: managedEndpoint(arm, place, writeOptions),
      meter: localMeter(client),
      queries: queriesOf(
        common.plan?.sources,
        (resource) => entraToken(place.subscriptionId, resource),
        false,
      ),
      scoringClient: httpScoringClient(arm, place, async () => (await client.token()).accessToken),
      record: recordFile(recordPath(stack, false)),
      bringUpCommand: `npm run local -- up --detach --all${stackOption}${endpointOption}`,
      pollMs: 1000,
    },
  };
}
