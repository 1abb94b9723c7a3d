import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { pipeline } from "node:stream/promises";
import type { AssetFile } from "../types";

/**
 * Hash of an asset's content: the SHA-256 of a list with a line for each file, `<SHA-256 of its bytes> <its path as
 * JSON>`, sorted by path. Lines end and paths are quoted, so no two different sets of files give the same list. Paths
 * are Unicode NFC, because macOS and Linux spell the same accent in different bytes. Times, permissions and the order
 * in which a file system lists its entries have no part in it.
 */
export async function contentHash(files: readonly AssetFile[]): Promise<string> {
  const sorted = [...files].sort((a, b) => (a.path < b.path ? -1 : 1));
  const list = createHash("sha256");
  for (const file of sorted) {
    list.update(`${await fileHash(file.source)} ${JSON.stringify(file.path.normalize("NFC"))}\n`);
  }
  return list.digest("hex");
}

/** SHA-256 of a text, in hex. */
export function textHash(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}

/** Streamed: models can be larger than memory. */
async function fileHash(file: string): Promise<string> {
  const hash = createHash("sha256");
  await pipeline(createReadStream(file), hash);
  return hash.digest("hex");
}
