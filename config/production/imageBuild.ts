import path from "node:path";
import type { Problem } from "../../errors";
import { problemAt } from "../azureml/problemAt";
import type { KeyPath } from "../azureml/yamlTree";
import type { AssetFile, LocalAsset, OnlineDeploymentDefinition } from "../types";
import { mlflowModelOf } from "../mlflowModel";
import { mlflowServer } from "./mlflowServer";
import type { ImageBuild } from "./productionTypes";

/** A build, or everything because of which there is none. */
export interface CheckedBuild {
  readonly build?: ImageBuild;
  readonly problems: readonly Problem[];
}

const ADVICE = "or set mlscore:image to the digest of an image that has it";

/**
 * What the Dockerfile of `context` is told about a deployment, or why it cannot build it: it copies the code from `src/`
 * and the model from `models/`, so both must be local and lie there. An MLflow model may have no code; then its folder has
 * the lock of its packages.
 *
 * @param context absolute path of the folder with the Dockerfile, without symbolic links
 * @param hasOwnBase whether the settings name another base image than the Dockerfile does
 */
export function imageBuild(
  deployment: OnlineDeploymentDefinition,
  context: string,
  hasOwnBase = false,
): CheckedBuild {
  const problems: Problem[] = [];
  const problem = (key: KeyPath, message: string) => {
    problems.push(problemAt(deployment.file, key, message));
  };
  const { codeConfiguration } = deployment;
  const mlflowModel = mlflowModelOf(deployment);
  if (mlflowModel === undefined) checkCode(deployment, context, problem);
  const place = modelPlace(deployment, context, problem);
  if (mlflowModel !== undefined && codeConfiguration !== undefined) {
    problem(
      ["code_configuration"],
      "is given, and so is an MLflow model: the image runs either a scoring script, with the packages of scoring/requirements-image.txt, " +
        "or MLflow, with those of the model. Remove code_configuration, or set model.type: custom_model if the script loads the model with those packages",
    );
  } else if (mlflowModel !== undefined) {
    if (place === undefined) return { problems };
    const folder = path.join(context, place);
    const found = mlflowServer(deployment, mlflowModel, { folder, place, hasOwnBase });
    if (found.server === undefined) problems.push(...found.problems);
    else return { build: { context, model: place, server: found.server }, problems };
  }
  if (problems.length > 0 || place === undefined || codeConfiguration === undefined)
    return { problems };
  const { scoringScript } = codeConfiguration;
  return { build: { context, model: place, server: { kind: "script", scoringScript } }, problems };
}

type Tell = (key: KeyPath, message: string) => void;

function checkCode(
  { codeConfiguration }: OnlineDeploymentDefinition,
  context: string,
  problem: Tell,
): void {
  if (codeConfiguration?.code.kind !== "local") {
    const what = codeConfiguration === undefined ? "is missing" : "is a registered asset";
    problem(
      ["code_configuration", "code"],
      `${what}, but the image is built from local code; give a folder, ${ADVICE}`,
    );
  } else if (placeBelow(context, codeConfiguration.code, false) !== "src") {
    problem(
      ["code_configuration", "code"],
      `lies outside scoring/src, which is what the image is built from; move it there, ${ADVICE}`,
    );
  }
}

function modelPlace(
  { model }: OnlineDeploymentDefinition,
  context: string,
  problem: Tell,
): string | undefined {
  if (model?.kind !== "local") {
    const what = model === undefined ? "is missing" : "is a registered asset";
    problem(
      ["model"],
      `${what}, but the image is built with a local model; give a path, ${ADVICE}`,
    );
    return undefined;
  }
  const place = placeBelow(context, model, true);
  if (place?.startsWith("models/") === true) return place;
  problem(
    ["model", "path"],
    `lies outside scoring/models, which is what the image is built from; move it there, ${ADVICE}`,
  );
  return undefined;
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
