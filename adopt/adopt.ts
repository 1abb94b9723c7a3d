import { relative, resolve } from "node:path";
import { deploymentDefinition } from "../components/deploymentDefinition";
import { endpointDefinition, NotDeclarable } from "../components/endpointDefinition";
import { assertEmpty } from "../command";
import type { BareDeployment, BareEndpoint } from "../config/azureml/definitionYaml";
import type { EmulatorRun } from "../emulator/onEmulator";
import { ConfigError, UserError } from "../errors";
import type { StackSettings } from "../graph/settings";
import { PROJECT_DIRECTORY, shownPath } from "../projectDirectory";
import type { Arm } from "../traffic/arm";
import { PROMOTED_TAG } from "../traffic/promotedTag";
import { openRolloutIn, rolloutUnderWay } from "../traffic/rolloutTag";
import { firstPreview, type FirstPreview } from "./firstPreview";
import { commentsOf } from "./comments";
import { importFile } from "./importFile";
import { readLive, type Live, type Wanted } from "./live";
import { writeWhole } from "./outputDirectory";
import { maskedDeployment, maskedEndpoint, type Masked } from "./secrets";
import { asPassedOn, settingsText, stackSettings } from "./settings";
import { endpointFileTexts } from "./yamlText";

export interface AdoptOptions extends Wanted {
  readonly out: string;
  readonly stack: string;
  readonly workload: string;
}

/** What was written, and what to tell. */
export interface Adoption {
  readonly live: Live;
  readonly preview: FirstPreview;
  /** Variables by deployment whose values are to be filled in. */
  readonly variables: ReadonlyMap<string, readonly string[]>;
}

/** Evaluates a stack on the emulator. */
export type Evaluated = (stack: string, settings: StackSettings) => Promise<EmulatorRun>;

const FOLDER = "endpoint";

/**
 * Reads a live endpoint and writes what it takes to declare it: its YAML, the stack's settings and the import file. The program
 * is evaluated with these files, so that the import file has its names and what differs from the live endpoint is known.
 *
 * @throws UserError or ConfigError when it cannot be declared; then nothing is written
 */
export async function adopt(
  options: AdoptOptions,
  arm: Pick<Arm, "get" | "list">,
  evaluated: Evaluated,
): Promise<Adoption> {
  assertEmpty(options.out);
  const live = await readLive(arm, options);
  const { endpoint, deployments } = definitionsOf(live);
  const variables = new Map(deployments.map(({ output, variables }) => [output.name, variables]));

  return writeWhole(options.out, async (write, folder) => {
    const settings = (directory: string) =>
      stackSettings(live.workspace, options.workload, directory);
    write(
      below(
        FOLDER,
        endpointFileTexts(
          endpoint.evaluated,
          deployments.map((one) => one.evaluated),
        ),
      ),
    );
    const run = await evaluated(options.stack, asPassedOn(settings(resolve(folder, FOLDER)))).catch(
      (error: unknown) => {
        throw inPlace(error, folder, options.out);
      },
    );
    const preview = firstPreview(run, live, variables);
    const texts = endpointFileTexts(
      endpoint.output,
      deployments.map((one) => one.output),
      commentsOf(live, { endpoint, deployments }, preview),
    );
    write({
      ...below(FOLDER, texts),
      [`Pulumi.${options.stack}.yaml`]: settingsText(
        settings(shownPath(resolve(options.out, FOLDER), PROJECT_DIRECTORY)),
      ),
      "import.json": importFile(preview.imported, run.resources),
    });
    return { live, preview, variables };
  });
}

function definitionsOf(live: Live): {
  readonly endpoint: Masked<BareEndpoint>;
  readonly deployments: readonly Masked<BareDeployment>[];
} {
  const { workspace, name } = live;
  const rollout = openRolloutIn(live.endpoint.tags ?? {});
  if (rollout !== undefined) throw new UserError(rolloutUnderWay(rollout));
  try {
    const endpoint = endpointDefinition(name, live.endpoint);
    // A note of this project's own rollouts, which no file declares.
    const { [PROMOTED_TAG]: _promoted, ...tags } = endpoint.tags;
    return {
      endpoint: maskedEndpoint({ ...endpoint, tags }),
      deployments: live.deployments.map((one) =>
        maskedDeployment(deploymentDefinition(one, workspace.id)),
      ),
    };
  } catch (error) {
    if (!(error instanceof NotDeclarable)) throw error;
    throw new UserError(`The endpoint ${name} ${error.message}, so that it cannot be adopted.`);
  }
}

function below(folder: string, files: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(files).map(([name, text]) => [`${folder}/${name}`, text]),
  );
}

/** Problems of the files that would have been written. */
function inPlace(error: unknown, folder: string, out: string): unknown {
  if (!(error instanceof ConfigError)) return error;
  return new ConfigError(
    error.problems.map((problem) => ({
      ...problem,
      file: problem.file.replace(folder, out).replace(relative(process.cwd(), folder), out),
      message: `${problem.message} (so it is live, and nothing was written)`,
    })),
  );
}
