import type { z } from "zod";
import type { AssetReference, LocalModel } from "../types";
import type { AssetReader } from "./assetReader";
import type { inlineModelSchema, modelSchema } from "./assetSchemas";
import type { Report } from "./issues";
import { assetContent, findPath } from "./localAsset";
import { assetName, assetNameProblem, contentModel, modelVersionProblem } from "./names";
import { isReference, parseReference } from "./references";
import { textsOf, versionText } from "./texts";
import type { YamlFile } from "./yamlTree";

const AT = ["model"];

/** What a deployment's file does not say of a part: what it belongs to, and whether it runs on this machine alone. */
interface Owner {
  readonly endpoint?: string;
  readonly deployment: string;
  readonly isLocalRun?: boolean;
  readonly assets: AssetReader;
}

/** The model: a registered one, or a file or folder on this machine. */
export async function modelOf(
  model: z.output<typeof modelSchema>,
  owner: Owner,
  yaml: YamlFile,
  report: Report,
): Promise<LocalModel | AssetReference | undefined> {
  if (typeof model !== "string") {
    if (owner.isLocalRun === true && isCloudPath(model.path)) {
      return { kind: "id", id: model.path };
    }
    return localModel(model, owner, yaml, report);
  }
  if (report.hasError(AT)) return undefined;
  const reference = parseReference(model, "model", owner.isLocalRun);
  if (!("problem" in reference)) return reference;
  report.error(AT, reference.problem);
  return undefined;
}

/** Paths of models in the cloud (azure-ai-ml `constants/_common.py`: the formats of datastore, job and run URIs). */
function isCloudPath(path: string): boolean {
  return /^azureml:\/\/(?:datastores|jobs|subscriptions)\/|^runs:\//i.test(path);
}

async function localModel(
  model: z.output<typeof inlineModelSchema>,
  owner: Owner,
  yaml: YamlFile,
  report: Report,
): Promise<LocalModel | undefined> {
  const modelType = model.type ?? "custom_model";
  const name = model.name ?? assetName(owner.endpoint, owner.deployment, "model");
  const version = versionText(model.version, ["model", "version"], yaml, report);
  const isChecked = version === undefined || report.hasError(["model", "version"]);
  const versionProblem = isChecked ? undefined : modelVersionProblem(version);
  if (versionProblem !== undefined)
    report.error(["model", "version"], `is {value}; it ${versionProblem}`);
  const nameProblem = report.hasError(["model", "name"])
    ? undefined
    : modelNameProblem(name, version === undefined);
  if (nameProblem !== undefined) report.error(["model", "name"], `is {value}; it ${nameProblem}`);

  const at = ["model", "path"];
  if (report.hasError(at)) return undefined;
  if (isReference(model.path) && !("problem" in parseReference(model.path, "model"))) {
    report.error(
      at,
      "is {value}, a registered model; write it as the value of model itself, without path",
    );
    return undefined;
  }
  // MLflow and Triton models are laid out in folders; a custom model may be a single file.
  const shapes =
    modelType === "custom_model" ? (["file", "folder"] as const) : (["folder"] as const);
  const found = await findPath(
    model.path,
    at,
    { what: modelType.replace("_", " "), shapes },
    yaml,
    report,
  );
  if (found === undefined) return undefined;
  const content = await assetContent(found, at, true, report, owner.assets);
  if (content === undefined) return undefined;
  if (
    modelType === "mlflow_model" &&
    !content.files.some(
      (file) => file.path.split("/").length === 2 && file.path.endsWith("/MLmodel"),
    )
  ) {
    report.error(at, "is {value}, a folder without the file MLmodel, so it is not an MLflow model");
  }
  const flavors = Object.entries(model.flavors ?? {}).map(
    ([flavor, settings]) =>
      [flavor, textsOf(settings, ["model", "flavors", flavor], yaml, report)] as const,
  );
  return {
    kind: "local",
    ...(version === undefined ? contentModel(name, content.contentHash) : { name, version }),
    shape: found.shape,
    ...content,
    modelType,
    ...(model.description === undefined ? {} : { description: model.description }),
    ...(model.stage === undefined ? {} : { stage: model.stage }),
    tags: textsOf(model.tags, ["model", "tags"], yaml, report),
    ...(model.properties === undefined
      ? {}
      : { properties: textsOf(model.properties, ["model", "properties"], yaml, report) }),
    ...(flavors.length === 0 ? {} : { flavors: Object.fromEntries(flavors) }),
  };
}

/** Without a version, the content's hash follows the name and needs its room. */
function modelNameProblem(name: string, isContentNamed: boolean): string | undefined {
  return (
    assetNameProblem(name) ??
    (isContentNamed && assetNameProblem(contentModel(name, "0".repeat(16)).name) !== undefined
      ? `is too long (${name.length}) for the 17 characters of the content's hash that follow it; shorten it or write a version`
      : undefined)
  );
}
