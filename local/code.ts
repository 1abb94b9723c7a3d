import { stat } from "node:fs/promises";
import { join } from "node:path";
import { assetReader } from "../config/azureml/assetReader";
import { tellProgress } from "../config/progress";
import type { AssetFile } from "../config/types";
import { textAt } from "../graph/paths";
import { fileProblem } from "../input/fileProblems";
import { copyOnce, folderFiles } from "./blobs";
import { addCommand, missingText } from "./registered/missing";
import { pathFor } from "./registered/record";
import { nameAndVersion, referencesOf } from "./registered/reference";
import { declared, downloaded, type CannotRun, type Sources } from "./runnable";

const KEY = "code_configuration.code";

/** Scoring code that is on this machine. */
export interface RunnableCode {
  /** The copy that runs. */
  readonly directory: string;
  /** The user's file by its copy, of registered code. */
  readonly sources: ReadonlyMap<string, string>;
}

/** The code of an id: what the stack uploads, else the local folder that is named for it. */
export async function codeOf(
  id: string,
  scoringScript: string,
  sources: Sources,
): Promise<RunnableCode | CannotRun> {
  const { registered, assetDirectory, workspaceId } = sources;
  const code = declared(id, sources);
  if (code !== undefined) {
    const uri = textAt(code.inputs, "properties.codeUri");
    return { directory: await downloaded(uri, sources), sources: new Map() };
  }
  const references = referencesOf(id, workspaceId);
  const [reference] = references;
  const path = pathFor(registered, "code", references);
  if (path === undefined) {
    return { key: KEY, reason: missingText("code", reference, registered.stack) };
  }
  const files = await codeFiles(path);
  const hasScript = typeof files !== "string" && files.some((file) => file.path === scoringScript);
  if (typeof files === "string" || !hasScript) {
    const again = addCommand("code", reference, registered.stack);
    const problem = typeof files === "string" ? files : `has no ${scoringScript}`;
    const reason = `the local copy of its code, ${path}, ${problem}; name another one: ${again} DIR`;
    return { key: KEY, reason };
  }
  const { name, version } = nameAndVersion(references.at(-1) ?? id);
  const hash = (await assetReader({ tell: tellProgress }).contentHash(files, path)).slice(0, 16);
  const folder = ["registered-code", name, version, hash].join("-");
  const directory = await copyOnce(files, folder, assetDirectory);
  return {
    directory,
    sources: new Map(files.map((file) => [join(directory, file.path), file.source])),
  };
}

/** The files of a folder with code as they would be uploaded; in words why there are none. */
export async function codeFiles(path: string): Promise<readonly AssetFile[] | string> {
  try {
    if (!(await stat(path)).isDirectory()) return "is no folder";
  } catch (error) {
    return fileProblem(error);
  }
  return folderFiles(path);
}
