/** `npm run demo:canary`: two rollouts on the local endpoint, one that ends well and one that is stopped. */
import { mkdirSync } from "node:fs";
import { ConfigError, errorText, UserError } from "../../errors";
import { startSupervisor, type Supervisor } from "../../local/endpoint";
import { endpointDirectory } from "../../local/state";
import { printBug } from "../../output";
import { cacheDirectory } from "../../projectDirectory";
import { duration } from "../format";
import { badCanary, goodCanary, STACK, tellSummary } from "./acts";
import { bringUp } from "./endpoint";
import { PER_SECOND } from "./plan";
import { makeScratch, NEW, OLD, type Scratch } from "./scratch";
import { complain, tell, title } from "./narrowReporter";

/** As shells give it for a command that a signal ended. */
const STATUS = { SIGINT: 130, SIGTERM: 143, SIGHUP: 129 } as const;

/** Milliseconds. Until then, npm may relay the same Ctrl-C again. */
const FORCE_AFTER_MS = 2_000;

interface Demo {
  readonly scratch: Scratch;
  /** The endpoint, in this process: what it started ends with it, however that ends. */
  supervisor?: Promise<Supervisor>;
}

async function play(demo: Demo): Promise<void> {
  const { scratch } = demo;
  const startedAt = Date.now();
  title("A rollout that watches itself, on this machine");
  tell(
    `${OLD} answers all requests of the example endpoint. Two rollouts follow, while callers send ${PER_SECOND} requests a second. ` +
      "Ctrl-C ends everything.",
  );
  mkdirSync(scratch.state, { mode: 0o700 });
  demo.supervisor = startSupervisor({
    stateDirectory: endpointDirectory(STACK),
    cacheDirectory: cacheDirectory(),
  });
  const supervisor = await demo.supervisor;
  await bringUp(supervisor, STACK, scratch.endpoint);
  const outcomes = [await goodCanary(supervisor, scratch), await badCanary(supervisor, scratch)];
  tellSummary(outcomes);
  tell(`\nThat took ${duration((Date.now() - startedAt) / 1000)}. Your own, step by step:`);
  tell(`  npm run local -- up --detach && npm run rollout -- start --canary ${NEW}`);
  tell("docs/rollout.md says how a gate decides, and which plans suit which traffic.");
}

/** Ends the endpoint and removes its files. */
async function cleanUp({ scratch, supervisor }: Demo): Promise<void> {
  try {
    await (await supervisor?.catch(() => undefined))?.close();
  } finally {
    scratch.remove();
  }
}

async function main(): Promise<number> {
  const interrupted = firstSignal();
  const demo: Demo = { scratch: await makeScratch() };
  // Everything of this run is kept there, so a running endpoint and its record are left alone.
  process.env["MLSCORE_STATE"] = demo.scratch.state;
  // What fails after an interruption fails because of it.
  const played = play(demo).then(
    () => () => 0,
    (error: unknown) => () => failed(error),
  );
  const status = (await Promise.race([played, interrupted]))();
  await cleanUp(demo);
  return status;
}

/** Resolves with the exit status that the first signal asks for. One that comes much later ends this process at once. */
function firstSignal(): Promise<() => number> {
  return new Promise((resolve) => {
    let firstAt: number | undefined;
    for (const [signal, status] of Object.entries(STATUS)) {
      process.on(signal, () => {
        firstAt ??= Date.now();
        // The scoring processes end with this one.
        if (Date.now() - firstAt > FORCE_AFTER_MS) process.exit(status);
        resolve(() => {
          complain("\nStopping the endpoint …");
          return status;
        });
      });
    }
  });
}

function failed(error: unknown): number {
  if (error instanceof UserError || error instanceof ConfigError) complain(errorText(error));
  else printBug(error);
  return 1;
}

void main().then(
  // What was interrupted still waits for its next check.
  (status) => process.exit(status),
);
