import { sourcesOf } from "./blobs";
import { deploymentPlaces } from "../config/azureml/fileLines";
import { MOST_BYTES, readUserFile } from "../input/userFile";
import { deployable, type Deployable } from "./deployable";
import type { TrialRequest } from "./endpoint";
import { endpointFolder, sampleRequest } from "./endpointFolder";
import { assetDirectory, readState, type LocalState } from "./state";
import { withTelemetry } from "./telemetry";
import { shownPath } from "../projectDirectory";
import { readStackSettings } from "../graph/settings";
import { runOnEmulator, type EmulatorRun } from "../emulator/onEmulator";
import { withCondaFiles, type UserFiles } from "./userPaths";
import { readRegistered } from "./registered/record";

interface EvaluationOptions {
  readonly stack: string;
  readonly endpoint?: string;
  readonly all?: boolean;
  /** Where deployments write their telemetry (telemetry.ts). @default as their YAML says */
  readonly telemetry?: string;
}

/** A stack that was evaluated, and what of it runs on this machine. */
export interface Evaluated {
  readonly run: EmulatorRun;
  readonly wanted: Deployable;
  /** What messages about it name. */
  readonly files: UserFiles;
  /** The request that the endpoint's folder has for trying it out. */
  readonly sample: string | undefined;
  /** The stack's resources as the last run left them. */
  readonly before: LocalState["resources"];
}

/**
 * Evaluates a stack against the emulator, and copies the code and models of its endpoint.
 *
 * @param running names of the deployments that run already
 */
export async function evaluateEndpoint(
  { stack, endpoint, all = false, telemetry }: EvaluationOptions,
  running: ReadonlySet<string>,
): Promise<Evaluated> {
  const settings = readStackSettings(stack, endpoint);
  const directory = endpointFolder(settings);
  const before = readState(stack).resources;
  const run = await runOnEmulator(stack, settings, before, {}, true);
  const copies = assetDirectory(stack);
  const places = await deploymentPlaces(shownPath(directory));
  const { spec: asDeclared, ...wanted } = await deployable(run.created, copies, {
    all,
    running,
    registered: readRegistered(stack),
    placeOf: (deployment, key) => places.get(deployment)?.at(key.split(".")),
  });
  const sample = sampleRequest(directory);
  const spec =
    telemetry === undefined
      ? asDeclared
      : {
          ...asDeclared,
          deployments: asDeclared.deployments.map((one) => withTelemetry(one, telemetry, stack)),
        };
  return {
    run,
    wanted: { ...wanted, spec: { ...spec, trial: trialOf(sample) } },
    files: {
      sources: new Map([...sourcesOf(run.created.values(), copies), ...wanted.codeSources]),
      places: withCondaFiles(places, wanted.condaFiles),
    },
    sample,
    before,
  };
}

/** Without a sample, nobody knows what the scoring script takes; most take a JSON object. */
function trialOf(sample: string | undefined): TrialRequest {
  if (sample === undefined) return { body: "{}" };
  return {
    body: readUserFile(sample, MOST_BYTES.request).toString("utf8"),
    file: shownPath(sample),
  };
}
