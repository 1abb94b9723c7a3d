import { stat } from "node:fs/promises";
import { basename, join } from "node:path";
import { assetReader } from "../config/azureml/assetReader";
import { tellProgress } from "../config/progress";
import type { AssetFile } from "../config/types";
import { textAt } from "../graph/paths";
import { fileProblem } from "../input/fileProblems";
import { isMlflowModel } from "../mlflow/model";
import { copyOnce, download, folderFiles, uploadedFiles } from "./blobs";
import { addCommand, missingText } from "./registered/missing";
import { pathFor } from "./registered/record";
import { nameAndVersion, referencesOf } from "./registered/reference";
import { declared, type CannotRun, type Sources } from "./runnable";

/** A model whose files are on this machine. */
export interface RunnableModel {
  /** Absolute folder that the script gets as AZUREML_MODEL_DIR. */
  readonly directory: string;
  /** The one file or folder in it. */
  readonly entry: string;
  /** `directory` and `entry`. */
  readonly folder: string;
  readonly isMlflow: boolean;
  /** The user's file by its path below `folder`; of the empty path that of the model itself. */
  readonly sourceOf: (path: string) => string | undefined;
}

/** The model by the id that a deployment has for it. */
export async function modelOf(id: string, sources: Sources): Promise<RunnableModel | CannotRun> {
  const version = declared(id, sources);
  if (version === undefined) return registeredModel(id, sources);
  const { resources, assetDirectory } = sources;
  const [, path = ""] = textAt(version.inputs, "properties.modelUri").split("/paths/");
  const uploaded = path.slice(0, path.lastIndexOf("/"));
  const entry = basename(path);
  const { inputs } = version;
  const place = mountPath({ name: textAt(inputs, "name"), version: textAt(inputs, "version") });
  const directory = await download(resources, uploaded, assetDirectory, place);
  const files = uploadedFiles(resources, uploaded);
  return {
    directory,
    entry,
    folder: join(directory, entry),
    isMlflow: textAt(inputs, "properties.modelType") === "mlflow_model",
    sourceOf: (file) => files.find((one) => one.path === `${entry}/${file}`)?.source,
  };
}

/** A registered model, from the local file or folder named for it; copied, so that a later edit does not change what runs. */
async function registeredModel(
  id: string,
  { registered, workspaceId, assetDirectory }: Sources,
): Promise<RunnableModel | CannotRun> {
  const references = referencesOf(id, workspaceId);
  const path = pathFor(registered, "model", references);
  const [reference] = references;
  if (path === undefined) {
    return { key: "model", reason: missingText("model", reference, registered.stack) };
  }
  const found = await modelFiles(path);
  if (typeof found === "string") {
    const again = addCommand("model", reference, registered.stack);
    const reason = `the local copy of its model, ${path}, ${found}; name another one: ${again} PATH`;
    return { key: "model", reason };
  }
  const entry = basename(path);
  const asset = nameAndVersion(references.at(-1) ?? id);
  const place = mountPath(asset);
  const hash = (await assetReader({ tell: tellProgress }).contentHash(found, path)).slice(0, 16);
  const folder = ["registered", asset.name, asset.version, hash].join("-");
  const directory = await copyOnce(found, folder, assetDirectory, place);
  return {
    directory,
    entry,
    folder: join(directory, entry),
    isMlflow: isMlflowModel(join(directory, entry)),
    sourceOf: (file) => (file === "" ? path : join(path, file)),
  };
}

/** The files of a local model as they would be uploaded, below the name of its file or folder; in words why there are none. */
export async function modelFiles(path: string): Promise<readonly AssetFile[] | string> {
  const entry = basename(path);
  try {
    const status = await stat(path);
    if (status.isFile()) return [{ path: entry, source: path }];
    if (!status.isDirectory()) return "is neither a file nor a folder";
  } catch (error) {
    return fileProblem(error);
  }
  const files = await folderFiles(path);
  return typeof files === "string"
    ? files
    : files.map((file) => ({ ...file, path: `${entry}/${file.path}` }));
}

/**
 * Azure mounts a model at `/var/azureml-app/azureml-models/<name>/<version>`, with the file or folder that was registered in
 * it (how-to-deploy-online-endpoints, "the path to the model"; concept-online-deployment-model-specification; the inference
 * server's appinsights_client takes name and version from AZUREML_MODEL_DIR's end).
 */
function mountPath({ name, version }: { readonly name: string; readonly version: string }): string {
  return join("azureml-models", name, version);
}
