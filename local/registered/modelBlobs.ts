import { createHash } from "node:crypto";
import { createWriteStream } from "node:fs";
import { mkdir } from "node:fs/promises";
import { dirname, join } from "node:path";
import { Transform } from "node:stream";
import { pipeline } from "node:stream/promises";
import type { ContainerClient } from "@azure/storage-blob";
import { azureCredential } from "../../azure/credential";
import { UserError } from "../../errors";
import type { Arm } from "../../traffic/arm";

/** Where a blob container is. */
export interface ContainerPlace {
  /** For example `https://account.blob.core.windows.net/container`. */
  readonly url: string;
}

export type OpenContainer = (
  place: ContainerPlace,
  subscriptionId: string,
) => Promise<ContainerClient>;

/** The blobs that a model consists of. */
export interface ModelBlobs {
  readonly container: ContainerClient;
  /** Name of the model's file or folder. */
  readonly entry: string;
  readonly files: readonly {
    readonly blob: string;
    /** Below the folder that `entry` lies in. */
    readonly path: string;
    readonly size: number;
    /** MD5 that storage keeps of it; of a blob that was written in parts, storage may have none. */
    readonly md5?: Uint8Array;
  }[];
}

/** Downloads under way at once. */
const CONCURRENCY = 4;

/** ARM's shape of a datastore, as far as it is read (Microsoft.MachineLearningServices 2025-12-01, AzureBlobDatastore). */
interface Datastore {
  readonly properties?: {
    readonly datastoreType?: string;
    readonly accountName?: string;
    readonly containerName?: string;
    readonly endpoint?: string;
    readonly protocol?: string;
  };
}

/** Loaded only when something is downloaded. */
export const openWithIdentity: OpenContainer = async ({ url }, subscriptionId) => {
  const { ContainerClient } = await import("@azure/storage-blob");
  return new ContainerClient(url, await azureCredential(subscriptionId));
};

/**
 * The blobs behind a model's URI, `azureml://…/datastores/<name>/paths/<path>`: one of that name, or all below it.
 *
 * @param id ARM id of the model's version
 * @throws UserError when the URI leads to no blob that can be read
 */
export async function blobsOf(
  uri: string,
  id: string,
  arm: Arm,
  open: (place: ContainerPlace) => Promise<ContainerClient>,
): Promise<ModelBlobs> {
  const [, name, path] = /^azureml:\/\/.*?\bdatastores\/([^/]+)\/paths\/(.+)$/.exec(uri) ?? [];
  if (name === undefined || path === undefined) {
    throw new UserError(
      `${id} is at ${uri}, which is no path of a datastore; download it yourself.`,
    );
  }
  const [, workspace = ""] = /^(.+?\/workspaces\/[^/]+)\//i.exec(id) ?? [];
  const store = (await arm.get<Datastore>(`${workspace}/datastores/${name}`))?.body.properties;
  if (store?.datastoreType !== "AzureBlob") {
    const what =
      store === undefined ? "does not exist" : `is a ${store.datastoreType ?? "datastore"}`;
    throw new UserError(
      `${id} is in the datastore ${name}, which ${what}; only blobs are fetched.`,
    );
  }
  const { accountName = "", containerName = "", endpoint, protocol } = store;
  const host = `${accountName}.blob.${endpoint ?? "core.windows.net"}`;
  const container = await open({ url: `${protocol ?? "https"}://${host}/${containerName}` });
  const root = path.replace(/\/$/, "");
  const files = await listed(container, root).catch((error: unknown) => {
    throw ofStorage(error, host);
  });
  if (files.length === 0) throw new UserError(`${id} is at ${uri}, where there is nothing.`);
  return { container, entry: root.split("/").at(-1) ?? root, files };
}

async function listed(container: ContainerClient, root: string): Promise<ModelBlobs["files"]> {
  const above = root.slice(0, root.lastIndexOf("/") + 1);
  const found: ModelBlobs["files"][number][] = [];
  for await (const { name, properties } of container.listBlobsFlat({ prefix: root })) {
    if (name !== root && !name.startsWith(`${root}/`)) continue;
    const path = name.slice(above.length);
    if (path.split("/").some((part) => part === "" || part === "." || part === "..")) {
      throw new UserError(`The blob "${name}" has a name that no file here may have.`);
    }
    const { contentLength: size = 0, contentMD5: md5 } = properties;
    found.push({ blob: name, path, size, ...(md5 === undefined ? {} : { md5 }) });
  }
  // With a hierarchical namespace, a folder is an empty blob of its own.
  return found.filter(({ blob }) => !found.some((other) => other.blob.startsWith(`${blob}/`)));
}

/** @throws UserError when a file does not arrive as storage has it */
export async function downloadBlobs(blobs: ModelBlobs, directory: string): Promise<void> {
  const waiting = [...blobs.files];
  const worker = async () => {
    for (let file = waiting.shift(); file !== undefined; file = waiting.shift()) {
      await downloadOne(blobs.container, file, join(directory, file.path)).catch(
        (error: unknown) => {
          waiting.length = 0;
          throw error;
        },
      );
    }
  };
  // After a failure the others end first, so that nobody writes into the folder while it is removed.
  const ended = await Promise.allSettled(Array.from({ length: CONCURRENCY }, worker));
  const failed = ended.find((one) => one.status === "rejected");
  if (failed !== undefined) throw ofStorage(failed.reason, new URL(blobs.container.url).host);
}

async function downloadOne(
  container: ContainerClient,
  { blob, size, md5 }: ModelBlobs["files"][number],
  target: string,
): Promise<void> {
  await mkdir(dirname(target), { recursive: true, mode: 0o700 });
  const { readableStreamBody } = await container.getBlobClient(blob).download();
  if (readableStreamBody === undefined) throw new Error(`${blob} has no body`);
  const hash = createHash("md5");
  let length = 0;
  const counted = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      hash.update(chunk);
      length += chunk.length;
      done(null, chunk);
    },
  });
  await pipeline(readableStreamBody, counted, createWriteStream(target, { mode: 0o600 }));
  const isWhole = length === size && (md5 === undefined || hash.digest().equals(md5));
  if (!isWhole) throw new UserError(`The blob "${blob}" arrived damaged; run this again.`);
}

/** An error of storage, which for a refusal names the role. */
function ofStorage(error: unknown, host: string): unknown {
  if ((error as { statusCode?: number }).statusCode !== 403) return error;
  return new UserError(
    `${host} refuses to be read; you need the role Storage Blob Data Reader on it, and a way to it through its network rules.`,
  );
}
