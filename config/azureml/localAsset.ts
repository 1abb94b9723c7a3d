import { access, constants, lstat, readdir, realpath, stat } from "node:fs/promises";
import path from "node:path";
import type { AssetFile } from "../types";
import { fileProblem } from "../../input/fileProblems";
import { shownPath } from "../../projectDirectory";
import type { AssetReader } from "./assetReader";
import type { Report } from "./issues";
import { didYouMean } from "./nearest";
import type { KeyPath, YamlFile } from "./yamlTree";

/** What a path in the YAML may lead to. */
export interface PathRules {
  /** In words, for messages: "code folder". */
  readonly what: string;
  readonly shapes: readonly ("file" | "folder")[];
}

export interface FoundPath {
  readonly source: string;
  readonly shape: "file" | "folder";
}

/** Finds the file or folder that a path in the YAML (relative to the YAML file) means; reports why not. */
export async function findPath(
  typedPath: string,
  key: KeyPath,
  rules: PathRules,
  yaml: YamlFile,
  report: Report,
): Promise<FoundPath | undefined> {
  if (/^(?:azureml|https?|wasbs?|abfss?|git\+?\w*|runs|s3):/i.test(typedPath)) {
    const advice =
      "its bytes cannot be hashed here, so the same version could mean other bytes: give a local path, or register it " +
      "and name it by version";
    report.error(key, `is {value}, a location in the cloud; ${advice}`);
    return undefined;
  }
  const source = path.resolve(path.dirname(yaml.path), typedPath);
  let shape: FoundPath["shape"];
  try {
    const status = await stat(source);
    shape = status.isDirectory() ? "folder" : "file";
    if (!status.isDirectory() && !status.isFile()) {
      report.error(key, `is {value}, which is neither a file nor a folder`);
      return undefined;
    }
    await access(source, constants.R_OK);
    const link = await linkThatLeaves(typedPath, yaml);
    if (link !== undefined) {
      report.error(
        key,
        `is {value}, in which "${link}" is a symbolic link that leaves its folder; copy what it points at, or write where that is`,
      );
      return undefined;
    }
  } catch (error) {
    report.error(
      key,
      `is {value}, ${/^(?:[aeiou]|mlflow)/.test(rules.what) ? "an" : "a"} ${rules.what} that ${fileProblem(error)}${await advice(typedPath, source)}`,
    );
    return undefined;
  }
  if (!rules.shapes.includes(shape)) {
    report.error(
      key,
      `is {value}, a ${shape}; the ${rules.what} must be a ${rules.shapes.join(" or a ")}`,
    );
    return undefined;
  }
  if (path.isAbsolute(typedPath)) {
    report.warning(
      key,
      "is {value}, an absolute path, which exists on this machine only; write it relative to this file",
    );
  }
  return { source, shape };
}

/**
 * The first part of a path that is a link out of the folder it lies in: the asset would depend on files nobody sees. Links
 * in the path of the YAML file itself, and before the last part of an absolute path, are the machine's own business.
 */
async function linkThatLeaves(typedPath: string, yaml: YamlFile): Promise<string | undefined> {
  const isAbsolute = path.isAbsolute(typedPath);
  let folder = await realpath(path.dirname(isAbsolute ? typedPath : yaml.path));
  for (const part of isAbsolute ? [path.basename(typedPath)] : typedPath.split("/")) {
    const place = path.join(folder, part);
    const target = await realpath(place);
    const isLink = (await lstat(place)).isSymbolicLink();
    if (isLink && !target.startsWith(folder.replace(/\/?$/, "/"))) return part;
    folder = target;
  }
  return undefined;
}

async function advice(typedPath: string, source: string): Promise<string> {
  if (typedPath.includes("\\")) return "; write / between folders, not \\";
  if (typedPath.startsWith("~")) return '; "~" is not replaced by the home folder';
  const siblings = await readdir(path.dirname(source)).catch(() => []);
  const guess = didYouMean(path.basename(source), siblings);
  return guess === "" ? "; paths are relative to this file" : guess;
}

export interface AssetContent {
  readonly contentHash: string;
  readonly files: readonly AssetFile[];
}

/**
 * The files of an asset and the hash of their content; reports what cannot be read or uploaded.
 * @param underOwnName whether the paths begin with the folder's own name, as Azure lays out a folder model
 * (`$AZUREML_MODEL_DIR/<folder>/…`); code folders and build contexts are laid out without it
 */
export async function assetContent(
  found: FoundPath,
  key: KeyPath,
  underOwnName: boolean,
  report: Report,
  assets: AssetReader,
): Promise<AssetContent | undefined> {
  const what = shownPath(found.source);
  if (found.shape === "file") {
    const files = [
      { path: path.basename(found.source).normalize("NFC"), source: await realpath(found.source) },
    ];
    return { files, contentHash: await assets.contentHash(files, what) };
  }
  const { files, problems } = await assets.filesBelow(found.source);
  for (const problem of problems) report.error(key, `is {value}, in which ${problem}`);
  if (problems.length > 0) return undefined;
  if (files.length === 0) {
    report.error(
      key,
      "is {value}, a folder without files to upload (it is empty, or everything in it is ignored)",
    );
    return undefined;
  }
  const prefix = underOwnName ? `${path.basename(found.source).normalize("NFC")}/` : "";
  const placed = files.map((file) => ({ ...file, path: prefix + file.path }));
  return { files: placed, contentHash: await assets.contentHash(placed, what) };
}
