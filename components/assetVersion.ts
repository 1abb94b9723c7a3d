import * as pulumi from "@pulumi/pulumi";
import type { AssetCollection } from "./assetVersionProvider";
import { dynamicProvider } from "./dynamicProvider";

/** Kinds of versions, and what ARM calls their collections below a workspace. */
const COLLECTIONS = {
  CodeVersion: "codes",
  DataVersion: "data",
  EnvironmentVersion: "environments",
  ModelVersion: "models",
} as const satisfies Readonly<Record<string, AssetCollection>>;

export type AssetKind = keyof typeof COLLECTIONS;

export interface AssetVersionArgs {
  readonly subscriptionId: string;
  readonly resourceGroupName: pulumi.Input<string>;
  readonly workspaceName: pulumi.Input<string>;
  readonly name: string;
  readonly version: string;
  /** ARM's properties of the version; `properties.hash_sha256` in them tells its content. */
  readonly properties: pulumi.Input<object> | undefined;
}

/**
 * One immutable version of code, a model, an environment or data in the workspace.
 *
 * Not azure-native's types: those delete a version, which the service may refuse, and then refuse to create one that
 * exists, so that going back to earlier content would fail (docs/decisions/0003).
 */
export class AssetVersion extends pulumi.CustomResource {
  /** ARM's `systemData` of the version; `createdAt` is ISO 8601. */
  declare readonly systemData: pulumi.Output<{ readonly createdAt?: string } | undefined>;

  constructor(
    kind: AssetKind,
    name: string,
    args: AssetVersionArgs,
    opts: pulumi.CustomResourceOptions,
  ) {
    super(
      `pulumi-nodejs:dynamic/mlscore:${kind}`,
      name,
      {
        ...args,
        collection: COLLECTIONS[kind],
        systemData: undefined,
        __provider: dynamicProvider("assetVersionProvider"),
      },
      opts,
    );
  }
}
