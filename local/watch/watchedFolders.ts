import { existsSync, readdirSync, realpathSync, statSync } from "node:fs";
import { dirname, join, sep } from "node:path";

/** A folder to watch with everything below it but `ignored`. */
export interface WatchedFolder {
  readonly path: string;
  /** Absolute paths of folders in which nothing is of interest. */
  readonly ignored: readonly string[];
}

/**
 * The given folders, and the folders around the given files: editors replace a file as a whole, which only the folder around it
 * shows. Of these, only what leads to one of the paths is watched.
 *
 * @param paths absolute; one that is not there is watched for in the nearest folder that is
 */
export function watchedFolders(paths: readonly string[]): readonly WatchedFolder[] {
  const real = [...new Set(paths.map(realPath))];
  const around = [...new Set(real.map(existingFolder))];
  const outermost = around.filter(
    (folder) => !around.some((other) => other !== folder && isBelow(folder, other)),
  );
  return outermost.map((path) => ({ path, ignored: ignoredIn(path, real) }));
}

/** Whether a change of `path` may be one of the given files and folders, or of something in or around them. */
export function concerns(path: string, paths: readonly string[]): boolean {
  return paths.some((one) => path === one || isBelow(path, one) || isBelow(one, path));
}

/** With links resolved as far as the path is there: changes are told by real paths. */
export function realPath(path: string): string {
  if (existsSync(path)) return realpathSync(path);
  const folder = dirname(path);
  return folder === path ? path : join(realPath(folder), path.slice(folder.length));
}

/** The path itself where it is a folder, else the nearest folder around it that is there. */
function existingFolder(path: string): string {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() === true
    ? path
    : existingFolder(dirname(path));
}

/** Folders that neither are one of the paths nor lead to one. */
function ignoredIn(folder: string, paths: readonly string[]): string[] {
  const inside = readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => join(folder, name));
  return inside.flatMap((one) => {
    if (paths.some((path) => path === one || isBelow(one, path))) return [];
    return paths.some((path) => isBelow(path, one)) ? ignoredIn(one, paths) : [one];
  });
}

export function isBelow(path: string, folder: string): boolean {
  return path.startsWith(folder.endsWith(sep) ? folder : folder + sep);
}
