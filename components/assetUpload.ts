import { relative } from "node:path";
import * as pulumi from "@pulumi/pulumi";
import type { AssetFile } from "../config/types";
import { dynamicProvider } from "./dynamicProvider";

export interface AssetUploadArgs {
  readonly subscriptionId: string;
  readonly resourceGroupName: pulumi.Input<string>;
  readonly accountName: pulumi.Input<string>;
  readonly containerName: pulumi.Input<string>;
  /** Folder in the container; the content's hash is part of it, so a folder's content never changes. */
  readonly folder: string;
  readonly files: readonly AssetFile[];
}

/**
 * The files of one asset as blobs below a folder, uploaded with the caller's Entra identity.
 *
 * Not azure-native's `storage.Blob`: that one asks for the account's key, and this account has none that works
 * (pulumi-azure-native issue 2015).
 */
export class AssetUpload extends pulumi.CustomResource {
  constructor(name: string, args: AssetUploadArgs, opts: pulumi.CustomResourceOptions) {
    const files = args.files.map(({ path, source }) => ({
      path,
      // Relative, so that the state does not depend on the user or on the project's location.
      source: relative(process.cwd(), source),
    }));
    const type = "pulumi-nodejs:dynamic/mlscore:AssetUpload";
    const provider = dynamicProvider("assetUploadProvider");
    super(type, name, { ...args, files, __provider: provider }, opts);
  }
}
