import type { ContainerClient } from "@azure/storage-blob";
import type * as pulumi from "@pulumi/pulumi";
import { backOff } from "exponential-backoff";
import { azureCredential } from "../azure/credential";

/** Inputs of an AssetUpload once all outputs are known. */
export interface UploadInputs {
  readonly subscriptionId: string;
  readonly resourceGroupName: string;
  readonly accountName: string;
  readonly containerName: string;
  readonly folder: string;
  /** `source` is relative to the project. */
  readonly files: readonly { readonly path: string; readonly source: string }[];
}

type Kept = Omit<UploadInputs, "files">;

/** Uploads under way at once. */
const CONCURRENCY = 8;

/** What the engine calls for an AssetUpload. Credentials are taken inside the methods and never kept. */
export const provider: pulumi.dynamic.ResourceProvider<UploadInputs, Kept> = {
  // Where the files lie on this machine is no part of what is uploaded; the folder names their content.
  diff: (_id, olds, news) => {
    const replaces = (["accountName", "containerName", "folder"] as const).filter(
      (key) => olds[key] !== news[key],
    );
    return Promise.resolve({ changes: replaces.length > 0, replaces });
  },
  create: async ({ files, ...place }) => {
    await uploadFolder(await container(place), place.folder, files);
    return { id: `${place.accountName}/${place.containerName}/${place.folder}`, outs: place };
  },
  read: async (id, props) => {
    if (props === undefined) return { id: "" };
    for await (const _blob of (await container(props)).listBlobsFlat({
      prefix: `${props.folder}/`,
    })) {
      return { id, props };
    }
    return { id: "" };
  },
  delete: async (_id, props) => deleteFolder(await container(props), props.folder),
};

/** Loaded only when something is to be uploaded: a preview needs neither the packages nor a credential. */
async function container({
  subscriptionId,
  accountName,
  containerName,
}: Kept): Promise<ContainerClient> {
  const { ContainerClient } = await import("@azure/storage-blob");
  const url = `https://${accountName}.blob.core.windows.net/${containerName}`;
  return new ContainerClient(url, await azureCredential(subscriptionId));
}

/**
 * Uploads every file below the folder; a file that is there already is written again with the same bytes.
 *
 * @param retryDelayMs first wait after a refusal, doubled each time up to a minute: a role that was granted just now is
 *   felt by storage only after some minutes (Azure RBAC, troubleshooting)
 */
export async function uploadFolder(
  client: ContainerClient,
  folder: string,
  files: UploadInputs["files"],
  retryDelayMs = 5000,
): Promise<void> {
  const waiting = [...files];
  const worker = async () => {
    for (let file = waiting.shift(); file !== undefined; file = waiting.shift()) {
      const { path, source } = file;
      await backOff(() => client.getBlockBlobClient(`${folder}/${path}`).uploadFile(source), {
        numOfAttempts: 10,
        startingDelay: retryDelayMs,
        maxDelay: 60_000,
        retry: (error: { statusCode?: number }) => error.statusCode === 403,
      });
    }
  };
  await Promise.all(Array.from({ length: CONCURRENCY }, worker));
}

/** Deletes everything below the folder and nothing beside it. */
export async function deleteFolder(client: ContainerClient, folder: string): Promise<void> {
  for await (const { name } of client.listBlobsFlat({ prefix: `${folder}/` })) {
    await client.deleteBlob(name, { deleteSnapshots: "include" });
  }
}
