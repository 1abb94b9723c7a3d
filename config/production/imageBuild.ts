import path from "node:path";
import type { Problem } from "../../errors";
import { problemAt } from "../azureml/problemAt";
import type { KeyPath } from "../azureml/yamlTree";
import type { AssetFile, LocalAsset, OnlineDeploymentDefinition } from "../types";
import type { ImageBuild } from "./productionTypes";

/**
 * What the Dockerfile of `context` is told about a deployment, or why it cannot build it: it copies the code from `src/`
 * and the model from `models/`, so both must be local and lie there.
 *
 * @param context absolute path of the folder with the Dockerfile, without symbolic links
 */
export function imageBuild(
  deployment: OnlineDeploymentDefinition,
  context: string,
): { readonly build?: ImageBuild; readonly problems: readonly Problem[] } {
  const problems: Problem[] = [];
  const problem = (key: KeyPath, message: string) => {
    problems.push(problemAt(deployment.file, key, message));
  };
  const advice = "or set mlscore:image to the digest of an image that has it";

  const { codeConfiguration, model } = deployment;
  if (codeConfiguration?.code.kind !== "local") {
    const what = codeConfiguration === undefined ? "is missing" : "is a registered asset";
    problem(
      ["code_configuration", "code"],
      `${what}, but the image is built from local code; give a folder, ${advice}`,
    );
  } else {
    const below = placeBelow(context, codeConfiguration.code, false);
    if (below !== "src") {
      problem(
        ["code_configuration", "code"],
        `lies outside scoring/src, which is what the image is built from; move it there, ${advice}`,
      );
    }
  }
  const place = model?.kind === "local" ? placeBelow(context, model, true) : undefined;
  if (model?.kind !== "local") {
    const what = model === undefined ? "is missing" : "is a registered asset";
    problem(
      ["model"],
      `${what}, but the image is built with a local model; give a path, ${advice}`,
    );
  } else if (place?.startsWith("models/") !== true) {
    problem(
      ["model", "path"],
      `lies outside scoring/models, which is what the image is built from; move it there, ${advice}`,
    );
  }
  if (problems.length > 0 || place === undefined || codeConfiguration === undefined)
    return { problems };
  return {
    build: { context, model: place, scoringScript: codeConfiguration.scoringScript },
    problems,
  };
}

/** Path of an asset's root below `context`, with forward slashes; undefined when it does not lie there as a whole. */
function placeBelow(
  context: string,
  asset: LocalAsset,
  isUnderOwnName: boolean,
): string | undefined {
  const depth = asset.shape === "folder" && isUnderOwnName ? 1 : 0;
  const roots = new Set(asset.files.map((file) => rootOf(file, asset.shape, depth)));
  const [root, ...others] = roots;
  // Links inside the asset may lead anywhere in it; then no file tells where its root is.
  if (root === undefined || others.length > 0) return undefined;
  const below = path.relative(context, root).split(path.sep).join("/");
  return below === "" || below === ".." || below.startsWith("../") || path.isAbsolute(below)
    ? undefined
    : below;
}

/** @param depth how many parts of the asset's paths stand for the root itself */
function rootOf(file: AssetFile, shape: LocalAsset["shape"], depth: number): string {
  if (shape === "file") return file.source;
  const steps = file.path.split("/").length - depth;
  return path.join(file.source, ...Array.from({ length: steps }, () => ".."));
}
