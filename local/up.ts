import { join, resolve } from "node:path";
import { Listr } from "listr2";
import { changeSummary, resourceTree } from "./tree";
import { deployable, type Deployable } from "./deployable";
import {
  connectSupervisor,
  spawnSupervisor,
  startSupervisor,
  type EndpointKeys,
  type EndpointSpec,
  type EndpointStatus,
  type EndpointToken,
  type OnEvent,
} from "./endpoint";
import { cacheDirectory, readState, stateDirectory, whileLocked, writeState } from "./state";
import { readStackSettings } from "./settings";
import { runOnStandIn, type StandInRun } from "./standIn";

export interface UpOptions {
  readonly stack: string;
  /** Folder with Azure ML YAML instead of the stack's own. */
  readonly endpoint?: string;
  readonly detach?: boolean;
  readonly port?: number;
}

/** What `up` needs of a supervisor, be it in this process or in another. */
interface Host {
  readonly apply: (spec: EndpointSpec, onEvent: OnEvent) => Promise<void>;
  readonly status: () => EndpointStatus | Promise<EndpointStatus>;
  readonly keys: () => EndpointKeys | Promise<EndpointKeys>;
  readonly token: () => EndpointToken | Promise<EndpointToken>;
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
  const settings = {
    ...readStackSettings(stack),
    ...(options.endpoint === undefined
      ? {}
      : { "mlscore:endpointDirectory": resolve(options.endpoint) }),
  };
  const before = await readState(stack);
  const run = await runOnStandIn(stack, settings, before.resources);
  const wanted = await deployable(run.made, join(stateDirectory(stack), "assets"));
  printPlan(stack, run, wanted);

  const host = await openHost(options);
  try {
    await applyWithProgress(host, wanted.spec);
    await writeState(stack, { version: 1, resources: run.stored });
  } catch (error) {
    await host.abandon();
    throw error;
  }
  await printEndpoint(host, wanted.spec);
  return host;
}

/** The supervisor that runs already, or a new one: in this process, or on its own when detached. */
async function openHost({ stack, detach, port }: UpOptions): Promise<Host> {
  const place = {
    stateDirectory: join(stateDirectory(stack), "endpoint"),
    cacheDirectory: cacheDirectory(),
    ...(port === undefined ? {} : { port }),
  };
  const running = await connectSupervisor(place.stateDirectory);
  // Whoever started it keeps it, whatever becomes of this update.
  if (running !== undefined) return { ...running, abandon: () => Promise.resolve() };
  if (detach === true) {
    const client = await spawnSupervisor(place);
    return { ...client, abandon: () => client.stop() };
  }
  const supervisor = await startSupervisor(place);
  let interrupts = 0;
  const onSignal = () => {
    interrupts += 1;
    if (interrupts > 1) {
      supervisor.kill();
      process.exit(130);
    }
    console.error("\nStopping the endpoint … (Ctrl-C again stops at once)");
    void supervisor.close();
  };
  process.on("SIGINT", onSignal).on("SIGTERM", onSignal);
  return { ...supervisor, abandon: () => supervisor.close() };
}

async function applyWithProgress(host: Host, spec: EndpointSpec): Promise<void> {
  const deployments = new Map(spec.deployments.map(({ name }) => [name, deferred()]));
  const titles = new Map<string, (message: string) => void>();
  const applied = host
    .apply(spec, ({ deployment = "", phase, message }) => {
      if (phase === "warning") console.error(`${deployment}: ${message}`);
      else titles.get(deployment)?.(message);
      if (phase === "ready") deployments.get(deployment)?.resolve();
    })
    .then(() => {
      for (const one of deployments.values()) one.resolve();
    });
  // Each deployment's line fails with the whole: what is reported at the end says which one was the reason.
  const failed = applied.catch(() => {
    for (const one of deployments.values()) one.reject(new Error("not deployed"));
  });
  const progress = new Listr(
    [...deployments].map(([name, { promise }]) => ({
      title: name,
      task: async (_context: unknown, task: { title: string }) => {
        titles.set(name, (message) => {
          task.title = `${name}: ${message}`;
        });
        await promise;
      },
    })),
    {
      concurrent: true,
      exitOnError: false,
      fallbackRendererCondition: () => !process.stderr.isTTY,
    },
  );
  await progress.run();
  await failed;
  await applied;
}

function deferred() {
  let resolve: () => void = () => undefined;
  let reject: (error: Error) => void = () => undefined;
  const promise = new Promise<void>((onDone, onFail) => {
    resolve = onDone;
    reject = onFail;
  });
  return { promise, resolve, reject };
}

function printPlan(stack: string, run: StandInRun, { leftOut }: Deployable): void {
  console.log(`Stack ${stack}, on the stand-in for Azure: ${changeSummary(run.changes)}`);
  if (run.changes.some(({ op }) => op !== "same")) {
    console.log(resourceTree(run.resources, run.changes));
  }
  for (const reason of leftOut) console.error(`warning: not run here: ${reason}`);
}

async function printEndpoint(host: Host, spec: EndpointSpec): Promise<void> {
  const { scoringUri } = await host.status();
  const credential =
    spec.authMode === "Key"
      ? { name: "Key", value: (await host.keys()).primaryKey }
      : { name: "Token", value: (await host.token()).accessToken };
  const split = Object.entries(spec.traffic).map(([name, percent]) => `${name} ${percent} %`);
  console.log(`
Endpoint ${spec.name} answers on this machine.
  Scoring URI  ${scoringUri}
  ${credential.name.padEnd(11)}  ${credential.value}
  Traffic      ${split.join(", ")}

curl -s ${scoringUri} -H "Authorization: Bearer ${credential.value}" -H "Content-Type: application/json" -d @REQUEST.json`);
}
