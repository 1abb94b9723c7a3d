import { cp, mkdir, rename, rm, stat } from "node:fs/promises";
import { dirname, join } from "node:path";
import { textAt, valueAt } from "./azure/ids";
import type { AzureResource } from "./azure/world";
import type { PlainAsset } from "./values";

const BLOB = "azure-native:storage:Blob";

/** A file in the stand-in's storage. */
export interface StoredBlob {
  /** Path below the folder that was asked for. */
  readonly path: string;
  readonly asset: PlainAsset;
}

/** Blobs below a folder of a container, as an instance would download them. */
export function blobsBelow(resources: Iterable<AzureResource>, folder: string): StoredBlob[] {
  const prefix = folder.endsWith("/") ? folder : `${folder}/`;
  return [...resources]
    .filter(({ token, inputs }) => token === BLOB && textAt(inputs, "blobName").startsWith(prefix))
    .map(({ inputs }) => ({
      path: textAt(inputs, "blobName").slice(prefix.length),
      asset: valueAt(inputs, "source") as PlainAsset,
    }))
    .sort((a, b) => a.path.localeCompare(b.path));
}

/**
 * Copies blobs into a folder, once: a folder that is there is complete, since it only gets its name when it is.
 * Instances run this private copy, so editing a script does not change what is already deployed.
 */
export async function download(blobs: readonly StoredBlob[], folder: string): Promise<void> {
  if (await exists(folder)) return;
  const next = `${folder}.${process.pid}.next`;
  await rm(next, { recursive: true, force: true });
  for (const { path, asset } of blobs) {
    await mkdir(dirname(join(next, path)), { recursive: true });
    await cp(asset.path, join(next, path));
  }
  await mkdir(next, { recursive: true });
  await rename(next, folder);
}

async function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}
