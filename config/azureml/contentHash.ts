import { createHash } from "node:crypto";
import type { AssetFile } from "../types";
import { type FileHashes, fileHashes } from "./fileHashes";

/**
 * Hash of an asset's content: the SHA-256 of a list with a line for each file, `<SHA-256 of its bytes> <its path as
 * JSON>`, sorted by path. Lines end and paths are quoted, so no two different sets of files give the same list. Paths
 * are Unicode NFC, because macOS and Linux spell the same accent in different bytes. Times, permissions and the order
 * in which a file system lists its entries have no part in it.
 *
 * @param what the files are, for the user who waits
 * @param hashes of the run, where it reads more than these files
 */
export async function contentHash(
  files: readonly AssetFile[],
  what = "files",
  hashes: FileHashes = fileHashes(),
): Promise<string> {
  const sorted = [...files].sort((a, b) => (a.path < b.path ? -1 : 1));
  const ofFiles = await hashes.of(
    sorted.map(({ source }) => source),
    what,
  );
  const list = createHash("sha256");
  for (const [index, { path }] of sorted.entries()) {
    list.update(`${ofFiles[index] ?? ""} ${JSON.stringify(path.normalize("NFC"))}\n`);
  }
  return list.digest("hex");
}

/** SHA-256 of a text, in hex. */
export function textHash(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}
