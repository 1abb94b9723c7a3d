import path from "node:path";
import { UserError, type Problem } from "../../errors";
import { MOST_BYTES, readUserFile } from "../../input/userFile";
import { IMAGE_PYTHON } from "../../mlflow/host";
import { LOCK_FILE, lockInput, lockOrigin } from "../../mlflow/lock";
import { mlflowEnvironment } from "../../mlflow/model";
import { problemAt } from "../azureml/problemAt";
import type { KeyPath } from "../azureml/yamlTree";
import type { LocalModel, OnlineDeploymentDefinition } from "../types";
import { AZURE_SERVER, SERVER_VARIABLE } from "./scoringServer";
import type { ImageServer } from "./productionTypes";

interface Place {
  /** Absolute folder of the model. */
  readonly folder: string;
  /** The same below the image's context. */
  readonly place: string;
  /** Whether the settings name another base image than the Dockerfile does. */
  readonly hasOwnBase: boolean;
}

type Checked =
  | { readonly server: ImageServer }
  | { readonly server?: undefined; readonly problems: readonly Problem[] };

/** The server of an MLflow model without a scoring script, or why the image cannot have it. */
export function mlflowServer(
  deployment: OnlineDeploymentDefinition,
  model: LocalModel,
  { folder, place, hasOwnBase }: Place,
): Checked {
  const problem = (key: KeyPath, message: string): Checked => ({
    problems: [problemAt(deployment.file, key, message)],
  });
  const { [SERVER_VARIABLE]: server = AZURE_SERVER } = deployment.environmentVariables;
  if (server !== AZURE_SERVER) {
    const message = `is "${server}", and the packages of an MLflow model have ${AZURE_SERVER} alone; remove it`;
    return problem(["environment_variables", SERVER_VARIABLE], message);
  }
  const conda = condaOf(deployment, folder);
  if ("problem" in conda) return problem(conda.key, conda.problem);
  const again = `npm run mlflow:lock -- ${path.posix.join("scoring", place)}${conda.option}`;
  const lock = model.files.find(
    (file) => file.path === path.posix.join(path.basename(folder), LOCK_FILE),
  );
  const at = ["model", "path"];
  if (lock === undefined) {
    const message = `is an MLflow model without ${LOCK_FILE}, which says what the image installs; make it: ${again}`;
    return problem(at, message);
  }
  const origin = lockOrigin(readUserFile(lock.source, MOST_BYTES.document).toString());
  if (origin === undefined) {
    const message = `has a ${LOCK_FILE} that another program made, so it is unknown what it is for; make it anew: ${again}`;
    return problem(at, message);
  }
  if (origin.hash !== conda.hash) {
    const message = `has a ${LOCK_FILE} that was made from other packages than those of ${conda.called}; make it anew: ${again}`;
    return problem(at, message);
  }
  if (origin.python !== IMAGE_PYTHON && !hasOwnBase) {
    const message =
      `needs Python ${origin.python} (${conda.called}), and the image has ${IMAGE_PYTHON}; save the model with Python ${IMAGE_PYTHON}, ` +
      `or name an image with Python ${origin.python} in mlscore:image.baseImage`;
    return problem(at, message);
  }
  const lockPlace = path.posix.join(place, LOCK_FILE);
  return { server: { kind: "mlflow", lock: lockPlace, python: origin.python } };
}

interface Conda {
  /** Of the packages that are to be in the lock. */
  readonly hash: string;
  readonly called: string;
  /** Of the command that makes the lock. */
  readonly option: string;
}

/** What the deployment installs in Azure: the packages of its own environment, else those that the model asks for. */
function condaOf(
  { environment }: OnlineDeploymentDefinition,
  folder: string,
): Conda | { readonly key: KeyPath; readonly problem: string } {
  const isOwn = environment !== undefined;
  if (isOwn && (environment.kind !== "inline" || environment.condaFile === undefined)) {
    const what = environment.kind === "inline" ? "has no conda_file" : "is a registered one";
    const problem = `${what}, so the packages are not known that MLflow needs in the image; give conda_file, or remove environment to take the model's own`;
    return { key: ["environment"], problem };
  }
  try {
    const own = isOwn ? undefined : mlflowEnvironment(folder);
    const condaFile = own?.condaFile ?? environment?.condaFile ?? "";
    const called = own === undefined ? "environment.conda_file" : `the model's ${own.path}`;
    const { hash } = lockInput(condaFile, own === undefined ? called : own.path);
    return { hash, called, option: isOwn ? " --conda-file FILE" : "" };
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    const problem = isOwn ? error.message : `is an MLflow model: ${error.message}`;
    return { key: isOwn ? ["environment", "conda_file"] : ["model", "path"], problem };
  }
}
