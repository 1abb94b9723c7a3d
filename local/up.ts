import { existsSync } from "node:fs";
import { join, relative, resolve } from "node:path";
import { Listr } from "listr2";
import { ask, credentialOf, type EndpointClient } from "./endpointClient";
import { UserError } from "../errors";
import { prune } from "./blobs";
import { changeSummary, resourceTree } from "./tree";
import { deployable, type Deployable } from "./deployable";
import {
  closeOnSignals,
  connectSupervisor,
  spawnSupervisor,
  startSupervisor,
  type EndpointSpec,
  type OnEvent,
} from "./endpoint";
import {
  assetDirectory,
  cacheDirectory,
  endpointDirectory,
  readState,
  whileLocked,
  writeState,
} from "./state";
import { PROJECT_DIRECTORY } from "../projectDirectory";
import { readStackSettings } from "../graph/settings";
import { runOnEmulator, type EmulatorRun } from "../emulator/onEmulator";
import { withLiveSplit } from "./withLiveSplit";

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
  const { stack } = options;
  const settings = readStackSettings(stack, options.endpoint);
  const before = readState(stack);
  const run = await runOnEmulator(stack, settings, before.resources);
  const copies = assetDirectory(stack);
  const status = await (await connectSupervisor(endpointDirectory(stack)))?.status();
  const running = new Set((status?.deployments ?? []).map(({ name }) => name));
  const wanted = await deployable(run.created, copies, { all: options.all === true, running });
  printPlan(stack, run, wanted);

  const host = await openHost(options);
  try {
    const spec = await withLiveSplit(host, wanted.spec, before.resources);
    await applyWithProgress(host, spec);
    await writeState(stack, { version: 1, resources: run.stored });
    await prune(copies, foldersOf(spec));
    await printEndpoint(
      host,
      spec,
      resolve(PROJECT_DIRECTORY, settings["mlscore:endpointDirectory"] ?? ""),
    );
  } catch (error) {
    // Also when it cannot be asked: an endpoint in this process would go on behind a command that has failed.
    await host.abandon();
    throw error;
  }
  if (host.closed !== undefined) console.log("\nRunning until Ctrl-C.");
  return host;
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
    console.error(`The endpoint runs already (process ${running.pid}); it is changed there.`);
    // Whoever started it keeps it, whatever becomes of this update.
    return { ...running, abandon: () => Promise.resolve() };
  }
  if (detach === true) {
    const client = await spawnSupervisor(place);
    // Until this command has returned, Ctrl-C means: not at all.
    const stop = () => {
      console.error("\nStopping the endpoint …");
      void client.stop().finally(() => process.exit(130));
    };
    process.once("SIGINT", stop).once("SIGTERM", stop);
    return { ...client, abandon: () => client.stop() };
  }
  const supervisor = await startSupervisor(place);
  closeOnSignals(supervisor);
  process.once("SIGINT", () => {
    console.error("\nStopping the endpoint … (Ctrl-C again ends it at once)");
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

/** Applies the spec with a line for each deployment that changes in place on a terminal, and plain lines elsewhere. */
async function applyWithProgress(host: Host, spec: EndpointSpec): Promise<void> {
  if (!process.stderr.isTTY) {
    await host.apply(spec, ({ deployment = "endpoint", message }) => {
      console.error(`${deployment}: ${message}`);
    });
    return;
  }
  const deployments = new Map(spec.deployments.map(({ name }) => [name, deferred()]));
  const titles = new Map<string, (message: string) => void>();
  const applied = host
    .apply(spec, ({ deployment = "", phase, message }) => {
      if (phase === "warning") console.error(`${deployment}: ${message}`);
      else titles.get(deployment)?.(message);
      if (phase === "ready") deployments.get(deployment)?.resolve();
    })
    .then(
      () => {
        for (const one of deployments.values()) one.resolve();
      },
      (error: unknown) => {
        // The lines only show that it did not work; why is said once, at the end.
        for (const one of deployments.values()) one.reject(new Error("not deployed"));
        throw error;
      },
    );
  const progress = new Listr(
    [...deployments].map(([name, { promise }]) => ({
      title: name,
      task: async (_context: unknown, task: { title: string }) => {
        titles.set(name, (message) => {
          task.title = `${name}: ${message.split("\n")[0] ?? ""}`;
        });
        await promise;
      },
    })),
    // Ctrl-C is ours to handle: listr2's own handler ends the process before the endpoint is stopped.
    { concurrent: true, registerSignalListeners: false, exitOnError: false },
  );
  await Promise.all([progress.run(), applied]);
}

function deferred() {
  let resolve: () => void = () => undefined;
  let reject: (error: Error) => void = () => undefined;
  const promise = new Promise<void>((onDone, onFail) => {
    resolve = onDone;
    reject = onFail;
  });
  // Before its line has begun to wait, nobody listens yet.
  promise.catch(() => undefined);
  return { promise, resolve, reject };
}

function printPlan(stack: string, run: EmulatorRun, { withoutTraffic, leftOut }: Deployable): void {
  console.log(`Stack ${stack}, on the Azure emulator: ${changeSummary(run.changes)}`);
  if (run.changes.some(({ op }) => op !== "same")) {
    console.log(resourceTree(run.resources, run.changes));
  }
  for (const name of withoutTraffic) {
    console.error(`not started: ${name}, which has no traffic (--all starts it too)`);
  }
  for (const reason of leftOut) console.error(`warning: not run here: ${reason}`);
}

/** Shows where the endpoint is and, when its folder has a sample request, a real answer. */
async function printEndpoint(host: Host, spec: EndpointSpec, directory: string): Promise<void> {
  const { scoringUri } = await host.status();
  const credential = await credentialOf(host);
  const split = Object.entries(spec.traffic).map(([name, percent]) => `${name} ${percent} %`);
  const live = Object.values(spec.traffic).some((percent) => percent > 0);
  const [first] = spec.deployments;
  // Without traffic only a request that names its deployment is answered.
  const named = live || first === undefined ? undefined : first.name;
  const sample = join(directory, "sample-request.json");
  const hasSample = existsSync(sample);
  if (hasSample) {
    const answer = await ask(host, sample, named);
    const short = answer.body.length > SHOWN ? `${answer.body.slice(0, SHOWN)} …` : answer.body;
    const from = answer.deployment ?? "nobody";
    console.log(`\n${relative(process.cwd(), sample)} → HTTP ${answer.status} from ${from}`);
    console.log(`  ${short}`);
  }
  const headers = [
    `Authorization: Bearer ${credential}`,
    "Content-Type: application/json",
    ...(named === undefined ? [] : [`azureml-model-deployment: ${named}`]),
  ];
  const options = headers.map((header) => `-H ${shellQuoted(header)}`).join(" ");
  console.log(`
Endpoint ${spec.name} answers on this machine.
  Scoring URI  ${scoringUri}
  ${spec.authMode === "Key" ? "Key  " : "Token"}        ${credential}
  Traffic      ${split.join(", ")}

curl ${scoringUri} ${options} -d ${shellQuoted(`@${hasSample ? sample : "REQUEST.json"}`)}`);
}

/** Characters of an answer that are shown. */
const SHOWN = 300;

function shellQuoted(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}
