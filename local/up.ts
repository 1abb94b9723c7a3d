import { existsSync } from "node:fs";
import { join, resolve } from "node:path";
import { applyWithProgress } from "./applyProgress";
import type { EndpointClient } from "./endpointClient";
import { printEndpoint } from "./endpointSummary";
import { ConfigError, errorText, UserError } from "../errors";
import { prune, sourcesOf } from "./blobs";
import { deploymentPlaces } from "../config/azureml/fileLines";
import { MOST_BYTES, readUserFile } from "../input/userFile";
import { changeSummary, resourceTree } from "./tree";
import { deployable, type Deployable } from "./deployable";
import {
  closeOnSignals,
  connectSupervisor,
  spawnSupervisor,
  startSupervisor,
  type EndpointSpec,
  type OnEvent,
  type TrialRequest,
} from "./endpoint";
import {
  assetDirectory,
  cacheDirectory,
  endpointDirectory,
  readState,
  whileLocked,
  writeState,
} from "./state";
import { PROJECT_DIRECTORY, shownPath } from "../projectDirectory";
import { readStackSettings } from "../graph/settings";
import { runOnEmulator, type EmulatorRun } from "../emulator/onEmulator";
import { withCondaFiles, withUserPaths } from "./userPaths";
import { readRegistered } from "./registered/record";
import { withLiveSplit } from "./withLiveSplit";
import { print, printError } from "../output";

export interface UpOptions {
  readonly stack: string;
  /** Folder with Azure ML YAML instead of the stack's own. */
  readonly endpoint?: string;
  readonly detach?: boolean;
  /** Deployments without live or mirrored traffic too. @default false */
  readonly all?: boolean;
  readonly port?: number;
}

/** What `up` needs of a supervisor, be it in this process or in another. */
interface Host extends EndpointClient {
  readonly apply: (spec: EndpointSpec, onEvent: OnEvent) => Promise<void>;
  /** Resolves when the endpoint has ended; only for one that lives in this process. */
  readonly closed?: Promise<void>;
  /** Ends what this command started. */
  readonly abandon: () => Promise<void>;
}

/** Evaluates the stack, brings its endpoint up on this machine and, unless detached, stays until it is stopped. */
export async function up(options: UpOptions): Promise<void> {
  const host = await whileLocked(options.stack, () => bringUp(options));
  await host.closed;
}

async function bringUp(options: UpOptions): Promise<Host> {
  const status = await (await connectSupervisor(endpointDirectory(options.stack)))?.status();
  const running = (status?.deployments ?? []).map(({ name }) => name);
  try {
    return await evaluateAndApply(options, new Set(running));
  } catch (error) {
    const isUsers = error instanceof UserError || error instanceof ConfigError;
    if (!isUsers || running.length === 0) throw error;
    const keep = running.length === 1 ? "keeps" : "keep";
    throw new UserError(
      `${errorText(error)}\nNothing was changed: ${running.join(", ")} ${keep} serving as before.`,
    );
  }
}

async function evaluateAndApply(options: UpOptions, running: ReadonlySet<string>): Promise<Host> {
  const { stack } = options;
  const settings = readStackSettings(stack, options.endpoint);
  const directory = resolve(PROJECT_DIRECTORY, settings["mlscore:endpointDirectory"] ?? "");
  const before = readState(stack);
  const run = await runOnEmulator(stack, settings, before.resources, {}, true);
  const copies = assetDirectory(stack);
  const places = await deploymentPlaces(shownPath(directory));
  const wanted = await deployable(run.created, copies, {
    all: options.all === true,
    running,
    registered: readRegistered(stack),
    placeOf: (deployment, key) => places.get(deployment)?.at(key.split(".")),
  });
  printPlan(stack, run, wanted);
  const files = {
    sources: new Map([...sourcesOf(run.created.values(), copies), ...wanted.codeSources]),
    places: withCondaFiles(places, wanted.condaFiles),
  };

  const host = await openHost(options);
  try {
    const sample = sampleRequest(directory);
    const spec = {
      ...(await withLiveSplit(host, wanted.spec, before.resources)),
      trial: trialOf(sample),
    };
    const applied = await applyWithProgress(host.apply, spec, (text) => withUserPaths(text, files));
    await writeState(stack, { version: 1, resources: run.stored });
    await prune(copies, foldersOf(spec));
    await printEndpoint(host, spec, sample, applied);
  } catch (error) {
    // Also when it cannot be asked: an endpoint in this process would go on behind a command that has failed.
    await host.abandon();
    throw error instanceof UserError ? new UserError(withUserPaths(error.message, files)) : error;
  }
  if (host.closed !== undefined) print("\nRunning until Ctrl-C.");
  return host;
}

/** The request that the endpoint's folder has for trying it out. */
function sampleRequest(directory: string): string | undefined {
  const sample = join(directory, "sample-request.json");
  return existsSync(sample) ? sample : undefined;
}

/** Without a sample, nobody knows what the scoring script takes; most take a JSON object. */
function trialOf(sample: string | undefined): TrialRequest {
  if (sample === undefined) return { body: "{}" };
  return {
    body: readUserFile(sample, MOST_BYTES.request).toString("utf8"),
    file: shownPath(sample),
  };
}

/** The supervisor that runs already, or a new one: in this process, or on its own when detached. */
async function openHost({ stack, detach, port }: UpOptions): Promise<Host> {
  const place = {
    stateDirectory: endpointDirectory(stack),
    cacheDirectory: cacheDirectory(),
    ...(port === undefined ? {} : { port }),
  };
  const running = await connectSupervisor(place.stateDirectory);
  if (running !== undefined) {
    const current = (await running.status()).port;
    if (port !== undefined && port !== current) {
      throw new UserError(
        `The endpoint runs on port ${current} already; to move it, run: npm run local -- down`,
      );
    }
    printError(`The endpoint runs already (process ${running.pid}); this updates it.`);
    // It was running before this update, so a failure of the update must not stop it.
    return { ...running, abandon: () => Promise.resolve() };
  }
  if (detach === true) {
    const client = await spawnSupervisor(place);
    // Until this command has returned, Ctrl-C means: not at all.
    const stop = () => {
      printError("\nStopping the endpoint …");
      void client.stop().finally(() => process.exit(130));
    };
    process.once("SIGINT", stop).once("SIGTERM", stop);
    return { ...client, abandon: () => client.stop() };
  }
  const supervisor = await startSupervisor(place);
  closeOnSignals(supervisor);
  process.once("SIGINT", () => {
    printError("\nStopping the endpoint … (Ctrl-C again ends it at once)");
  });
  return { ...supervisor, abandon: () => supervisor.close() };
}

/** The copies of code and models that the deployments run. */
function foldersOf(spec: EndpointSpec): ReadonlySet<string> {
  return new Set(
    spec.deployments.flatMap(({ codeDirectory, modelDirectory }) =>
      modelDirectory === undefined ? [codeDirectory] : [codeDirectory, modelDirectory],
    ),
  );
}

function printPlan(stack: string, run: EmulatorRun, { withoutTraffic, leftOut }: Deployable): void {
  print(`Stack ${stack}, on the Azure emulator: ${changeSummary(run.changes)}`);
  if (run.changes.some(({ op }) => op !== "same")) {
    print(resourceTree(run.resources, run.changes));
  }
  for (const name of withoutTraffic) {
    printError(`not started: ${name}, which has no traffic (--all starts it too)`);
  }
  for (const reason of leftOut) printError(`warning: not run here: ${reason}`);
}
