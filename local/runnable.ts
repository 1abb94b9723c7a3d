import type { CreatedResource } from "../graph/graph";
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
