import { applyWithProgress, type Applied } from "./applyProgress";
import { prune } from "./blobs";
import type { Deployable } from "./deployable";
import type { ApplyOptions, EndpointSpec, OnEvent } from "./endpoint";
import type { EndpointClient } from "./endpointClient";
import type { Evaluated } from "./evaluateEndpoint";
import type { EmulatorRun } from "../emulator/onEmulator";
import { ConfigError, errorText, UserError } from "../errors";
import { print, printError } from "../output";
import { assetDirectory, writeState } from "./state";
import { changeSummary, resourceTree } from "./tree";
import { withUserPaths, type UserFiles } from "./userPaths";
import { withLiveSplit } from "./withLiveSplit";

/** What an endpoint that is to be updated must do. */
export interface AppliesSpecs extends EndpointClient {
  readonly apply: (
    spec: EndpointSpec,
    onEvent: OnEvent,
    options?: Pick<ApplyOptions, "starts">,
  ) => Promise<void>;
}

/**
 * Brings the endpoint to what was evaluated, and keeps the stack's resources for the next run.
 *
 * @throws UserError that names the user's own files
 */
export async function applyEvaluated(
  host: AppliesSpecs,
  stack: string,
  { run, wanted, files, before }: Evaluated,
  options: Pick<ApplyOptions, "starts"> = {},
): Promise<{ readonly spec: EndpointSpec; readonly applied: Applied }> {
  const spec = await withLiveSplit(host, wanted.spec, before);
  const applied = await applySpec(host, spec, files, options);
  await keepResources(stack, run, spec);
  return { spec, applied };
}

/**
 * @param onSwitched called when requests go to what the spec says
 * @throws UserError that names the user's own files
 */
export async function applySpec(
  host: AppliesSpecs,
  spec: EndpointSpec,
  files: UserFiles,
  { onSwitched, ...options }: Pick<ApplyOptions, "starts"> & { onSwitched?: () => void } = {},
): Promise<Applied> {
  const apply = (desired: EndpointSpec, onEvent: OnEvent) =>
    host.apply(
      desired,
      (event) => {
        onEvent(event);
        if (event.phase === "traffic") onSwitched?.();
      },
      options,
    );
  try {
    return await applyWithProgress(apply, spec, (text) => withUserPaths(text, files));
  } catch (error) {
    throw error instanceof UserError ? new UserError(withUserPaths(error.message, files)) : error;
  }
}

/** Keeps the stack's resources for the next run, and of the copies those that run. */
export async function keepResources(
  stack: string,
  run: EmulatorRun,
  spec: EndpointSpec,
): Promise<void> {
  await writeState(stack, { version: 1, resources: run.stored });
  await prune(assetDirectory(stack), foldersOf(spec));
}

export function printPlan(
  stack: string,
  run: EmulatorRun,
  { withoutTraffic, leftOut }: Deployable,
): void {
  print(`Stack ${stack}, on the Azure emulator: ${changeSummary(run.changes)}`);
  if (run.changes.some(({ op }) => op !== "same")) {
    print(resourceTree(run.resources, run.changes));
  }
  for (const name of withoutTraffic) {
    printError(`not started: ${name}, which has no traffic (--all starts it too)`);
  }
  for (const reason of leftOut) printError(`warning: not run here: ${reason}`);
}

/** Runs an update; a mistake of the user's then also says what goes on serving. */
export async function sayingWhatServes<T>(
  running: readonly string[],
  update: () => Promise<T>,
): Promise<T> {
  try {
    return await update();
  } catch (error) {
    const isUsers = error instanceof UserError || error instanceof ConfigError;
    if (!isUsers || running.length === 0) throw error;
    const keep = running.length === 1 ? "keeps" : "keep";
    throw new UserError(
      `${errorText(error)}\nNothing was changed: ${running.join(", ")} ${keep} serving as before.`,
    );
  }
}

/** The copies of code and models that the deployments run. */
function foldersOf(spec: EndpointSpec): ReadonlySet<string> {
  return new Set(
    spec.deployments.flatMap(({ codeDirectory, modelDirectory }) =>
      modelDirectory === undefined ? [codeDirectory] : [codeDirectory, modelDirectory],
    ),
  );
}
