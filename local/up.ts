import { applyEvaluated, printPlan, sayingWhatServes, type AppliesSpecs } from "./applyEvaluated";
import { debuggerText, evaluatedForDebugging } from "./debug";
import { printEndpoint } from "./endpointSummary";
import { evaluateEndpoint } from "./evaluateEndpoint";
import { UserError } from "../errors";
import { closeOnSignals, connectSupervisor, spawnSupervisor, startSupervisor } from "./endpoint";
import { endpointDirectory, rolloutRecord, whileLocked } from "./state";
import type { Known } from "./watch/codeEdit";
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
  /** Updates the endpoint when its files change. @default false */
  readonly watch?: boolean;
  /** Where deployments write their telemetry (telemetry.ts). @default as their YAML says */
  readonly telemetry?: string;
  /** Deployment that is run under a debugger. @default none */
  readonly debug?: string;
}

/** What `up` needs of a supervisor, be it in this process or in another. */
interface Host extends AppliesSpecs {
  /** Resolves when the endpoint has ended. */
  readonly whenClosed: () => Promise<void>;
  /** Whether it lives in this process. */
  readonly isOwn: boolean;
  /** As Supervisor.statusLink. */
  readonly statusLink: () => string | Promise<string>;
  /** Ends what this command started. */
  readonly abandon: () => Promise<void>;
}

/** What runs, and what it was made of. */
interface BroughtUp extends Known {
  readonly host: Host;
}

/** Evaluates the stack, brings its endpoint up on this machine and, unless detached, stays until it is stopped. */
export async function up(options: UpOptions): Promise<void> {
  const { stack, watch } = options;
  const { host, ...brought } = await whileLocked(stack, () => bringUp(options));
  if (watch === true) {
    const { watchAndUpdate } = await import("./watch/watchAndUpdate");
    await watchAndUpdate(options, brought, host.whenClosed());
  }
  if (host.isOwn) await host.whenClosed();
}

async function bringUp(options: UpOptions): Promise<BroughtUp> {
  const status = await (await connectSupervisor(endpointDirectory(options.stack)))?.status();
  const running = (status?.deployments ?? []).map(({ name }) => name);
  return sayingWhatServes(running, () => evaluateAndApply(options, new Set(running)));
}

async function evaluateAndApply(
  options: UpOptions,
  running: ReadonlySet<string>,
): Promise<BroughtUp> {
  const { stack } = options;
  const evaluated = await evaluatedForDebugging(
    await evaluateEndpoint(options, running),
    options.debug,
  );
  printPlan(stack, evaluated.run, evaluated.wanted);

  const host = await openHost(options);
  try {
    const { spec, applied } = await applyEvaluated(host, stack, evaluated);
    await printEndpoint(host, spec, evaluated.sample, applied);
    const debugged = spec.deployments.find(({ name }) => name === options.debug);
    if (debugged !== undefined) print(debuggerText(debugged, evaluated.files));
    printKey(`\nStatus page, by a link that works once:\n  ${await host.statusLink()}`);
    if (host.isOwn) print("\nRunning until Ctrl-C.");
    return { host, spec, sources: [...evaluated.files.sources] };
  } catch (error) {
    // Also when it cannot be asked: an endpoint in this process would go on behind a command that has failed.
    await host.abandon();
    throw error;
  }
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
    return { ...running, isOwn: false, abandon: () => Promise.resolve() };
  }
  if (detach === true) {
    const client = await spawnSupervisor(place);
    // Until this command has returned, Ctrl-C means: not at all.
    const stop = () => {
      printError("\nStopping the endpoint …");
      void client.stop().finally(() => process.exit(130));
    };
    process.once("SIGINT", stop).once("SIGTERM", stop);
    return { ...client, isOwn: false, abandon: () => client.stop() };
  }
  const supervisor = await startSupervisor(place);
  closeOnSignals(supervisor);
  process.once("SIGINT", () => {
    printError("\nStopping the endpoint … (Ctrl-C again ends it at once)");
  });
  return {
    ...supervisor,
    isOwn: true,
    whenClosed: () => supervisor.closed,
    abandon: () => supervisor.close(),
  };
}
