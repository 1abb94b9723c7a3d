import { realpath } from "node:fs/promises";
import type { AssetFile } from "../types";
import { filesBelow, type FolderFiles } from "./assetFiles";
import { contentHash } from "./contentHash";
import { fileHashes, type FileHashesOptions } from "./fileHashes";

/** Reads the assets of one run: a folder that several deployments use is listed once, and each of its files is read once. */
export interface AssetReader {
  filesBelow(folder: string): Promise<FolderFiles>;
  /** @param what the files are, for the user who waits */
  contentHash(files: readonly AssetFile[], what: string): Promise<string>;
}

export function assetReader(options: FileHashesOptions = {}): AssetReader {
  const hashes = fileHashes(options);
  const folders = new Map<string, Promise<FolderFiles>>();
  return {
    async filesBelow(folder) {
      const root = await realpath(folder);
      const listed = folders.get(root) ?? filesBelow(root);
      folders.set(root, listed);
      return listed;
    },
    contentHash: (files, what) => contentHash(files, what, hashes),
  };
}
