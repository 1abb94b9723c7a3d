import { createHash } from "node:crypto";
import { join } from "node:path";
import type { ElkNode } from "elkjs/lib/elk-api";
import { version } from "elkjs/package.json";
import { keepNewest, markUsed, readCacheFile, writeCacheFile } from "../../cacheFile";
import { MOST_BYTES } from "../../input/userFile";
import { cacheDirectory } from "../../projectDirectory";

/** Layouts that are kept; each is some ten kilobytes. A review of both stacks has two or more. */
const MOST_LAYOUTS = 100;

/**
 * The graph with places for all that is in it, by Eclipse's layered layout. The same graph is laid out once: the package takes half a
 * second to load and to run.
 *
 * @param folder where layouts are kept
 */
export async function laidOut(graph: ElkNode, folder = defaultFolder()): Promise<ElkNode> {
  const given = JSON.stringify([version, graph]);
  const file = join(folder ?? "", createHash("sha256").update(given).digest("hex"));
  const kept = folder === undefined ? undefined : readCacheFile(file, MOST_BYTES.document);
  if (kept !== undefined) {
    await markUsed(file);
    return JSON.parse(kept) as ElkNode;
  }
  const { default: Elk } = await import("elkjs/lib/elk.bundled.js");
  const result: ElkNode = await new Elk().layout(graph);
  if (folder !== undefined) {
    await writeCacheFile(file, JSON.stringify(result));
    await keepNewest(folder, MOST_LAYOUTS);
  }
  return result;
}

/** Undefined where the user has no folder, as in some containers. */
function defaultFolder(): string | undefined {
  try {
    return join(cacheDirectory(), "layouts");
  } catch {
    return undefined;
  }
}
