import { armIdOf } from "../../config/azureml/references";
import { UserError } from "../../errors";

export type RegisteredKind = "model" | "environment" | "code";

/** What stands for a registered asset on this machine, in words and as an argument of a command. */
export const LOCAL_FILES = {
  model: { noun: "file or folder", argument: "PATH" },
  environment: { noun: "conda file", argument: "CONDA_FILE" },
  code: { noun: "folder", argument: "DIR" },
} as const satisfies Record<RegisteredKind, object>;

/** `name:version` or `name@label`, with the characters that Azure takes in them. */
const SHORT = /^[A-Za-z0-9][\w.-]*[:@][A-Za-z0-9][\w.-]*$/;
const REGISTRY = /^azureml:\/\/registries\/[^/]+\/(\w+)\/[^/]+\/(?:versions|labels)\/[^/]+$/i;
const ARM_ASSET = /^(\/subscriptions\/.+)\/(\w+)\/([^/]+)\/(versions|labels)\/([^/]+)$/i;
/** With a slash: what has none is read as `name:version`. */
const IMAGE = /^[a-z0-9][\w.-]*(?::\d+)?(?:\/[\w.-]+)+(?::[\w.-]+)?(?:@sha256:[0-9a-f]{64})?$/;
const CLOUD_PATH = /^azureml:\/\/(?:datastores|jobs|subscriptions)\/.+\/paths\/.+|^runs:\/.+/i;

/**
 * How a registered asset is written in the record: `name:version` and `name@label` of the stack's workspace without the
 * prefix, an id of another workspace as ARM id, an id of a registry, the path of a model or the image of an environment as
 * the YAML has it.
 *
 * @throws UserError when the text is none of these
 */
export function referenceOf(typed: string, kind: RegisteredKind): string {
  const id = armIdOf(typed.trim());
  const collection = `${kind}s`;
  const asset = ARM_ASSET.exec(id);
  const isAsset = (asset ?? REGISTRY.exec(id))?.[asset === null ? 1 : 2] === collection;
  if (isAsset) return id;
  if (kind === "model" && CLOUD_PATH.test(id)) return id;
  if (kind === "environment" && IMAGE.test(id)) return id;
  const short = id.replace(/^azureml:(?!\/)/, "");
  if (SHORT.test(short)) return short;
  throw new UserError(
    `"${typed}" names no registered ${kind}: write NAME:VERSION or NAME@LABEL, or the whole id as the YAML has it, ` +
      `such as azureml://registries/REGISTRY/${collection}/NAME/versions/VERSION.`,
  );
}

/**
 * The texts by which the record may have an id that a deployment declares, the shortest first.
 *
 * @param workspaceId ARM id of the stack's workspace
 */
export function referencesOf(id: string, workspaceId: string): [string, ...string[]] {
  const asset = ARM_ASSET.exec(id);
  if (asset === null) return [id];
  const [, workspace = "", , name = "", pin = "", version = ""] = asset;
  if (workspace.toLowerCase() !== workspaceId.toLowerCase()) return [id];
  return [`${name}${pin.toLowerCase() === "labels" ? "@" : ":"}${version}`, id];
}

/** ARM id of an endpoint's workspace. */
export function workspaceOf(endpointId: string): string {
  return endpointId.replace(/\/onlineEndpoints\/[^/]+$/i, "");
}

/** Name and version of an asset for the end of AZUREML_MODEL_DIR; of a path in the cloud, which has none, its last part. */
export function nameAndVersion(id: string): { readonly name: string; readonly version: string } {
  const [, name, version] = /\/([^/]+)\/(?:versions|labels)\/([^/]+)$/i.exec(id) ?? [];
  if (name !== undefined && version !== undefined) return { name, version };
  return { name: id.split("/").findLast((part) => part !== "") ?? "model", version: "1" };
}
