import { applyWithProgress } from "./applyProgress";
import type { EndpointClient } from "./endpointClient";
import { printEndpoint } from "./endpointSummary";
import { evaluateEndpoint } from "./evaluateEndpoint";
import { ConfigError, errorText, UserError } from "../errors";
import { prune } from "./blobs";
import { changeSummary, resourceTree } from "./tree";
import type { Deployable } from "./deployable";
import {
  closeOnSignals,
  connectSupervisor,
  spawnSupervisor,
  startSupervisor,
  type EndpointSpec,
  type OnEvent,
} from "./endpoint";
import { assetDirectory, endpointDirectory, rolloutRecord, whileLocked, writeState } from "./state";
import type { EmulatorRun } from "../emulator/onEmulator";
import { withUserPaths } from "./userPaths";
import { withLiveSplit } from "./withLiveSplit";
import { print, printError, printKey } from "../output";
import { cacheDirectory } from "../projectDirectory";

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
  /** As Supervisor.statusLink. */
  readonly statusLink: () => string | Promise<string>;
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
  const { run, wanted, files, sample, before } = await evaluateEndpoint(options, running);
  printPlan(stack, run, wanted);

  const host = await openHost(options);
  try {
    const spec = await withLiveSplit(host, wanted.spec, before);
    const applied = await applyWithProgress(host.apply, spec, (text) => withUserPaths(text, files));
    await writeState(stack, { version: 1, resources: run.stored });
    await prune(assetDirectory(stack), foldersOf(spec));
    await printEndpoint(host, spec, sample, applied);
    printKey(`\nStatus page, by a link that works once:\n  ${await host.statusLink()}`);
  } catch (error) {
    // Also when it cannot be asked: an endpoint in this process would go on behind a command that has failed.
    await host.abandon();
    throw error instanceof UserError ? new UserError(withUserPaths(error.message, files)) : error;
  }
  if (host.closed !== undefined) print("\nRunning until Ctrl-C.");
  return host;
}

/** The supervisor that runs already, or a new one: in this process, or on its own when detached. */
async function openHost({ stack, detach, port }: UpOptions): Promise<Host> {
  const place = {
    stateDirectory: endpointDirectory(stack),
    cacheDirectory: cacheDirectory(),
    rolloutRecord: rolloutRecord(stack),
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
