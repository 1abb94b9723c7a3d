/** The entry of updateProcess.ts: loads what an update needs, waits for a message with its options, and makes it. */
import { isDeepStrictEqual } from "node:util";
import { deploymentPlaces } from "../../config/azureml/fileLines";
import { loadProgram } from "../../graph/program";
import { readStackSettings } from "../../graph/settings";
import { ConfigError, errorText, UserError } from "../../errors";
import { print, printBug, printError } from "../../output";
import { shownPath } from "../../projectDirectory";
import {
  applyEvaluated,
  applySpec,
  keepResources,
  printPlan,
  sayingWhatServes,
} from "../applyEvaluated";
import { connectSupervisor, type SupervisorClient } from "../endpoint";
import { endpointFolder } from "../endpointFolder";
import { evaluateEndpoint } from "../evaluateEndpoint";
import { endpointDirectory, whileLocked } from "../state";
import type { UserFiles } from "../userPaths";
import { withLiveSplit } from "../withLiveSplit";
import { withNewCode, type Known } from "./codeEdit";

export interface UpdateOptions {
  readonly stack: string;
  readonly endpoint?: string;
  readonly all?: boolean;
  readonly telemetry?: string;
}

export interface UpdateRequest {
  readonly options: UpdateOptions;
  /** Absolute paths of what changed. */
  readonly changed: readonly string[];
  /** What the update before has brought the endpoint to. @default unknown: the program is evaluated first */
  readonly known?: Known;
}

/** Resolves with what the next update may begin from. */
async function update(request: UpdateRequest): Promise<Known | undefined> {
  const { options, changed, known } = request;
  const began = performance.now();
  const host = await connectSupervisor(endpointDirectory(options.stack));
  // It has ended, and the watching is about to.
  if (host === undefined) return undefined;
  const live = await host.status();
  const running = live.deployments.map(({ name }) => name);
  const next = known === undefined ? undefined : await withNewCode(known, changed, live);
  if (next !== undefined) {
    const result = await applyNewCode(host, options, next, running);
    if (result === "failed") return known;
    print(doneText(began));
    return result;
  }
  const result = await sayingWhatServes(running, async () => {
    const evaluated = await evaluateEndpoint(options, new Set(running));
    printPlan(options.stack, evaluated.run, evaluated.wanted);
    // The user sees at once why it does not start, and saves again.
    const { spec } = await applyEvaluated(host, options.stack, evaluated, { starts: 1 });
    return { spec, sources: [...evaluated.files.sources] };
  });
  print(doneText(began));
  return result;
}

/**
 * Brings up what the new code makes of the endpoint, and evaluates the program when it has its requests: for the stack's resources,
 * and as what decides.
 */
async function applyNewCode(
  host: SupervisorClient,
  options: UpdateOptions,
  next: Known,
  running: readonly string[],
): Promise<Known | "failed"> {
  const { stack, endpoint } = options;
  const folder = endpointFolder(readStackSettings(stack, endpoint));
  const files: UserFiles = {
    sources: new Map(next.sources),
    places: await deploymentPlaces(shownPath(folder)),
  };
  let switched: () => void = () => undefined;
  const hasRequests = new Promise<void>((resolve) => {
    switched = resolve;
  });
  const applying = sayingWhatServes(running, () =>
    applySpec(host, next.spec, files, { starts: 1, onSwitched: switched }),
  );
  const failure = await Promise.race([
    hasRequests,
    applying.then(
      () => undefined,
      (error: unknown) => ({ error }),
    ),
  ]);
  if (failure !== undefined) {
    report(failure.error);
    return "failed";
  }
  const [evaluated] = await Promise.all([evaluateEndpoint(options, new Set(running)), applying]);
  printPlan(stack, evaluated.run, evaluated.wanted);
  const spec = await withLiveSplit(host, evaluated.wanted.spec, evaluated.before);
  if (isDeepStrictEqual(spec, next.spec)) await keepResources(stack, evaluated.run, spec);
  else await applyEvaluated(host, stack, evaluated, { starts: 1 });
  return { spec, sources: [...evaluated.files.sources] };
}

function doneText(began: number): string {
  return `Done after ${((performance.now() - began) / 1000).toFixed(1)} s.`;
}

function report(error: unknown): void {
  if (error instanceof ConfigError || error instanceof UserError) printError(errorText(error));
  else printBug(error);
}

/** Milliseconds that another command is waited for, such as a second `up --watch`, which brings up the same. */
const LOCK_TIMEOUT_MS = 120_000;

process.once("disconnect", () => process.exit());
process.once("message", (request: UpdateRequest) => {
  void whileLocked(request.options.stack, () => update(request), LOCK_TIMEOUT_MS)
    .catch(report)
    .then((known) => {
      process.send?.({ known }, () => process.exit());
    });
});
void loadProgram();
