import type * as machinelearningservices from "@pulumi/azure-native/machinelearningservices";
import type * as pulumi from "@pulumi/pulumi";
import { textHash } from "../config/azureml/contentHash";
import type { CollectedData, InlineEnvironment, LocalAsset, LocalModel } from "../config/types";

/** What the versions of assets are made of, in the shape of ARM. */

export function codeProperties(
  code: LocalAsset,
  /** Always the folder: Azure refuses the URI of a single file. */
  codeUri: pulumi.Input<string>,
): machinelearningservices.CodeVersionArgs["properties"] {
  return { codeUri, properties: { hash_sha256: code.contentHash } };
}

export function modelProperties(
  model: LocalModel,
  modelUri: pulumi.Input<string>,
): machinelearningservices.ModelVersionArgs["properties"] {
  return {
    modelUri,
    modelType: model.modelType,
    properties: { ...model.properties, hash_sha256: model.contentHash },
    ...(model.flavors === undefined
      ? {}
      : { flavors: mapValues(model.flavors, (data) => ({ data })) }),
    ...(model.description === undefined ? {} : { description: model.description }),
    ...(model.stage === undefined ? {} : { stage: model.stage }),
    tags: model.tags,
  };
}

export function environmentProperties(
  environment: InlineEnvironment,
  /** Folder of the build context, where there is one. */
  contextUri: pulumi.Input<string> | undefined,
): machinelearningservices.EnvironmentVersionArgs["properties"] {
  const { image, condaFile, inferenceConfig, description, buildContext, contentHash } = environment;
  return {
    osType: "Linux",
    ...(image === undefined ? {} : { image }),
    ...(condaFile === undefined ? {} : { condaFile }),
    ...(inferenceConfig === undefined ? {} : { inferenceConfig }),
    ...(buildContext === undefined || contextUri === undefined
      ? {}
      : { build: { contextUri, dockerfilePath: buildContext.dockerfilePath } }),
    ...(description === undefined ? {} : { description }),
    properties: { ...environment.properties, hash_sha256: contentHash },
    tags: environment.tags,
  };
}

export function dataProperties(
  data: CollectedData,
): machinelearningservices.DataVersionArgs["properties"] {
  return {
    dataType: "uri_folder",
    dataUri: data.path,
    // A folder that is filled later has no content to name; what never changes is where it lies.
    properties: { hash_sha256: textHash(data.path) },
  };
}

/**
 * Logical name of a version. It names the content and not the version: where the YAML fixes the version and the bytes
 * change all the same, this is another resource with an id that exists already, which is refused, instead of a silent
 * replacement under a deployment that runs.
 */
export function contentName({
  name,
  contentHash,
}: {
  readonly name: string;
  readonly contentHash: string;
}) {
  const content = contentHash.slice(0, 16);
  // A model without a version of its own has its content in its name already.
  return name.endsWith(`-${content}`) ? name : `${name}-${content}`;
}

/** What tells the versions of all kinds of assets apart. */
export function versionKey(
  kind: string,
  { name, version }: { name: string; version: string },
): string {
  return `${kind}/${name}/${version}`;
}

function mapValues<A, B>(record: Readonly<Record<string, A>>, convert: (value: A) => B) {
  return Object.fromEntries(Object.entries(record).map(([key, value]) => [key, convert(value)]));
}

/** First part of the paths of a model: the file itself, or the folder that all files are in. */
export function modelEntry(model: LocalAsset): string {
  const path = model.files[0]?.path ?? "";
  return model.shape === "file" ? path : (path.split("/")[0] ?? "");
}
