import { join } from "node:path";
import type { TokenCredential } from "@azure/core-auth";
import * as pulumi from "@pulumi/pulumi";
import { azureCredential } from "../azure/credential";
import { loadConfig } from "../config";
import { isPlaceholder } from "../config/guard";
import { UserError } from "../errors";
import { SUBSCRIPTION_KEY } from "../config/settingsFile";
import type { SandboxConfig } from "../config/types";
import { emulatedArm } from "../emulator/arm/app";
import { inProcess } from "../emulator/arm/httpClient";
import { liveBackend } from "../local/arm/liveBackend";
import { connectSupervisor } from "../local/endpoint";
import { PROJECT_DIRECTORY } from "../projectDirectory";
import { readStackSettings } from "../graph/settings";
import { endpointDirectory, rolloutRecord, stateDirectory } from "../local/state";
import { azure, connect } from "../traffic/arm";
import type { EndpointPlace } from "../traffic/liveEndpoint";
import { azureMeter } from "./azureMeter";
import { httpScoringClient } from "./scoringClient";
import { systemClock } from "./clock";
import type { Context, Reporter } from "./context";
import { queriesOf } from "./ownQueries";
import { localMeter } from "./localMeter";
import { channelsIn } from "./notify/environment";
import { notifyingRecord } from "./notify/notifyingRecord";
import { recordFile } from "./recordFile";

export interface RolloutTargetOptions {
  readonly stack: string;
  /** Azure's endpoint instead of the one on this machine. */
  readonly azure: boolean;
  /** Folder with endpoint YAML instead of the stack's own, as for `npm run local -- up`. */
  readonly endpoint?: string;
}

export interface RolloutTarget {
  /** Which endpoint it is, for people. */
  readonly title: string;
  /** Held while something is changed. */
  readonly lockFile: string;
  readonly context: Context;
}

/** Finds the endpoint that a command is about. */
export async function rolloutTargetOf(
  options: RolloutTargetOptions,
  reporter: Reporter,
): Promise<RolloutTarget> {
  const config = await sandboxOf(options);
  const place: EndpointPlace = {
    subscriptionId: config.subscription.id,
    resourceGroupName: config.workspace.resourceGroupName,
    workspaceName: config.workspace.name,
    endpointName: config.endpoint.name,
  };
  const common = {
    place,
    clock: systemClock,
    declared: config.endpoint,
    scaled: Object.keys(config.autoscale),
    reporter,
    ...(config.rollout === undefined ? {} : { plan: config.rollout }),
  };
  const target = await (options.azure ? onAzure(options, common) : onThisMachine(options, common));
  const { channels, problems } = channelsIn(process.env);
  for (const problem of problems) reporter.warn(`warning: ${problem}`);
  const { context } = target;
  const record = notifyingRecord(context.record, place.endpointName, channels, reporter);
  return { ...target, context: { ...context, record } };
}

/** Where the rollouts of a stack's endpoint are on record. */
export function recordPath(stack: string, azure: boolean): string {
  return azure ? join(PROJECT_DIRECTORY, "rollouts", `${stack}.jsonl`) : rolloutRecord(stack);
}

type Common = Pick<Context, "place" | "clock" | "declared" | "scaled" | "reporter" | "plan">;

/** What the settings and the YAML say; nothing is declared, so neither the engine nor the emulator is needed. */
export async function sandboxOf({
  stack,
  endpoint,
  azure,
}: RolloutTargetOptions): Promise<SandboxConfig> {
  pulumi.runtime.setAllConfig({ ...readStackSettings(stack, endpoint) });
  const config = await loadConfig(stack, !azure);
  if (config.target === "sandbox") return config;
  throw new UserError(
    `The stack ${stack} has no managed online endpoint; in production a canary is the setting mlscore:canary`,
  );
}

async function onAzure({ stack }: RolloutTargetOptions, common: Common): Promise<RolloutTarget> {
  const { subscriptionId, resourceGroupName, endpointName } = common.place;
  if (isPlaceholder({ id: subscriptionId })) {
    throw new UserError(
      `Pulumi.${stack}.yaml: ${SUBSCRIPTION_KEY} is still the placeholder; put the id of the stack's subscription there`,
    );
  }
  const arm = await azure(common.place);
  return {
    title: `Stack ${stack}, on Azure: endpoint ${endpointName} in ${resourceGroupName}, subscription ${subscriptionId}`,
    lockFile: join(stateDirectory(stack), "rollout-azure.lock"),
    context: {
      ...common,
      arm,
      meter: azureMeter(arm, common.place, common.clock),
      queries: queriesOf(
        common.plan?.sources,
        (resource) => entraToken(subscriptionId, resource),
        true,
      ),
      scoringClient: httpScoringClient(arm, common.place, () => entraToken(subscriptionId)),
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
  common: Common,
): Promise<RolloutTarget> {
  const stackOption = stack === "sandbox" ? "" : ` --stack ${stack}`;
  const endpointOption = endpoint === undefined ? "" : ` --endpoint ${endpoint}`;
  const client = await connectSupervisor(endpointDirectory(stack));
  if (client === undefined) {
    throw new UserError(
      `No endpoint of stack ${stack} runs on this machine. Start it with: npm run local -- up --detach (for Azure's endpoint: --azure)`,
    );
  }
  const { endpointName } = common.place;
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
  return {
    title: `Stack ${stack}, on this machine: endpoint ${endpointName}`,
    lockFile: join(stateDirectory(stack), "rollout.lock"),
    context: {
      ...common,
      arm,
      meter: localMeter(client),
      queries: queriesOf(
        common.plan?.sources,
        (resource) => entraToken(common.place.subscriptionId, resource),
        false,
      ),
      scoringClient: httpScoringClient(
        arm,
        common.place,
        async () => (await client.token()).accessToken,
      ),
      record: recordFile(recordPath(stack, false)),
      bringUpCommand: `npm run local -- up --detach --all${stackOption}${endpointOption}`,
      pollMs: 1000,
      writeOptions: { retryDelayMs: 50 },
    },
  };
}
