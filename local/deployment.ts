import { UserError } from "../errors";
import { nonEmptyTextAt, textAt, valueAt } from "../graph/paths";
import type { CreatedResource } from "../graph/graph";
import { MOST_BYTES, readUserFile } from "../input/userFile";
import { MLFLOW_HOST } from "../mlflow/host";
import { mlflowEnvironment } from "../mlflow/model";
import { autoscaleOf } from "./autoscale";
import { bakeNeeds, buildFiles } from "./buildContext";
import { codeOf } from "./code";
import type { DeploymentSpec } from "./endpoint";
import { modelOf, type RunnableModel } from "./model";
import { imageText, missingText } from "./registered/missing";
import { pathFor } from "./registered/record";
import { referencesOf } from "./registered/reference";
import { requestSettings } from "./requestSettings";
import { revisionOf } from "./revision";
import { declared, downloaded, type CannotRun, type Sources } from "./runnable";
import { variablesOf } from "./variables";

export interface RunnableDeployment {
  readonly spec: DeploymentSpec;
  /** The user's file with the packages, where it is not the one that the YAML names. */
  readonly condaFile?: string;
  /** The user's file by its copy, of code that is registered in Azure. */
  readonly codeSources: ReadonlyMap<string, string>;
}

/** The deployment's spec, or everything because of which it cannot run without a cloud. */
export async function deploymentOf(
  name: string,
  created: CreatedResource,
  sources: Sources,
): Promise<RunnableDeployment | readonly CannotRun[]> {
  const { inputs } = created;
  const modelId = nonEmptyTextAt(inputs, "properties.model");
  const model = modelId === undefined ? undefined : await modelOf(modelId, sources);
  const environmentId = nonEmptyTextAt(inputs, "properties.environmentId");
  const given =
    environmentId === undefined ? undefined : await environmentOf(environmentId, sources);
  const what = await whatRuns(inputs, model, given, sources);
  // Without anything that runs, packages and files do not help.
  if ("reason" in what && what.key === NO_CODE) return [what];
  const problems = [model, what, given].filter((part) => part !== undefined && "reason" in part);
  if (problems.length > 0 || "reason" in what) return problems;
  if (model !== undefined && "reason" in model) return [model];
  const environment = given ?? what.environment;
  if (environment === undefined || "reason" in environment) return [NO_ENVIRONMENT];
  const { file, ...packages } = environment;
  const running = {
    codeDirectory: what.codeDirectory,
    scoringScript: what.scoringScript,
    ...(model === undefined ? {} : { modelDirectory: model.directory }),
    ...(what.isMlflow && model !== undefined ? { mlflowModel: model.entry } : {}),
    ...packages,
    environmentVariables: variablesOf(inputs),
    ...requestSettings(inputs),
  };
  const autoscale = autoscaleOf(created, sources.resources);
  return {
    spec: {
      name,
      revision: revisionOf(running),
      instanceCount: Number(valueAt(inputs, "sku.capacity")),
      ...(autoscale === undefined ? {} : { autoscale }),
      ...running,
    },
    ...(file === undefined ? {} : { condaFile: file }),
    codeSources: what.codeSources ?? new Map<string, string>(),
  };
}

interface WhatRuns {
  readonly codeDirectory: string;
  readonly codeSources?: ReadonlyMap<string, string>;
  readonly scoringScript: string;
  /** Whether it is the script for MLflow models without one. */
  readonly isMlflow: boolean;
  /** The model's own, where the deployment has none. */
  readonly environment?: RunnableEnvironment;
}

interface RunnableEnvironment extends Pick<DeploymentSpec, "condaFile" | "buildDirectory"> {
  /** The user's file that the packages are from, where that is known here. */
  readonly file?: string;
}

/**
 * The script, and for an MLflow model without one the script that is here, with the environment that the model asks for
 * where the deployment has none: as Azure generates both (how-to-deploy-mlflow-models, "No-code deployment").
 */
async function whatRuns(
  inputs: object,
  model: RunnableModel | CannotRun | undefined,
  environment: RunnableEnvironment | CannotRun | undefined,
  sources: Sources,
): Promise<WhatRuns | CannotRun> {
  const codeId = textAt(inputs, "properties.codeConfiguration.codeId");
  if (codeId !== "") {
    const scoringScript = textAt(inputs, "properties.codeConfiguration.scoringScript");
    const code = await codeOf(codeId, scoringScript, sources);
    if ("reason" in code) return code;
    const { directory, sources: codeSources } = code;
    return { codeDirectory: directory, codeSources, scoringScript, isMlflow: false };
  }
  const host = { ...MLFLOW_HOST, isMlflow: true };
  // What a model is that is not here, nobody knows; that it is not here is said.
  if (model !== undefined && "reason" in model) return host;
  if (model?.isMlflow !== true) return noCode(model);
  if (environment !== undefined) return host;
  const own = ofMlflowModel(model);
  return "reason" in own ? own : { ...host, environment: own };
}

const NO_CODE = "code_configuration";

function noCode(model: RunnableModel | undefined): CannotRun {
  const what =
    model === undefined
      ? "it has no scoring script (a custom container)"
      : `it has no scoring script, and its model ${model.entry} is no MLflow model (a custom container or a Triton model)`;
  return { key: NO_CODE, reason: `${what}; that needs Azure or Docker` };
}

function ofMlflowModel(model: RunnableModel): RunnableEnvironment | CannotRun {
  try {
    const { condaFile, path } = mlflowEnvironment(model.folder);
    const file = model.sourceOf(path);
    return { condaFile, ...(file === undefined ? {} : { file }) };
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    const shown = error.message.replaceAll(model.folder, model.sourceOf("") ?? model.folder);
    return { key: "model", reason: `its MLflow model: ${shown}` };
  }
}

const NO_ENVIRONMENT: CannotRun = { key: "environment", reason: "it has no environment" };

const OWN_IMAGE: CannotRun = {
  key: "environment",
  reason: "its environment is a container image of its own; that needs Azure or Docker",
};

async function environmentOf(
  id: string,
  sources: Sources,
): Promise<RunnableEnvironment | CannotRun> {
  const environment = declared(id, sources);
  if (environment === undefined) {
    const references = referencesOf(id, sources.workspaceId);
    const reason = missingText("environment", references[0], sources.registered.stack);
    return namedEnvironment(references, reason, sources);
  }
  const { inputs } = environment;
  if (valueAt(inputs, "properties.inferenceConfig") !== undefined) return OWN_IMAGE;
  const contextUri = textAt(inputs, "properties.build.contextUri");
  const buildDirectory =
    contextUri === "" ? undefined : await downloaded(contextUri.replace(/\/$/, ""), sources);
  const { condaFile = "", bakes } =
    buildDirectory === undefined
      ? { condaFile: textAt(inputs, "properties.condaFile"), bakes: false }
      : buildFiles(buildDirectory);
  const image = textAt(inputs, "properties.image");
  if (condaFile === "" && image !== "") {
    return namedEnvironment([image], imageText(image, sources.registered.stack), sources);
  }
  if (condaFile === "") return OWN_IMAGE;
  const missing = bakes ? await bakeNeeds() : [];
  if (missing.length > 0) {
    const reason = `its environment needs ${missing.join(" and ")}, not on this machine's PATH`;
    return { key: "environment", reason };
  }
  return { condaFile, ...(buildDirectory !== undefined && bakes ? { buildDirectory } : {}) };
}

/** Packages of a registered environment, or of an image that has them, from the conda file that is named for it. */
function namedEnvironment(
  references: readonly string[],
  missing: string,
  { registered }: Sources,
): RunnableEnvironment | CannotRun {
  const file = pathFor(registered, "environment", references);
  if (file === undefined) return { key: "environment", reason: missing };
  try {
    return { condaFile: readUserFile(file, MOST_BYTES.text).toString(), file };
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    return { key: "environment", reason: `the conda file of its environment: ${error.message}` };
  }
}
