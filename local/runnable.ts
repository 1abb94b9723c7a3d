import type { CreatedResource } from "../graph/graph";
import { download } from "./blobs";
import type { RegisteredAssets } from "./registered/record";

/** Why a deployment cannot run on this machine. */
export interface CannotRun {
  /** Key of its YAML that this is about. */
  readonly key: string;
  /** After the deployment's name. */
  readonly reason: string;
}

/** What a deployment is read out of. */
export interface Sources {
  readonly resources: readonly CreatedResource[];
  /** Where the downloaded code and models are kept. */
  readonly assetDirectory: string;
  readonly registered: RegisteredAssets;
  /** ARM id of the stack's workspace. */
  readonly workspaceId: string;
}

/** What the stack declares by an id; undefined where it only refers to it. */
export function declared(
  id: string,
  { resources }: Pick<Sources, "resources">,
): CreatedResource | undefined {
  return resources.find((one) => one.id.toLowerCase() === id.toLowerCase());
}

/** The private copy of what was uploaded below the folder of a blob's address. */
export function downloaded(uri: string, { resources, assetDirectory }: Sources): Promise<string> {
  return download(resources, uri.split("/").slice(4).join("/"), assetDirectory);
}
